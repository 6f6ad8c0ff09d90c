"""A line of a table: a figure with its spread, made of the paired times of two forms."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Spread = Callable[[Sequence[float]], tuple[float, float]]


@dataclass(frozen=True)
class Row:
    """What was found of a form; ``docs/_make/speed.py`` reads it as JSON.

    Args:
        value: the median.
        low: the lower end of its spread; the value itself where that is counted instead of timed.
        high: the upper end.
        unit: of all three; "" of a ratio.
        seconds: the form's own median time; None where the value is no ratio of times.
        memory: the time of one copy of the same numbers into a ready buffer, as the value is told; None where nothing
            is copied.
        remark: what stands beside the form's name, such as which of several it is.
    """

    value: float
    low: float
    high: float
    unit: str = ""
    seconds: float | None = None
    memory: float | None = None
    remark: str = ""

    @property
    def told(self) -> str:
        """The value in words, with its spread where it has one."""
        value = f"{self.value:.4g} {self.unit}".rstrip()
        return value if self.low == self.high else f"{value} ({self.low:.4g} to {self.high:.4g})"


Rows = Mapping[str, Row]


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """Return the first and the third quartile."""
    low, _, high = statistics.quantiles(values, n=4)
    return low, high


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return a 95 % interval of the median: the order statistics between which it lies whatever the distribution."""
    n = len(values)
    below = [sum(math.comb(n, i) for i in range(k + 1)) / 2**n for k in range(n)]
    k = sum(tail <= 0.025 for tail in below)
    ordered = sorted(values)
    return ordered[max(0, k - 1)], ordered[min(n - 1, n - k)]


def quotient(mine: Sequence[float], theirs: Sequence[float], *, spread: Spread = quartiles) -> Row:
    """Return how often one form's time goes into another's, each pair of the same round.

    Args:
        mine: seconds of the form, by round.
        theirs: seconds of the form that it is related to, by round.
        spread: what is told of the quotients beside their median.
    """
    paired = [one / other for one, other in zip(mine, theirs, strict=True)]
    return Row(statistics.median(paired), *spread(paired), seconds=statistics.median(mine))


def milliseconds(seconds: Sequence[float], *, spread: Spread = quartiles) -> Row:
    """Return some times as they are, in milliseconds."""
    told = [1e3 * each for each in seconds]
    return Row(statistics.median(told), *spread(told), unit="ms")
