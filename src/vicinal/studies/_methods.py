"""What is compared with ERM: mixup at several α, and whatever else is asked for by name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vicinal._errors import InputError, must_be
from vicinal.experiments import labels
from vicinal.training import Task
from vicinal.vicinity import Dirac, Mixup, canonical

CHANGES: Mapping[str, tuple[str, float, float]] = {
    "label-smoothing": ("label_smoothing", 0.1, 1.0),
    "dropout": ("dropout", 0.2, 1.0),
    "weight-decay": ("weight_decay", 1e-3, float("inf")),
}
"""What changes the task and is no vicinity: its field, how much of it where nobody says, and what it is below."""
_CALL = re.compile(r"([a-z-]+)\s*(?:\(\s*([^)]*)\s*\))?")


@dataclass(frozen=True)
class Method:
    """One way of training.

    Args:
        name: what it is called.
        vicinity: its specification.
        alpha: mixup's parameter; None where it is no plain mixup.
        changes: of the task: fields with their values.
    """

    name: str
    vicinity: str
    alpha: float | None = None
    changes: tuple[tuple[str, float], ...] = ()

    def task(self, task: Task) -> Task:
        """Return the task as this method trains it."""
        changes: dict[str, Any] = dict(self.changes)
        if "weight_decay" in changes:
            changes["optimiser"] = replace(task.optimiser, weight_decay=changes.pop("weight_decay"))
        return replace(task, **changes)


ERM = Method("ERM", repr(Dirac()))


def methods(alphas: Sequence[float], also: Sequence[str] = ()) -> tuple[Method, ...]:
    """Return ERM, mixup at every α, and what is asked for besides, each once.

    Args:
        alphas: of mixup, above 0.
        also: names of vicinities, of one's own too, or of what changes the task: ``"dropout(0.5)"``.

    Raises:
        InputError: there is no α, one is not above 0, or a name is none.
    """
    if not alphas or not all(0 < alpha < float("inf") for alpha in alphas):
        raise InputError(
            must_be("--alphas", "numbers > 0 with commas between them", ",".join(f"{a:g}" for a in alphas))
        )
    mixes = [Method("", repr(Mixup(float(alpha))), float(alpha)) for alpha in sorted(set(alphas))]
    others = [_asked(text) for text in dict.fromkeys(also)]
    every = [*mixes, *(each for each in others if each.changes or each.vicinity not in {m.vicinity for m in mixes})]
    called = labels([each.vicinity for each in every if not each.changes])
    named = [each if each.name else replace(each, name=called[each.vicinity]) for each in every]
    return tuple(dict.fromkeys([ERM, *(each for each in named if each.vicinity != ERM.vicinity or each.changes)]))


def _asked(text: str) -> Method:
    """Return the method of a name."""
    call = _CALL.fullmatch(text.strip().lower())
    if call is None or call[1] not in CHANGES:
        return Method("", canonical(text))
    name, (changed, usual, below) = call[1], CHANGES[call[1]]
    try:
        amount = float(call[2]) if call[2] else usual
    except ValueError:
        amount = -1.0
    if not 0 < amount < below:
        most = f"between 0 and {below:g}" if below < float("inf") else "above 0"
        raise InputError(
            must_be(name, f"followed by a number {most} in brackets, as in {name}({usual:g})", f'"{text}"')
        )
    return Method(f"{name.replace('-', ' ')} {amount:g}", ERM.vicinity, changes=((changed, amount),))
