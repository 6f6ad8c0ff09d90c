"""A classifier looked at from all sides: errors, calibration, between points, under attack."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from vicinal._errors import must_be
from vicinal.measure._answers import Answers
from vicinal.measure._ascent import EPS, STEPS, check_eps
from vicinal.measure._between import Between, between
from vicinal.measure._calibration import BINS
from vicinal.measure._diagnosis import Diagnosis
from vicinal.measure._evaluating import evaluating
from vicinal.measure._inputs import checked_classes, checked_numbers, device_of, logits_of
from vicinal.measure._reservoir import Reservoir
from vicinal.measure._robustness import robustness
from vicinal.measure._view import View
from vicinal.measure._watched import WITH_GRADIENT, watched

Loader = Iterable[tuple[Tensor, Tensor]]

_POINTS = 21


def diagnose(
    model: nn.Module,
    loader: Loader,
    *,
    train: Loader | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    eps: float | Sequence[float] = EPS,
    steps: int = STEPS,
    sample: int = 1000,
    pairs: int = 1000,
    bins: int = BINS,
    batch: int | None = None,
    seed: int = 0,
    progress: Callable[[float, str], object] = lambda share, text: None,  # noqa: ARG005
) -> Diagnosis:
    """Measure a classifier on the examples of a loader.

    The model is in evaluation mode meanwhile; afterwards its modes, its weights and their gradients are what they were,
    and so is torch's default generator, whatever the loader draws from it.

    Args:
        model: maps a batch of the loader to logits (N, K); inputs are sent to its device.
        loader: gives batches of examples, floating, of shape (n, ...), and their classes, integers of shape (n,). It is
            gone through once.
        train: gives some of the examples that the model was trained on, in the same form: it is measured between
            these, as the paper does. Between those of ``loader`` if not given.
        mean: what the loader subtracts of each channel, where it normalises pictures from [0, 1]; it is undone for the
            attacks. Not given where the model normalises inside (see :class:`Normalised`) and takes them in [0, 1].
        std: what it divides by.
        eps: how far the attacks may move a value, in units of 1/255; 0 is always looked at as well. None are made
            where nothing above 0 is given; examples need not be in [0, 1] then.
        steps: of the iterated attack.
        sample: how many examples are attacked, and between how many it is measured, at most; drawn at random.
        pairs: how many pairs of them.
        bins: of the reliability diagram.
        batch: examples at once between points and in attacks; as many as in the loader's largest batch if not given.
        seed: decides which examples and pairs are drawn.
        progress: told now and then which share of the work is done, and what is being done.

    Returns:
        What was found. Gradient norms between points are those in the inputs in [0, 1], where there are such.

    Raises:
        TypeError: the loader gives something else.
        ValueError: it gives nothing, a class that the model does not know or, where there are attacks, values outside
            [0, 1]; the model returns no finite logits; or a number is out of its range.

    Warns:
        AttackWarning: a size in ``eps`` looks as if it was meant for [0, 1].

    Example:
        >>> x, y = torch.rand(20, 1, 2, 2), torch.arange(20) % 2
        >>> found = diagnose(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), [(x, y)], eps=[8], pairs=10)
        >>> found.examples, found.robustness.eps.tolist()
        (20, [0.0, 8.0])

    Source: arXiv 1710.09412, figure 2 and section 3.5; arXiv 1706.04599 for the calibration.
    """
    sizes = _checked_eps([eps] if isinstance(eps, int | float) else eps)
    checked_numbers(steps=(1, steps), sample=(2, sample), pairs=(1, pairs), bins=(1, bins), batch=(1, batch or 1))
    view = View(mean, std, shades=bool(sizes))
    generator = torch.Generator().manual_seed(seed)
    device = device_of(model, torch.empty(0))
    doing = "errors and calibration"
    of_attacks = WITH_GRADIENT * (1 + len(sizes) * (steps - 1)) + 1 + 2 * len(sizes)
    length = _length(loader)
    attacked_ones = min(sample, length or sample) if sizes else 0
    work = length + WITH_GRADIENT * _POINTS * pairs + attacked_ones * of_attacks
    with (
        torch.random.fork_rng(devices=[device] if device.type == "cuda" else ()),
        evaluating(model),
        watched(model, work, lambda share: progress(share, doing)),
    ):
        answers, pool, points = Answers(bins), Reservoir(sample, generator), Reservoir(sample, generator)
        for x, y in _batches(loader):
            with torch.no_grad():
                answers.add(logits_of(model, x.to(device), least=2), y)
            pool.add(view.unnormalised(x), y)
        if not answers.examples:
            raise ValueError(must_be("loader", "of one example or more", "none"))
        for x, y in _batches(train if train is not None else ()):
            points.add(view.unnormalised(x), y)
        seen, at_once = view.of(model), batch or answers.largest
        doing = "between points"
        found, notes = _between(seen, points if points.seen else pool, pairs, generator, at_once)
        doing = "attacks"
        attacked = robustness(seen, *pool.kept(), eps=sizes, steps=steps, batch=at_once) if sizes else None
    return Diagnosis(
        examples=answers.examples,
        classes=answers.classes,
        error=answers.error,
        top5_error=answers.top5_error,
        nll=answers.nll,
        calibration=answers.calibration,
        between=found,
        between_training=points.seen > 0,
        robustness=attacked,
        notes=(*notes, *(attacked.doubts() if attacked is not None else ())),
    )


def _between(
    model: nn.Module, points: Reservoir, pairs: int, generator: torch.Generator, batch: int
) -> tuple[Between | None, tuple[str, ...]]:
    """Return what is measured between points, or None and a sentence where they are of one class."""
    x, y = points.kept()
    if y.min() == y.max():
        return None, ("All examples are of one class, so that nothing could be measured between classes.",)
    return between(model, x, y, pairs=pairs, points=_POINTS, generator=generator, batch=batch), ()


def _batches(loader: Loader) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the batches that hold something, each checked, its classes on the CPU as int64."""
    for given in loader:
        if not isinstance(given, Sequence) or len(given) != 2:
            found = f"{len(given)} things" if isinstance(given, Sequence) else type(given).__name__
            raise TypeError(must_be("a batch of the loader", "a pair of examples and classes", found))
        x, y = given
        classes = checked_classes(x, y)
        if len(classes):
            yield x, classes


def _checked_eps(eps: Sequence[float]) -> tuple[float, ...]:
    """Return the sizes above 0, rising."""
    check_eps(eps)
    return tuple(sorted({float(each) for each in eps if each > 0}))


def _length(loader: Any) -> int:
    """Return about how many examples a loader gives; 0 where it does not say."""
    try:
        return len(loader) * (getattr(loader, "batch_size", None) or 1)
    except TypeError:
        return 0
