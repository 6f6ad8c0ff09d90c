"""How an estimate and its interval are written."""

import math

from vicinal._numbers import number, places
from vicinal.evidence import Estimate, doubt


def precision(effect: Estimate) -> int:
    """Return the digits after the point that an effect bears: two digits of its half-width.

    They are four at most, more only where an end would not have three.
    """
    ends = [abs(end) for end in (effect.low, effect.mean, effect.high) if end and math.isfinite(end)]
    if not ends:
        return 1
    half_width = (effect.high - effect.low) / 2
    size = half_width if 0 < half_width < math.inf else max(ends)
    return min(places(size, 2), max(places(max(ends), 3), 4))


def interval(effect: Estimate, digits: int) -> tuple[str, str, str]:
    """Return mean, low and high of an effect as text, the ends empty where too little is known of the spread."""
    low, high = ("", "") if doubt(effect) else (number(end, digits, sign=True) for end in (effect.low, effect.high))
    return number(effect.mean, digits, sign=True), low, high


def in_words(effect: Estimate) -> str:
    """Return an effect as ``+2.06 [+1.93, +2.19]``, to the digits that it bears."""
    mean, low, high = interval(effect, precision(effect))
    return f"{mean} [{low}, {high}]" if low else mean
