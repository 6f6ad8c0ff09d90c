"""Where a dot, its interval and the claimed region stand on a line that has zero in its middle."""

import math
from dataclasses import dataclass

from vicinal.evidence import Estimate
from vicinal.experiments import Finding
from vicinal.report._numbers import in_words

_FREE = 0.06
"""Share of the line that is kept free at either end."""


@dataclass(frozen=True)
class Marks:
    """Positions on a line from 0 to 1; the effect is at ½ where it is zero.

    Args:
        low: lower end of the interval; 0 where it has none.
        mean: the dot.
        high: upper end of the interval; 1 where it has none.
        region: where the claim says that the effect lies.
        bounded: whether the interval has ends.
    """

    low: float
    mean: float
    high: float
    region: tuple[float, float]
    bounded: bool


def marks(effect: Estimate, low: float = 0.0, high: float = math.inf) -> Marks:
    """Return where an effect stands on a line of its own scale, on which its farther end just fits.

    Units and sizes differ from claim to claim, so that no common scale shows them all: only the side of zero and the
    width against the distance can be compared from line to line.

    Args:
        effect: the effect.
        low: lower bound of what is claimed of it.
        high: upper bound of what is claimed of it.
    """
    ends = [end for end in (effect.low, effect.mean, effect.high, low, high) if math.isfinite(end)]
    reach = max(map(abs, ends)) or 1.0

    def place(value: float) -> float:
        return min(max(0.5 + (0.5 - _FREE) * value / reach, 0.0), 1.0)

    bounded = math.isfinite(effect.high - effect.low)
    return Marks(place(effect.low), place(effect.mean), place(effect.high), (place(low), place(high)), bounded)


def shown(finding: Finding) -> Marks | None:
    """Return the marks of the effect that stands for a claim; None where there is none."""
    if finding.effect is None:
        return None
    part = next((judged.part for judged in finding.verdict.parts if judged.part.effect == finding.effect), None)
    return marks(finding.effect, part.low, part.high) if part else marks(finding.effect)


def figures(finding: Finding) -> str:
    """Return the effect that stands for a claim in words: figure, interval, unit, n; empty where there is none."""
    if finding.effect is None:
        return ""
    return f"{in_words(finding.effect)} {finding.unit}, n = {finding.effect.n}"


def remark(finding: Finding) -> str:
    """Return what a reader of the one-line view needs to know of a claim that is not simply supported."""
    verdict = finding.verdict
    return "" if verdict.word == "supported" else verdict.needs or verdict.why
