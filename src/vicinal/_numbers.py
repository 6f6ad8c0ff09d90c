"""How figures are written, in a sentence, the page, the terminal and a thesis alike."""

import math
from typing import Any

_LONG = 1e12
"""From here on the digits before the point say less than how many they are."""


def number(value: float, digits: int, *, sign: bool = False) -> str:
    """Return a number with so many digits after the point and a real minus; a dash where it is not finite.

    Of one that would be long three digits stand, and its power of ten: ``1.27e30``.
    """
    if not math.isfinite(value):
        return "–"
    if abs(value) >= _LONG:
        mantissa, _, exponent = f"{value:{'+' if sign else ''}.2e}".partition("e")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    if not text.strip("+-0."):
        return text.lstrip("+-")  # what is shown as nothing has no sign
    return text.replace("-", "−")


def places(size: float, significant: int) -> int:
    """Return the digits after the point at which a number of this size, > 0, shows so many significant ones."""
    return max(significant - 1 - math.floor(math.log10(size)), 0)


def legible(value: float | None, *, sign: bool = False) -> str:
    """Return a number with three digits that count; a dash for None and for what is not finite.

    Example:
        >>> legible(8.234), legible(0.01234), legible(1234.5), legible(-0.5, sign=True), legible(None)
        ('8.23', '0.0123', '1,234', '−0.500', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    return number(value, places(abs(value), 3) if value else 0, sign=sign)


def spread(figure: Any) -> str:
    """Return a figure over repetitions, with ``mean`` and ``sd``, in words; a dash for None."""
    return "–" if figure is None else f"{legible(figure.mean)} ± {legible(figure.sd)}"


def gained(gain: Any) -> tuple[str, str]:
    """Return a gain with ``mean``, ``low`` and ``high`` as two texts, itself and its interval; dashes for None."""
    if gain is None:
        return "–", "–"
    return legible(gain.mean, sign=True), f"{legible(gain.low, sign=True)} to {legible(gain.high, sign=True)}"


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
