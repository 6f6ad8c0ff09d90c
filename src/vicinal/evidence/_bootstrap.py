"""An interval for one given test part: its examples and the seeds are drawn again together."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from vicinal._errors import must_be
from vicinal.evidence._effect import ROUNDING

Places = NDArray[np.int64]
Figures = Callable[[Places], ArrayLike]
"""The figure of every seed, of shape (S,), on some test examples, given by their positions, with repetitions."""


@dataclass(frozen=True)
class Interval:
    r"""A figure of several seeds on one test part, and the interval that holds the true one at the stated rate.

    .. math:: \bar d \pm t_{\nu,\,(1 + \mathrm{level})/2} \; \sqrt{v_s + v_e + v_{se}}, \quad
        \nu = \frac{(v_s + v_e + v_{se})^2}{(v_s + v_{se})^2 / (n - 1) + (v_e + v_{se})^2 / (N - 1)}

    What is true is the figure that other seeds and other test examples of the same origin would give on average. Like
    an :class:`Effect` it is infinitely wide from a single seed, and never NaN.

    Args:
        mean: the figure on all examples and seeds.
        n: number of seeds, ≥ 1.
        examples: number N of test examples, ≥ 2.
        of_seeds: variance of the mean that other seeds bring, on all examples alike.
        of_examples: variance that other examples bring, for all seeds alike.
        of_both: variance that falls with either.
        level: rate at which intervals made like this one hold the true figure, in (0, 1).
    """

    mean: float
    n: int
    examples: int
    of_seeds: float
    of_examples: float
    of_both: float
    level: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ValueError(must_be("level", "a number between 0 and 1", self.level))

    @property
    def se(self) -> float:
        """Standard error of the mean; inf where there is a single seed."""
        return math.inf if self.n == 1 else math.sqrt(self.of_seeds + self.of_examples + self.of_both)

    @property
    def df(self) -> float:
        """Degrees of freedom of the standard error, by Satterthwaite's approximation; inf where it is 0."""
        if self.se in (0, math.inf):
            return math.inf
        seeds, examples = self.of_seeds + self.of_both, self.of_examples + self.of_both
        shares = (seeds / self.se**2) ** 2 / (self.n - 1) + (examples / self.se**2) ** 2 / (self.examples - 1)
        return 1 / shares

    @property
    def half_width(self) -> float:
        """Distance from the mean to either end of the interval."""
        return self._quantile((1 + self.level) / 2) * self.se if self.se else 0.0

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width

    @property
    def note(self) -> str:
        """What is doubtful about the interval, in words; empty where nothing is."""
        if self.n == 1:
            return "one seed shows no spread, so there is no interval"
        if self.se == 0:
            return f"all {self.n} seeds and all examples agree, so the interval is a point"
        return ""

    @property
    def repetition(self) -> str:
        """What was repeated."""
        return "seed"

    @property
    def rows(self) -> str:
        """What more of would narrow the interval, beside seeds."""
        return "test examples"

    def at(self, level: float) -> "Interval":
        """Return the same figure with its interval at another level."""
        return dataclasses.replace(self, level=level)

    def p(self, bound: float = 0.0) -> float:
        """Return the two-sided p-value of the true figure being ``bound``.

        It is below 1 - level exactly where the interval at that level leaves the bound out.
        """
        if self.n == 1 or self.mean == bound:
            return 1.0
        if self.se == 0:
            return 0.0
        distance = abs(self.mean - bound) / self.se
        return float(2 * (special.ndtr(-distance) if math.isinf(self.df) else special.stdtr(self.df, -distance)))

    def repeated(self, n: int) -> "Interval":
        """Return what it would be from n seeds, or from more if it has more, with every spread as measured.

        A single seed shows no spread, so that nothing is known of more.
        """
        if self.n == 1:
            return self
        share = self.n / max(n, self.n)
        of_seeds, of_both = self.of_seeds * share, self.of_both * share
        return dataclasses.replace(self, n=max(n, self.n), of_seeds=of_seeds, of_both=of_both)

    def with_rows(self, times: float) -> "Interval":
        """Return what it would be on so many times the test examples, with every spread as measured."""
        return dataclasses.replace(
            self,
            examples=max(2, round(times * self.examples)),
            of_examples=self.of_examples / times,
            of_both=self.of_both / times,
        )

    def _quantile(self, rate: float) -> float:
        return float(special.ndtri(rate) if math.isinf(self.df) else special.stdtrit(self.df, rate))


def bootstrap(
    figures: Figures, examples: int, *, resamples: int = 2000, seed: int = 0, level: float = 0.95
) -> Interval:
    r"""Return the mean of the seeds' figures with its interval, by drawing test examples and seeds again together.

    They are drawn with replacement. Drawing both at once counts what belongs to a single example under a single seed
    three times. So each draw is taken three times, examples alone, seeds alone and both, and the variances of the three
    figures are taken apart:

    .. math:: v_{se} = V_{se} - V_s - V_e, \quad v_s = V_s - v_{se}, \quad v_e = V_e - v_{se},

    with V_s and V_e enlarged by n / (n - 1), as the variance of a bootstrap of n things is too small by that. Quantiles
    of the draws themselves know neither: instead of in 95 % of cases they held the true mean in 85 % at 5 seeds that
    differ, and in all where nothing but chance does.

    Args:
        figures: takes the positions of test examples, with repetitions, and returns the figure of every seed on them,
            of shape (S,), S ≥ 1. It is called once a draw.
        examples: number of test examples, ≥ 2.
        resamples: number of draws; the standard error is known to one part in √(2 · resamples).
        seed: of the draws.
        level: rate at which the interval is to hold the true figure, in (0, 1).

    Raises:
        ValueError: there are too few of something, or the figure of some draw is not finite.

    Example:
        >>> gains = np.random.default_rng(0).normal(1.0, 2.0, (5, 400))
        >>> found = bootstrap(lambda examples: gains[:, examples].mean(axis=1), 400, resamples=200)
        >>> found.low < 1 < found.high
        True

    Source: A. Owen, The pigeonhole bootstrap, *Annals of Applied Statistics* 1, 2007, and, for variances of two-way
    data taken apart, A. C. Cameron, J. B. Gelbach and D. L. Miller, *Journal of Business & Economic Statistics* 29,
    2011.
    """
    if examples < 2:
        raise ValueError(must_be("examples", "at least 2", examples))
    if resamples < 2:
        raise ValueError(must_be("resamples", "at least 2", resamples))
    rng, measured = np.random.default_rng(seed), np.asarray(figures(np.arange(examples)), dtype=np.float64)
    if measured.ndim != 1 or not len(measured):
        raise ValueError(must_be("the figures", "of shape (S,), one a seed", f"shape {measured.shape}"))
    mean, seeds, drawn = float(measured.mean()), len(measured), np.empty((resamples, 3))
    for row in drawn:
        some, few = rng.integers(examples, size=examples), rng.integers(seeds, size=seeds)
        anew = np.asarray(figures(some), dtype=np.float64)
        row[:] = anew.mean(), measured[few].mean(), anew[few].mean()
    if not (math.isfinite(mean) and np.isfinite(drawn).all()):
        raise ValueError(must_be("the figures", "finite in every draw", "one that is not"))
    if seeds == 1 or np.ptp(drawn) <= ROUNDING * np.abs(drawn).max():
        return Interval(mean, seeds, examples, 0.0, 0.0, 0.0, level)
    by_examples, by_seeds, by_both = drawn.var(axis=0, ddof=1).tolist()
    ratios = examples / (examples - 1), seeds / (seeds - 1)
    both = max(0.0, by_both - by_examples - by_seeds) * ratios[0] * ratios[1]
    by_examples, by_seeds = by_examples * ratios[0], by_seeds * ratios[1]
    both = min(both, by_examples, by_seeds)
    return Interval(mean, seeds, examples, by_seeds - both, by_examples - both, both, level)
