"""The measure of how a net holds against adversarial examples, its own (white box) and another's (black box)."""

import warnings
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from vicinal._errors import must_be
from vicinal.data import Preparation
from vicinal.measure import AttackWarning, Normalised, sweep
from vicinal.training._lane import channels_last
from vicinal.training._subject import Subject
from vicinal.training._taken import Taken
from vicinal.vicinity import rank_generator, seed_of

ATTACKS, BOXES = ("fgsm", "ifgsm"), ("white", "black")
EPS = (4.0, 8.0, 16.0)
"""Largest changes of a value, in units of 1/255."""
STEPS = 10
IMAGES, BATCH = 2_000, 250
"""Test images that are attacked at most, the same ones for every net of a data set; and how many of them at a time."""


def attack(subject: Subject) -> Taken:
    """Measure a net's errors on the examples of FGSM and I-FGSM, made from the net itself and from the source.

    Figures are ``fgsm_white_16_error`` and the like, by attack, box and size, and ``attack_clean_error`` of the same
    images as they are; with ``_of_five`` at the end the error among the best five; all in per cent. The series has a
    row for every size, with 0 for the images as they are.
    """
    if subject.source is None:
        raise ValueError(must_be("the source of an attack", "a trained net", "none"))
    task, device = subject.trial.task, subject.device
    feed = subject.data.feed(
        seed=subject.trial.seed, rows=task.rows, size=task.size, pad=task.pad, flip=task.flip, device=device
    )
    net = _from_shades(subject.net, feed.preparation, device)
    source = _from_shades(subject.source.net, subject.source.preparation, device)
    picked = torch.randperm(feed.size("test"), generator=rank_generator(seed_of("attack"), 0))[:IMAGES]
    counts: dict[str, Tensor] = {}
    for prepared, labels in feed.plain("test", picked.split(BATCH)):
        x, y = channels_last(feed.preparation.shades(prepared)), labels.to(prepared.device)
        for name, examples in _examples(net, source, x, y):
            counts[name] = counts.get(name, 0) + _wrong(net, examples, y)
    errors = {name: (100 * count.double() / len(picked)).tolist() for name, count in counts.items()}
    figures = {f"{name}_error{best}": each[at] for name, each in errors.items() for at, best in enumerate(BEST)}
    return Taken({**figures, "attack_images": len(picked)}, list(_series(figures)))


BEST = ("", "_of_five")


def _examples(net: nn.Module, source: nn.Module, x: Tensor, y: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield a batch as it is, and under every attack, with the name of its figures."""
    yield "attack_clean", x
    for box, maker in zip(BOXES, (net, source), strict=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AttackWarning)  # where no gradient shows the way, the figures show it
            made = sweep(maker, x, y, EPS, STEPS, batch=BATCH)
        for eps, both in zip(EPS, made, strict=True):
            yield from ((f"{name}_{box}_{eps:g}", examples) for name, examples in zip(ATTACKS, both, strict=True))


def _series(figures: dict[str, float]) -> Iterator[dict[str, float]]:
    """Yield for every size, 0 first, the errors by attack and box."""
    for eps in (0.0, *EPS):
        row = {"eps": eps}
        for name in (f"{attack}_{box}" for attack in ATTACKS for box in BOXES):
            of = f"{name}_{eps:g}" if eps else "attack_clean"
            row |= {f"{name}_error{best}": figures[f"{of}_error{best}"] for best in BEST}
        yield row


def _from_shades(net: nn.Module, preparation: Preparation, device: str) -> nn.Module:
    return Normalised(net, preparation.mean, preparation.std).to(device)


@torch.no_grad()
def _wrong(net: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """Return how many classes are not the first guess, and how many are not among the best five, of shape (2,)."""
    logits = net(x)
    hits = logits.topk(min(5, logits.shape[1])).indices == y[:, None]
    return torch.stack([(~hits[:, 0]).sum(), (~hits.any(1)).sum()])
