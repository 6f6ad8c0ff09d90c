"""What a gain over a baseline says: its word, and those of several gains that are judged together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vicinal._errors import must_be
from vicinal.evidence._estimate import Estimate, doubt
from vicinal.evidence._holm import holm, holm_levels
from vicinal.evidence._needs import Change, Needs, needed

GainWord = Literal["helps", "hurts", "no difference that matters", "no evidence"]


@dataclass(frozen=True)
class Gain:
    """By how much a method is better than the baseline, and what that says.

    Args:
        estimate: the gain, positive where the method is better, with its interval at the stated level.
        simultaneous: the same with the interval at Bonferroni's level: all methods' intervals hold the true gains
            together at the stated level.
        adjusted: the same with the interval at Holm's level, from which the word follows.
        p: two-sided p-value of no gain, adjusted by Holm's method for the number of methods; None where the gain cannot
            carry a verdict.
        word: helps where the adjusted interval lies wholly above zero, hurts where it lies wholly below; no difference
            that matters where there is a margin and it lies wholly within; no evidence otherwise.
        needs: what would decide it; None where it is decided, or where ``note`` says why it cannot be.
        note: why the gain cannot carry a verdict, in words; empty where it can.
    """

    estimate: Estimate
    simultaneous: Estimate
    adjusted: Estimate
    p: float | None
    word: GainWord
    needs: Needs | None
    note: str


def gain_word(gain: Estimate, margin: float | None = None) -> GainWord:
    """Return the word for a gain by where its interval lies.

    What lies wholly within the margin does not matter, whether or not it is different from zero.

    Args:
        gain: positive where the method is better.
        margin: the largest gain or loss that does not matter, above 0; None where every one does.
    """
    if doubt(gain):
        return "no evidence"
    if margin is not None and -margin < gain.low and gain.high < margin:
        return "no difference that matters"
    if gain.low > 0:
        return "helps"
    return "hurts" if gain.high < 0 else "no evidence"


def judge_gains(gains: Sequence[Estimate], *, margin: float | None = None, level: float = 0.95) -> tuple[Gain, ...]:
    r"""Judge several methods' gains over the same baseline together.

    With m gains the simultaneous intervals have the level

    .. math:: 1 - (1 - \mathrm{level}) / m,

    and a method that does nothing is said to help or to hurt at most at the rate 1 - level, for all of them together.

    Args:
        gains: one a method, positive where the method is better.
        margin: the largest gain or loss that does not matter, above 0; None where every one does.
        level: of each interval, and of all simultaneous ones together, in (0, 1).

    Raises:
        ValueError: the margin is not above 0, or the level not between 0 and 1.

    Example:
        >>> from vicinal.evidence import paired
        >>> [gain.word for gain in judge_gains([paired([1.2, 0.7, 1.6, 0.9]), paired([0.3, -0.4, 0.1, 0.2])])]
        ['helps', 'no evidence']
    """
    if margin is not None and not 0 < margin < math.inf:
        raise ValueError(must_be("margin", "a number > 0", margin))
    # what cannot carry a verdict counts as one of the tests all the same, as it counts among the intervals
    p = [1.0 if doubt(gain) else gain.p() for gain in gains]
    levels = holm_levels(p, level).tolist()
    bonferroni = 1 - (1 - level) / max(1, len(gains))
    return tuple(
        _judged(gain.at(level), gain.at(bonferroni), gain.at(own), adjusted, margin)
        for gain, own, adjusted in zip(gains, levels, holm(p).tolist(), strict=True)
    )


def _judged(estimate: Estimate, simultaneous: Estimate, adjusted: Estimate, p: float, margin: float | None) -> Gain:
    note, word = doubt(estimate), gain_word(adjusted, margin)

    def decided(change: Change) -> bool:
        return gain_word(change(adjusted), margin) != "no evidence"

    is_open = word == "no evidence" and not note
    what = needed(decided, estimate.repetition, estimate.rows) if is_open else None
    return Gain(estimate, simultaneous, adjusted, None if note else p, word, what, note)
