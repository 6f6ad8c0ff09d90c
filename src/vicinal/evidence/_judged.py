"""The parts of a claim judged one by one, each with regard to how many there are."""

from collections.abc import Iterable
from dataclasses import dataclass

from vicinal.evidence._effect import Effect
from vicinal.evidence._estimate import doubt
from vicinal.evidence._holm import holm_levels
from vicinal.evidence._rule import Part, Rule, Word, combine, parts_of

LEVEL = 0.95
"""Of the interval that supports a part, and of all intervals together that may contradict one."""


@dataclass(frozen=True)
class Judged:
    """A part and its word.

    Args:
        part: what was judged.
        word: supported where the part's 95 % interval lies within the claimed region, contradicted where the adjusted
            interval lies beyond one bound of it.
        adjusted: the part's effect at its Holm-adjusted level; None where it cannot be judged.
    """

    part: Part
    word: Word
    adjusted: Effect | None


def judge_parts(parts: Iterable[Part]) -> tuple[Judged, ...]:
    """Judge every part, the contradicting intervals adjusted for the number of parts that can be."""
    parts = tuple(parts)
    effects = {part: part.effect for part in parts if part.effect is not None and not doubt(part.effect)}
    levels = holm_levels([part.p(effect) for part, effect in effects.items()], LEVEL).tolist()
    adjusted = {part: effect.at(level) for (part, effect), level in zip(effects.items(), levels, strict=True)}
    return tuple(Judged(part, _word(part, adjusted.get(part)), adjusted.get(part)) for part in parts)


def word_of(rule: Part | Rule) -> Word:
    """Return the word for a rule, its parts judged among each other."""
    return combine(rule, {judged.part: judged.word for judged in judge_parts(parts_of(rule))})


def _word(part: Part, adjusted: Effect | None) -> Word:
    if part.effect is None:
        return "not run"
    if adjusted is None:
        return "undecided"
    if part.holds(adjusted.at(LEVEL)):
        return "supported"
    return "contradicted" if part.excludes(adjusted) else "undecided"
