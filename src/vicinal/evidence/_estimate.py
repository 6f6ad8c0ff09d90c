"""What every estimate of a mean difference has, whatever its interval comes from, and when it can carry a verdict."""

from typing import Protocol, Self, runtime_checkable

LEAST = 3
"""Fewer seeds decide nothing: two that happen to agree would make a narrow interval."""


@runtime_checkable
class Estimate(Protocol):
    """A mean difference with its interval: an :class:`Effect`, or an :class:`Interval` by bootstrap.

    Text, tables and verdicts know only this of either.
    """

    @property
    def mean(self) -> float:
        """The difference, in its unit."""
        ...

    @property
    def se(self) -> float:
        """Its standard error; inf where a single repetition shows no spread."""
        ...

    @property
    def half_width(self) -> float:
        """Distance from the mean to either end of the interval."""
        ...

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        ...

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        ...

    @property
    def n(self) -> int:
        """Number of repetitions."""
        ...

    @property
    def level(self) -> float:
        """Rate at which intervals made like this one hold the true mean."""
        ...

    @property
    def note(self) -> str:
        """What is doubtful about the interval, in words; empty where nothing is."""
        ...

    @property
    def repetition(self) -> str:
        """What was repeated: ``"seed"`` or ``"split"``."""
        ...

    @property
    def rows(self) -> str:
        """What there would have to be more of for a narrower interval, other than repetitions: ``"rows"``, say."""
        ...

    def at(self, level: float) -> Self:
        """Return the same estimate with its interval at another level."""
        ...

    def p(self, bound: float = 0.0) -> float:
        """Return the two-sided p-value of the true mean being ``bound``."""
        ...

    def repeated(self, n: int) -> Self:
        """Return what the estimate would be with n repetitions, or its own n if that is more, all else as measured."""
        ...

    def with_rows(self, times: float) -> Self:
        """Return what the estimate would be with so many times the rows, all else as measured."""
        ...


def doubt(estimate: Estimate) -> str:
    """Return why an estimate cannot carry a verdict, in words; empty where it can.

    Equal differences, as small test sets give, say nothing of their spread; an interval of no width decides anything.
    """
    if estimate.n < LEAST:
        are = f"{estimate.repetition} is" if estimate.n == 1 else f"{estimate.repetition}s are"
        return f"{estimate.n} {are} too few for a verdict, {LEAST} are the least"
    if estimate.se == 0:
        return f"all {estimate.n} differences are equal, so nothing is known of their spread"
    return ""
