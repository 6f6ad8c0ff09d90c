"""What would decide what is open: the same effects from more seeds, or from more rows."""

import dataclasses
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from vicinal.evidence._effect import Effect
from vicinal.evidence._estimate import LEAST, Estimate
from vicinal.evidence._judged import word_of
from vicinal.evidence._rule import Part, Rule, parts_of

Number = TypeVar("Number", int, float)
Measured = TypeVar("Measured", bound=Estimate)

MOST = 1_000
"""No larger number of seeds, or of times the rows, is worth naming."""

ENDLESS = 10**12
"""A number of splits at which nothing but the floor is left of an interval."""

FACTORS = [tenths / 10 for tenths in range(11, 100)] + [float(times) for times in range(10, MOST + 1)]


class Change(Protocol):
    """What becomes of an estimate with more seeds, or with more rows."""

    def __call__(self, estimate: Measured, /) -> Measured:
        """Return the estimate as it would be."""
        ...


Decided = Callable[[Change], bool]
"""Tells whether something is decided once every estimate that it rests on is changed; narrower ones keep it so."""


@dataclass(frozen=True)
class Needs:
    """What would decide something, each taken alone and with every mean and spread as measured.

    Args:
        repetitions: number of splits or seeds in all; None where more than 1,000 are needed.
        times: times as many rows, by as many repetitions; None above 1,000.
        endless: whether some number of repetitions would do, however large.
        repetition: what is repeated, ``"seed"`` or ``"split"``.
        rows: what there would be more of, ``"rows"`` for example.
    """

    repetitions: int | None
    times: float | None
    endless: bool
    repetition: str = "seed"
    rows: str = "rows"

    @property
    def sentence(self) -> str:
        """The same in one sentence."""
        if self.repetitions is not None:
            return f"About {self.repetitions} {self.repetition}s would decide it, if the effect stays as measured."
        rows = "" if self.times is None else f"about {self.times:g} times as many {self.rows}"
        if self.endless:
            either = f"More than {MOST:,} {self.repetition}s{', or ' if rows else ''}{rows} would decide it"
        else:
            either = f"No number of {self.repetition}s decides it{f', {rows} would' if rows else ''}"
        return f"{either}, if the effect stays as measured."


def needed(decided: Decided, repetition: str = "seed", rows: str = "rows") -> Needs:
    """Return what decides something that is open.

    Args:
        decided: whether it is, with estimates that are changed.
        repetition: what is repeated, ``"seed"`` or ``"split"``.
        rows: what there would be more of.
    """
    endless = decided(lambda estimate: estimate.repeated(ENDLESS))
    return Needs(_repetitions(decided), _times(decided), endless, repetition, rows)


def needs(rule: Part | Rule) -> str:
    """Return one sentence that says what would decide an undecided rule."""
    effects = [part.effect for part in parts_of(rule) if part.effect is not None]
    repetition = "split" if any(effect.overlap for effect in effects) else "seed"
    if min(effect.n for effect in effects) < LEAST:
        return f"At least {LEAST} {repetition}s are needed."
    found = needed(partial(_decided, rule), repetition)
    gaps = [part.name for part in parts_of(rule) if part.effect is None]
    if gaps and found.repetitions is None:
        return f"The trials of {', '.join(gaps)} have to finish first."
    return found.sentence


def _repetitions(decided: Decided) -> int | None:
    return _first(range(LEAST, MOST + 1), lambda n: decided(lambda estimate: estimate.repeated(n)))


def _times(decided: Decided) -> float | None:
    return _first(FACTORS, lambda times: decided(lambda estimate: estimate.with_rows(times)))


def _first(numbers: Sequence[Number], enough: Callable[[Number], bool]) -> Number | None:
    """Return the first number that is enough; once one is, every larger one is, since intervals only shrink."""
    place = bisect_left(numbers, True, key=enough)
    return numbers[place] if place < len(numbers) else None


def _decided(rule: Part | Rule, change: Change) -> bool:
    return word_of(_with(rule, change)) in ("supported", "contradicted")


def _with(rule: Part | Rule, change: Callable[[Effect], Effect]) -> Part | Rule:
    """Return the rule with every effect changed."""
    if isinstance(rule, Rule):
        return dataclasses.replace(rule, members=tuple(_with(member, change) for member in rule.members))
    return dataclasses.replace(rule, effect=None if rule.effect is None else change(rule.effect))
