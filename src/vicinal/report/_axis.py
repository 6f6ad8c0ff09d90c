"""An axis: from where to where it goes, and where it has numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullLocator
from numpy.typing import ArrayLike, NDArray

from vicinal.report._canvas import breadth
from vicinal.report._style import LIGHT

_SPARE: Final = 0.04
"""Share of a vertical axis that is kept free at either end."""
_NEAR_ZERO: Final = 0.35
"""Up to this share of the largest value the smallest is near enough to zero for the axis to begin there."""
_DIGITS: Final = ((1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0), (1.0, 2.0, 3.0, 5.0), (1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
_MOST: Final = 6
"""Numbers of a vertical axis."""
_SIZE: Final = 8.0
_BETWEEN: Final = 6.0
"""Points between two numbers of a horizontal axis."""
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Axis:
    """A range with the places of its numbers.

    Args:
        low: where it begins.
        high: where it ends, above ``low``.
        ticks: where it has numbers, rising, all within.
        log: whether equal factors look equal instead of equal distances.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False

    @property
    def texts(self) -> list[str]:
        """The numbers."""
        return [short(tick) for tick in self.ticks]


def horizontal(values: ArrayLike, *, room: float, ticks: Sequence[float] = (), log: bool = False) -> Axis:
    """Return an axis that just holds all finite values.

    Args:
        values: at least one that is finite.
        room: how long it is, in points.
        ticks: where it has numbers; every second or third of them where they are too close, chosen ones if there are
            none. Whole values have whole numbers.
        log: whether it is logarithmic; all values are then above zero.
    """
    finite = _finite(values)
    low, high = _apart(float(finite.min()), float(finite.max()))
    whole = bool((finite == finite.round()).all())
    given = [tick for tick in ticks if low <= tick <= high]
    choices = [given[::step] for step in range(1, len(given) + 1)]
    if log:
        choices = choices or [_logarithmic(low, high)]
        fits = (choice for choice in choices if _fit(choice, np.log(choice), room / math.log(high / low)))
    else:
        choices = choices or [_linear(low, high, most, whole=whole) for most in range(9, 0, -1)]
        fits = (choice for choice in choices if _fit(choice, choice, room / (high - low)))
    return Axis(low, high, tuple(next(fits, choices[-1])), log)


def vertical(values: ArrayLike, *, log: bool = False) -> Axis:
    """Return an axis that holds all finite values with some to spare; it begins at zero where they come near it.

    Args:
        values: at least one that is finite.
        log: whether it is logarithmic; it is linear all the same where no value is above zero.
    """
    finite = _finite(values)
    above = finite[finite > 0]
    if log and len(above):
        least, greatest = float(above.min()), float(above.max())
        factor = max((greatest / least) ** _SPARE, 1.05)
        low, high = least / factor, greatest * factor
        return Axis(low, high, tuple(_logarithmic(low, high)), log=True)
    low, high = _apart(float(finite.min()), float(finite.max()))
    spare = _SPARE * (high - low)
    low, high = (0.0 if 0 <= low <= _NEAR_ZERO * high else low - spare), high + spare
    return Axis(low, high, tuple(_linear(low, high, _MOST)))


def dress(axes: Axes, across: Axis, up: Axis) -> None:
    """Give a panel its two axes: numbers, a line at the bottom, quiet lines from the numbers at the left."""
    if across.log:
        axes.set_xscale("log")
    axes.set_xlim(across.low, across.high)
    if up.log:
        axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(up.low, up.high)
    for line, axis in ((axes.xaxis, across), (axes.yaxis, up)):
        line.set_minor_locator(NullLocator())
        line.set_ticks(list(axis.ticks), labels=axis.texts)
    axes.tick_params(axis="y", length=0, pad=4)
    axes.tick_params(axis="x", pad=2)
    axes.grid(axis="y", color=LIGHT["rule"], linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines["bottom"].set_visible(True)


def short(value: float) -> str:
    """Return a number of an axis: ``0.05``, ``12,000``, ``−3``, ``2×10⁻⁵``."""
    if value and not 1e-4 <= abs(value) < 1e6:
        exponent = math.floor(math.log10(abs(value)))
        mantissa = f"{value / 10**exponent:.3g}×".replace("-", "−")
        return f"{'' if mantissa == '1×' else mantissa}10{str(exponent).translate(_RAISED)}"
    return f"{value:,.6g}".replace("-", "−")


def _finite(values: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(values, dtype=np.float64)
    return found[np.isfinite(found)]


def _apart(low: float, high: float) -> tuple[float, float]:
    """Return two ends that differ, however alike the values are."""
    least = 1e-6 * max(abs(low), abs(high)) or 1.0
    return (low, high) if high - low >= least else (low - 0.5 * (abs(low) or 1.0), high + 0.5 * (abs(high) or 1.0))


def _linear(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    locator = MaxNLocator(max(most - 1, 1), steps=[1, 2, 2.5, 5, 10], integer=whole, min_n_ticks=1)
    slack = 1e-9 * (high - low)
    return [float(tick) for tick in locator.tick_values(low, high) if low - slack <= tick <= high + slack]


def _logarithmic(low: float, high: float) -> list[float]:
    """Return numbers with as many digits as have room; over less than an octave those of a linear axis."""
    choices = [_with_digits(digits, low, high) for digits in _DIGITS]
    if len(choices[0]) < 3:
        return [tick for tick in _linear(low, high, _MOST) if tick > 0]
    found = next((choice for choice in choices if len(choice) <= _MOST), choices[-1])
    return found[:: math.ceil(len(found) / _MOST)]


def _with_digits(digits: Sequence[float], low: float, high: float) -> list[float]:
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = (digit * 10.0**exponent for exponent in exponents for digit in digits)
    return [tick for tick in ticks if low <= tick <= high]


def _fit(ticks: Sequence[float], places: ArrayLike, scale: float) -> bool:
    """Tell whether the numbers stand clear of each other, given their places and how many points a unit is long."""
    halves = [0.5 * breadth(short(tick), _SIZE) for tick in ticks]
    gaps = scale * np.diff(np.asarray(places, dtype=np.float64))
    return all(gap >= left + right + _BETWEEN for gap, (left, right) in zip(gaps, pairwise(halves), strict=True))
