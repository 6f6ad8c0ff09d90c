"""How figures are written, in the page, the terminal and a thesis alike."""

import math

from vicinal.evidence import Estimate


def number(value: float, digits: int, *, sign: bool = False) -> str:
    """Return a number with so many digits after the point and a real minus; a dash where it is not finite."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    if not text.strip("+-0."):
        return text.lstrip("+-")  # what is shown as nothing has no sign
    return text.replace("-", "−")


def precision(effect: Estimate) -> int:
    """Return the digits after the point that an effect bears: two digits of its half-width, at most four."""
    size = effect.half_width if 0 < effect.half_width < math.inf else abs(effect.mean)
    return min(max(1 - math.floor(math.log10(size)), 0), 4) if size else 1


def interval(effect: Estimate, digits: int) -> tuple[str, str, str]:
    """Return mean, low and high of an effect as text, the ends empty where a single difference shows no spread."""
    low, high = ("", "") if effect.n == 1 else (number(end, digits, sign=True) for end in (effect.low, effect.high))
    return number(effect.mean, digits, sign=True), low, high


def in_words(effect: Estimate) -> str:
    """Return an effect as ``+2.06 [+1.93, +2.19]``, to the digits that it bears."""
    mean, low, high = interval(effect, precision(effect))
    return f"{mean} [{low}, {high}]" if low else mean


def count(amount: int, noun: str) -> str:
    """Return ``1 seed``, ``2 seeds``, ``1,000 seeds``."""
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def duration(seconds: float) -> str:
    """Return ``0.4 s``, ``48 s``, ``3 min 20 s``, ``1 h 54 min`` or ``13 days``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    if seconds < 3599.5:
        return "{} min {} s".format(*divmod(round(seconds), 60))
    if seconds >= 2 * 86_400:
        return f"{seconds / 86_400:.0f} days"
    return "{} h {} min".format(*divmod(round(seconds / 60), 60))
