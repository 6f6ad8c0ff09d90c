"""What a claim asserts: parts, each an effect and the region where it is claimed to lie, and how they combine."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from vicinal._errors import must_be
from vicinal.evidence._effect import Effect

Word = Literal["supported", "contradicted", "undecided", "not run"]


@dataclass(frozen=True)
class Part:
    """An effect that is claimed to lie between two bounds.

    A gain lies in (0, inf), the default; "no more than 0.5 points worse" is a gain in (-0.5, inf); "equal within m" is
    a difference in (-m, m).

    Args:
        name: what was measured, for example the net or the table.
        effect: the effect; None where this scale has no trials for it, or none has finished.
        low: lower bound of the claimed region, -inf for none.
        high: upper bound of the claimed region, above ``low``; inf for none.
    """

    name: str
    effect: Effect | None
    low: float = 0.0
    high: float = math.inf

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(must_be("the bounds of a part", "low < high", f"{self.low} and {self.high}"))

    def holds(self, effect: Effect) -> bool:
        """Tell whether the effect's interval lies wholly within the claimed region."""
        return self.low < effect.low and effect.high < self.high

    def excludes(self, effect: Effect) -> bool:
        """Tell whether the effect's interval lies wholly beyond one bound of the claimed region."""
        return effect.high < self.low or self.high < effect.low

    def p(self, effect: Effect) -> float:
        """Return the two-sided p-value of the bound that the effect lies beyond; 1 where it lies within the region."""
        if effect.mean < self.low:
            return effect.p(self.low)
        return effect.p(self.high) if effect.mean > self.high else 1.0


@dataclass(frozen=True)
class Rule:
    """Parts, or rules in their turn, and how many must be supported; made by :func:`all_of` and :func:`at_least`.

    Args:
        members: what is combined.
        share: share of the members that ran which must be supported, in (0, 1]; None where every member must be, those
            that did not run among them.
        name: what the members say together; used where the rule is a member of another one.
    """

    members: tuple["Part | Rule", ...]
    share: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if self.share is not None and not 0 < self.share <= 1:
            raise ValueError(must_be("share", "a number above 0, at most 1", self.share))
        if any(isinstance(member, Rule) and not member.name for member in self.members):
            raise ValueError(must_be("a rule within a rule", "named", "no name"))

    def needed(self, ran: int) -> int:
        """Return how many members must be supported where ``ran`` of them ran."""
        # 0.28 * 25 is 7.000000000000001 in floating point, and 8 would be one too many
        return len(self.members) if self.share is None else math.ceil(self.share * ran - 1e-9)


def all_of(members: Iterable[Part | Rule], *, name: str = "") -> Rule:
    """Supported when every member is, contradicted when one member is; a member that did not run keeps it undecided."""
    return Rule(tuple(members), name=name)


def at_least(share: float, members: Iterable[Part | Rule], *, name: str = "") -> Rule:
    """Supported when this share of the members that ran is; contradicted when it can no longer be reached."""
    return Rule(tuple(members), share, name)


def parts_of(rule: Part | Rule) -> Iterator[Part]:
    """Yield the parts of a rule in their order, those of rules within it too."""
    if isinstance(rule, Part):
        yield rule
    else:
        for member in rule.members:
            yield from parts_of(member)


def combine(rule: Part | Rule, words: Mapping[Part, Word]) -> Word:
    """Return the word for the whole rule, given the word for every part; a rule of which nothing ran is "not run"."""
    if isinstance(rule, Part):
        return words[rule]
    counts = Counter(combine(member, words) for member in rule.members)
    ran = len(rule.members) - counts["not run"]
    if not ran:
        return "not run"
    needed = rule.needed(ran)
    if counts["supported"] >= needed:
        return "supported"
    possible = len(rule.members) if rule.share is None else ran
    return "contradicted" if possible - counts["contradicted"] < needed else "undecided"
