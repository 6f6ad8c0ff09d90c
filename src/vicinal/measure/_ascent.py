"""The way up a model's loss in its input, within a box around each example: what all attacks here are made of."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import must_be
from vicinal.measure._evaluating import evaluating
from vicinal.measure._inputs import checked_classes, checked_numbers, device_of, logits_of

SHADES = 255
"""Steps from black, 0, to white, 1: the unit of every maximal change is one of them."""
EPS = (4.0, 8.0, 16.0)
"""The largest changes that are looked at where nobody says others, in units of 1/255."""
STEPS = 10
"""Of the iterated attack, as in the paper."""
MEANT = 0.5
"""A maximal change below this is more likely one that was meant for [0, 1]: 8/255 is 0.03, and 0.3 is usual too."""


_ROUNDING = 1e-3
"""By which the sum of an output's probabilities may differ from 1."""


class AttackWarning(UserWarning):
    """An attack was asked for in a way that often is a mistake, or found no gradient to follow."""


@dataclass(eq=False)
class Ascent:
    """A batch, and the model that is to err on it.

    Args:
        model: maps the batch to logits, in evaluation mode.
        x: examples in [0, 1], on the model's device; a tensor of our own.
        y: their classes, there too.
        least: number of logits that the model has at least.
    """

    model: nn.Module
    x: Tensor
    y: Tensor
    least: int
    blind: Tensor | None = None
    shares: Tensor | None = None

    def signs(self, at: Tensor) -> Tensor:
        """Return the signs of the gradient of the loss as floating numbers; 0 where it is not a number, too.

        Raises:
            ValueError: the output is of another shape, or has no gradient in the input.
        """
        at = at.detach().requires_grad_()
        logits = logits_of(self.model, at, least=self.least)
        if not logits.requires_grad:
            raise ValueError(must_be("the model's output", "differentiable in x", "one without a gradient"))
        if self.shares is None:
            self.shares = _are_shares(logits.detach())
        # of the sum: an example's gradient depends on no other example
        loss = F.cross_entropy(logits.to(torch.promote_types(logits.dtype, torch.float32)), self.y, reduction="sum")
        signs = torch.autograd.grad(loss, at)[0].sign()
        if self.blind is None:
            self.blind = (signs == 0).flatten(1).all(1).sum()
        return signs

    @cached_property
    def first(self) -> Tensor:
        """Signs at the examples themselves, which every way that begins there takes."""
        return self.signs(self.x)

    def climbed(self, eps: float, *, steps: int = 1, step: float | None = None, start: Tensor | None = None) -> Tensor:
        """Return where some steps lead, each of them kept in [0, 1] and within ``eps`` of the examples.

        Args:
            eps: in units of 1/255.
            steps: their number.
            step: their length in units of 1/255; ``eps / steps`` if not given.
            start: where they begin; at the examples if not given.
        """
        size, length = eps / SHADES, (eps / steps if step is None else step) / SHADES
        low, high = (self.x - size).clamp_min_(0), (self.x + size).clamp_max_(1)
        at = self.x if start is None else start.clamp(low, high)
        for number in range(steps):
            signs = self.first if start is None and number == 0 else self.signs(at)
            at = torch.add(at, signs, alpha=length).clamp_(low, high)
        return at

    def swept(self, eps: Sequence[float], *, steps: int) -> list[Tensor]:
        """Return for every size where one step of all its length leads, and where several equal ones do, in turn."""
        return [self.climbed(each, steps=number) for each in eps for number in (1, steps)]


def attacked(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    eps: Sequence[float],
    *,
    batch: int,
    steps: int = 1,
    many: int = 1,
    make: Callable[[Ascent], Sequence[Tensor]],
) -> tuple[Tensor, ...]:
    """Return adversarial examples batch by batch; what :func:`vicinal.measure.fgsm` promises holds.

    Args:
        model: maps pictures in [0, 1] to logits.
        x: pictures, of shape (N, ...).
        y: their classes, of shape (N,).
        eps: the largest changes that are asked for.
        batch: examples a pass.
        steps: that are asked for.
        many: how many tensors ``make`` gives.
        make: gives a batch's adversarial examples, each tensor like the batch.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(must_be("the model", "a torch.nn.Module", f"a {type(model).__name__}"))
    y = checked_classes(x, y, form="pictures in [0, 1]")
    checked_numbers(batch=(1, batch), steps=(1, steps))
    check_eps(eps)
    _check_range(x)
    if any(module.training for module in model.modules()):
        said = "The model is in training mode; it is attacked in evaluation mode. Call model.eval() to say so yourself."
        warnings.warn(said, AttackWarning, stacklevel=3)
    device, least, blind, shares = device_of(model, x), int(y.max()) + 1 if len(y) else 0, 0, 0
    with torch.inference_mode(mode=False), torch.enable_grad(), evaluating(model), _frozen(model):
        found = tuple(torch.empty_like(x.detach()) for _ in range(many))
        for start in range(0, len(x), batch):
            part = slice(start, start + batch)
            # clipped for what rounding may have left outside; both are new tensors that autograd can keep
            ascent = Ascent(model, x.detach()[part].to(device).clamp(0, 1), y[part].clone().to(device), least)
            for whole, piece in zip(found, make(ascent), strict=True):
                whole[part] = piece
            blind += int(ascent.blind) if ascent.blind is not None else 0
            shares += int(ascent.shares) if ascent.shares is not None else 0
    if shares == len(x) > 0:
        said = (
            "Every output of the model is a list of probabilities, from a softmax: its loss is nearly flat where it is"
        )
        warnings.warn(
            f"{said} sure, which hides how it errs. Attack the model without it.", AttackWarning, stacklevel=3
        )
    if blind:
        said = f"The gradient of the loss is zero or not a number at {blind:,} of {len(x):,} examples"
        remedy = "which says nothing of robustness: attack the model from another one (black box)"
        warnings.warn(f"{said}, {remedy}.", AttackWarning, stacklevel=3)
    return found


def _are_shares(logits: Tensor) -> Tensor:
    """Return how many examples have an output that is a list of probabilities."""
    return ((logits >= 0).all(1) & ((logits.sum(1) - 1).abs() < _ROUNDING)).sum()


@contextmanager
def _frozen(model: nn.Module) -> Iterator[None]:
    """Keep the parameters out of the graph, so that nothing of theirs is computed, whatever hooks a model has."""
    learning = [each for each in model.parameters() if each.requires_grad and each.is_leaf and not each.is_inference()]
    try:
        for parameter in learning:
            parameter.requires_grad_(False)
        yield
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)


def check_eps(several: Sequence[float]) -> None:
    """Refuse sizes that are none, and warn the caller's caller's caller of those that are hardly meant so.

    Raises:
        ValueError: one is not in [0, 255].
    """
    for eps in several:
        if not 0 <= eps <= SHADES:
            raise ValueError(must_be("eps", f"in [0, {SHADES}], in units of 1/{SHADES}", eps))
        if 0 < eps < MEANT:
            said = f"eps is in units of 1/{SHADES}: {eps:g} changes no value by more than {eps / SHADES:.2g}"
            warnings.warn(f"{said}. Give {eps * SHADES:.3g} for {eps:g}.", AttackWarning, stacklevel=4)


def _check_range(x: Tensor) -> None:
    """Refuse what is not in [0, 1], up to the rounding of somebody who has undone a normalisation."""
    if not x.numel():
        return
    low, high = (float(end) for end in x.detach().aminmax())
    rounding = 10 * torch.finfo(x.dtype).eps
    if not (low >= -rounding and high <= 1 + rounding):
        remedy = "Give the pictures before they are normalised, and Normalised(model, mean, std) as the model"
        raise ValueError(must_be("x", "in [0, 1]", f"values from {low:.3g} to {high:.3g}", remedy))
