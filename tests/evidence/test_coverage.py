"""How often the intervals hold the true mean, over many replications, judged by a binomial test.

The tests' own rate of false alarms is 1e-6, so that they are right for any seed.
"""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from vicinal.evidence import paired

SAMPLE = 3_000
LONG = pytest.param(100_000, marks=pytest.mark.long)


def times_held(replications: NDArray[np.float64], truth: float, *, level: float = 0.95, overlap: float = 0.0) -> int:
    effects = (paired(differences, level=level, overlap=overlap) for differences in replications)
    return sum(effect.low < truth < effect.high for effect in effects)


def agrees(count: int, total: int, rate: float) -> bool:
    return bool(stats.binomtest(count, total, rate).pvalue > 1e-6)


def overlapping_splits(replications: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Differences in test error of two estimators over 20 random splits, 75 : 25, of 80 rows of a known population.

    The rows are y ~ N(2, 1); one estimator predicts the training part's mean, the other 0; the error is squared. A
    difference of 4 - 1/60 is expected: the second errs by the square of 2, the first by the variance of its mean.
    """
    rows = rng.normal(2.0, 1.0, (replications, 1, 80))
    shuffled = rng.permuted(np.broadcast_to(rows, (replications, 20, 80)), axis=2)
    train, test = shuffled[..., :60], shuffled[..., 60:]
    fitted = train.mean(axis=2, keepdims=True)
    return (test**2 - (test - fitted) ** 2).mean(axis=2)


@pytest.mark.parametrize("total", [SAMPLE, LONG])
@pytest.mark.parametrize(("n", "level"), [(3, 0.95), (5, 0.99), (20, 0.8)])
def test_intervals_of_independent_seeds_cover_at_the_stated_rate(n: int, level: float, total: int):
    replications = np.random.default_rng(n).normal(-0.7, 2.0, (total, n))
    assert agrees(times_held(replications, -0.7, level=level), total, level)


def test_the_check_of_coverage_can_fail():
    """Intervals that take the normal's quantile for Student's, at n = 5, are those of level 87.8 %."""
    replications = np.random.default_rng(1).normal(0.0, 1.0, (SAMPLE, 5))
    as_normal = float(2 * stats.t.cdf(stats.norm.ppf(0.975), 4) - 1)
    assert not agrees(times_held(replications, 0.0, level=as_normal), SAMPLE, 0.95)


@pytest.mark.parametrize("total", [SAMPLE, pytest.param(30_000, marks=pytest.mark.long)])
def test_corrected_intervals_cover_over_overlapping_splits_and_naive_ones_do_not(total: int):
    """The correction is a good approximation, not a theorem, hence the room of two points around 95 %."""
    replications = overlapping_splits(total, np.random.default_rng(2))
    truth = 4 - 1 / 60
    corrected = times_held(replications, truth, overlap=20 / 60)
    assert stats.binomtest(corrected, total, 0.93, alternative="less").pvalue > 1e-6
    assert stats.binomtest(corrected, total, 0.97, alternative="greater").pvalue > 1e-6
    naive = times_held(replications, truth)
    assert stats.binomtest(naive, total, 0.93, alternative="less").pvalue < 1e-6
