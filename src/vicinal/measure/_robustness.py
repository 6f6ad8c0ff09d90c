"""How far a net gives way to an adversary, over the size of the change that is allowed (section 3.5 of the paper)."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vicinal._html import shown
from vicinal._numbers import count, legible
from vicinal.measure._ascent import STEPS, Ascent, AttackWarning, attacked
from vicinal.measure._inputs import device_of

_CHANCE = 1.0
"""Points of error by which a stronger attack may fall behind without anything being wrong."""


@dataclass(frozen=True, eq=False)
class Robustness:
    """Errors of a net on examples that were moved against it, by at most ε in every element.

    Args:
        eps: E sizes in units of 1/255, rising, (E,), float64; the first is 0, at which nothing is moved.
        fgsm: error in per cent after one step of the whole size, (E,), float64.
        ifgsm: error in per cent after several equal steps, (E,), float64.
        steps: how many.
        examples: how many were attacked.
        stuck: at how many of them the gradient is zero, or not a number, in every element.
    """

    eps: Tensor
    fgsm: Tensor
    ifgsm: Tensor
    steps: int
    examples: int
    stuck: int = 0

    def _repr_html_(self) -> str:
        """Return what a notebook shows: both errors at every size, and what is doubtful."""
        columns = (self.eps.tolist(), self.fgsm.tolist(), self.ifgsm.tolist())
        rows = [(f"{eps:g}/255", legible(one), legible(several)) for eps, one, several in zip(*columns, strict=True)]
        heads = ("eps", "error under FGSM, %", f"error under I-FGSM, {count(self.steps, 'step')}, %")
        return shown(f"{count(self.examples, 'example')} under attack", heads, rows, self.doubts())

    def doubts(self) -> tuple[str, ...]:
        """Return sentences on what an adversary without mistakes would not show; none as a rule."""
        return tuple(self._doubts())

    def _doubts(self) -> Iterator[str]:
        where = [f"{eps:g}" for eps in self.eps[self.ifgsm < self.fgsm - _CHANCE].tolist()]
        why = "Its gradients may be masked, and the attack the weaker for it."
        if where:
            yield f"I-FGSM finds fewer errors than FGSM at ε = {', '.join(where)}, though it looks more closely. {why}"
        if self.stuck:
            share = f"{self.stuck:,} of {self.examples:,} examples"
            yield f"The gradient is zero or not a number at {share}, which the attacks left where they were. {why}"
        falling = [name for name, error in (("FGSM", self.fgsm), ("I-FGSM", self.ifgsm)) if _falls(error)]
        if falling:
            yield f"{' and '.join(falling)}: the error falls as ε grows, though all the more is allowed. {why}"


def _falls(error: Tensor) -> bool:
    return bool((error.diff() < -_CHANCE).any())


def robustness(
    model: nn.Module, x: Tensor, y: Tensor, *, eps: Sequence[float], steps: int = STEPS, batch: int = 250
) -> Robustness:
    """Attack a classifier that is in evaluation mode with FGSM and I-FGSM, knowing its weights.

    Args:
        model: takes examples in [0, 1]; returns logits (N, K).
        x: examples in [0, 1], floating, of shape (N, ...).
        y: their classes, integers of shape (N,).
        eps: sizes above 0, in units of 1/255, rising.
        steps: of I-FGSM.
        batch: examples a pass.
    """
    device, stuck = device_of(model, x), 0

    def climbed(ascent: Ascent) -> list[Tensor]:
        nonlocal stuck
        made = ascent.swept(eps, steps=steps)
        stuck += int(ascent.blind) if ascent.blind is not None else 0
        return made

    wrong = torch.zeros(2, 1 + len(eps), dtype=torch.float64)
    for some, classes in zip(x.split(batch), y.split(batch), strict=True):
        clean, true = some.to(device), classes.to(device)
        wrong[:, 0] += _errors(model, clean, true)
        with warnings.catch_warnings():
            # of gradients that are zero, which are counted here, and of sizes, of which the caller has been warned
            warnings.simplefilter("ignore", AttackWarning)
            moved = attacked(model, clean, true, eps, batch=batch, steps=steps, many=2 * len(eps), make=climbed)
        errors = torch.tensor([_errors(model, each, true) for each in moved], dtype=torch.float64)
        wrong[:, 1:] += errors.view(len(eps), 2).T
    fgsm, ifgsm = 100 * wrong / len(y)
    return Robustness(torch.tensor([0.0, *eps], dtype=torch.float64), fgsm, ifgsm, steps, len(y), stuck)


@torch.no_grad()
def _errors(model: nn.Module, x: Tensor, y: Tensor) -> int:
    return int((model(x).argmax(1) != y).sum())
