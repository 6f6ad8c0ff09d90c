"""What would decide an undecided claim: the same effects from more seeds, or from more rows."""

import dataclasses
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TypeVar

from vicinal.evidence._effect import Effect
from vicinal.evidence._judged import LEAST, word_of
from vicinal.evidence._rule import Part, Rule, parts_of

Number = TypeVar("Number", int, float)

MOST = 1_000
"""No larger number of seeds, or of times the rows, is worth naming."""

ENDLESS = 10**12
"""A number of splits at which nothing but the floor is left of an interval."""

FACTORS = [tenths / 10 for tenths in range(11, 100)] + [float(times) for times in range(10, MOST + 1)]


def needs(rule: Part | Rule) -> str:
    """Return one sentence that says what would decide an undecided rule."""
    effects = [part.effect for part in parts_of(rule) if part.effect is not None]
    seeds = "splits" if any(effect.overlap for effect in effects) else "seeds"
    if min(effect.n for effect in effects) < LEAST:
        return f"At least {LEAST} {seeds} are needed."
    number = seeds_needed(rule)
    if number is not None:
        return f"About {number} {seeds} would decide it, if the effect stays as measured."
    gaps = [part.name for part in parts_of(rule) if part.effect is None]
    if gaps:
        return f"The trials of {', '.join(gaps)} have to finish first."
    factor = rows_needed(rule)
    rows = "" if factor is None else f"about {factor:g} times as many rows"
    if _decided(_with(rule, lambda effect: dataclasses.replace(effect, n=ENDLESS))):
        either = f"More than {MOST:,} {seeds}{', or ' if rows else ''}{rows} would decide it"
    else:
        either = f"No number of {seeds} decides it{f', {rows} would' if rows else ''}"
    return f"{either}, if the effect stays as measured."


def seeds_needed(rule: Part | Rule) -> int | None:
    """Return the number of seeds at which the rule is decided if every mean and spread stays; None above 1,000."""

    def enough(n: int) -> bool:
        return _decided(_with(rule, lambda effect: dataclasses.replace(effect, n=max(n, effect.n))))

    return _first(range(LEAST, MOST + 1), enough)


def rows_needed(rule: Part | Rule) -> float | None:
    """Return the times as many rows at which the rule is decided by as many splits; None above 1,000.

    The spread over splits is taken to fall with the root of the number of rows, as that of a mean over test rows does.
    """

    def enough(times: float) -> bool:
        return _decided(_with(rule, lambda e: dataclasses.replace(e, sd=e.sd / times**0.5) if e.overlap else e))

    return _first(FACTORS, enough)


def _first(numbers: Sequence[Number], enough: Callable[[Number], bool]) -> Number | None:
    """Return the first number that is enough; once one is, every larger one is, since intervals only shrink."""
    place = bisect_left(numbers, True, key=enough)
    return numbers[place] if place < len(numbers) else None


def _decided(rule: Part | Rule) -> bool:
    return word_of(rule) in ("supported", "contradicted")


def _with(rule: Part | Rule, change: Callable[[Effect], Effect]) -> Part | Rule:
    """Return the rule with every effect changed."""
    if isinstance(rule, Rule):
        return dataclasses.replace(rule, members=tuple(_with(member, change) for member in rule.members))
    return dataclasses.replace(rule, effect=None if rule.effect is None else change(rule.effect))
