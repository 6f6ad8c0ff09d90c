"""The mean of paired differences with its Student-t interval, corrected where the splits overlap."""

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from vicinal._errors import must_be

ROUNDING = 1e-9
"""Share of the largest difference below which a spread is rounding: 30.1 - 10.1 and 40.2 - 20.2 are 4e-15 apart."""


@dataclass(frozen=True)
class Effect:
    r"""The mean of n paired differences, and the interval that holds the true mean at the stated rate.

    .. math:: \bar d \pm t_{n-1,\,(1 + \mathrm{level})/2} \; s \sqrt{1/n + \mathrm{overlap}}

    Only what was measured is stored; the interval follows from it. No figure is ever NaN: a single difference has a
    spread, a standard error and an interval that are infinite.

    Args:
        mean: mean of the differences, in their unit.
        sd: their standard deviation, n - 1 in its denominator; inf where n is 1.
        n: number of differences, ≥ 1.
        overlap: n_test / n_train where the differences come from random splits of the same rows, 0 where they are
            independent.
        level: rate at which intervals made like this one hold the true mean, in (0, 1).
    """

    mean: float
    sd: float
    n: int
    overlap: float = 0.0
    level: float = 0.95

    def __post_init__(self) -> None:
        if not math.isfinite(self.mean):
            raise ValueError(must_be("mean", "a finite number", self.mean))
        if self.n < 1:
            raise ValueError(must_be("n", "at least 1", self.n))
        if not (self.sd >= 0 and (math.isfinite(self.sd) or self.n == 1)):
            raise ValueError(must_be("sd", "a finite number ≥ 0", self.sd))
        if not 0 <= self.overlap < math.inf:
            raise ValueError(must_be("overlap", "n_test / n_train, a finite number ≥ 0", self.overlap))
        if not 0 < self.level < 1:
            raise ValueError(must_be("level", "a number between 0 and 1", self.level))

    @property
    def df(self) -> int:
        """Degrees of freedom of the spread."""
        return self.n - 1

    @property
    def se(self) -> float:
        """Standard error of the mean."""
        return self.sd * math.sqrt(1 / self.n + self.overlap)

    @property
    def half_width(self) -> float:
        """Distance from the mean to either end of the interval."""
        return math.inf if self.n == 1 else float(special.stdtrit(self.df, (1 + self.level) / 2)) * self.se

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width

    @property
    def floor(self) -> float:
        """Half-width that remains however many splits are added: 0 where the differences are independent."""
        if self.overlap == 0:
            return 0.0
        return float(special.ndtri((1 + self.level) / 2)) * self.sd * math.sqrt(self.overlap)

    @property
    def note(self) -> str:
        """What is doubtful about the interval, in words; empty where nothing is."""
        if self.n == 1:
            return "one difference shows no spread, so there is no interval"
        if self.sd == 0:
            return f"all {self.n} differences are equal, so the interval is a point"
        return ""

    @property
    def repetition(self) -> str:
        """What the differences are of: ``"split"`` where the same rows are split anew, else ``"seed"``."""
        return "split" if self.overlap else "seed"

    @property
    def rows(self) -> str:
        """What more of would narrow the interval, beside repetitions."""
        return "rows"

    def at(self, level: float) -> "Effect":
        """Return the same effect with its interval at another level."""
        return dataclasses.replace(self, level=level)

    def p(self, bound: float = 0.0) -> float:
        """Return the two-sided p-value of the true mean being ``bound``.

        It is below 1 - level exactly where the interval at that level leaves the bound out.
        """
        if self.n == 1 or self.mean == bound:
            return 1.0
        if self.se == 0:
            return 0.0
        return float(2 * special.stdtr(self.df, -abs(self.mean - bound) / self.se))

    def repeated(self, n: int) -> "Effect":
        """Return the effect with its mean and spread as they are, from n differences, or from more if it has more.

        A single difference shows no spread, so that nothing is known of more.
        """
        return self if self.n == 1 else dataclasses.replace(self, n=max(n, self.n))

    def with_rows(self, times: float) -> "Effect":
        """Return the effect of splits of so many times the rows; that of independent seeds is the same as before.

        The spread over splits is taken to fall with the root of the number of rows, as that of a mean over test rows
        does.
        """
        return dataclasses.replace(self, sd=self.sd / math.sqrt(times)) if self.overlap and self.n > 1 else self


def paired(differences: ArrayLike, *, level: float = 0.95, overlap: float = 0.0) -> Effect:
    r"""Return the mean of paired differences with its Student-t interval.

    Figures over random splits of the same rows are not independent: their test parts overlap. ``overlap`` widens the
    interval for that,

    .. math:: \operatorname{Var}(\bar d) = s^2 (1/n + n_\mathrm{test} / n_\mathrm{train}),

    which does not shrink to nothing as splits are added (:attr:`Effect.floor`).

    Args:
        differences: one figure a seed or a split, of shape (n,), n ≥ 1, finite.
        level: rate at which the interval is to hold the true mean, in (0, 1).
        overlap: n_test / n_train for splits of the same rows, n_train counting the rows trained on; 0 for seeds.

    Returns:
        The effect. Without a spread (differences equal up to rounding) its interval is a point; from a single
        difference it reaches from -inf to inf; its ``note`` says so.

    Raises:
        ValueError: the differences are none, not finite, or no vector.

    Example:
        >>> gain = paired([1.2, 0.7, 1.6, 0.9])
        >>> round(gain.mean, 2), round(gain.low, 2), round(gain.high, 2)
        (1.1, 0.48, 1.72)

    Source: C. Nadeau and Y. Bengio, Inference for the generalization error, *Machine Learning* 52, 2003, section 3.
    """
    d = np.asarray(differences, dtype=np.float64)
    if d.ndim != 1 or d.size == 0:
        raise ValueError(must_be("differences", "a vector of at least one number", f"shape {d.shape}"))
    if not np.isfinite(d).all():
        first = int(np.flatnonzero(~np.isfinite(d))[0])
        raise ValueError(must_be("differences", "finite", f"{d[first]} at position {first}"))
    n = len(d)
    if n == 1:
        return Effect(float(d[0]), math.inf, 1, overlap, level)
    if np.ptp(d) <= ROUNDING * np.abs(d).max():
        return Effect(float(d[0]), 0.0, n, overlap, level)
    return Effect(float(d.mean()), float(d.std(ddof=1)), n, overlap, level)
