import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from vicinal.evidence import Interval, bootstrap, paired

INTERVALS = st.builds(
    Interval,
    mean=st.floats(-5, 5),
    n=st.integers(2, 30),
    examples=st.integers(200, 1_000),
    of_seeds=st.floats(0, 5),
    of_examples=st.floats(0, 5),
    of_both=st.floats(0.01, 5),
    level=st.floats(0.5, 0.999),
)


def two_way(
    rng: np.random.Generator, seeds: int, examples: int, sds: tuple[float, float, float]
) -> NDArray[np.float64]:
    """Draw gains of mean 0 with a part of the seed, a part of the example and a part of both."""
    by_seed, by_example, by_both = sds
    return (
        by_seed * rng.normal(size=(seeds, 1))
        + by_example * rng.normal(size=(1, examples))
        + by_both * rng.normal(size=(seeds, examples))
    )


def of_mean(gains: NDArray[np.float64], **options: int) -> Interval:
    return bootstrap(lambda examples: gains[:, examples].mean(axis=1), gains.shape[1], **options)


def variances(gains: NDArray[np.float64]) -> tuple[float, float, float]:
    """Estimate by analysis of variance what seeds, examples and both bring to the variance of the mean."""
    s, e = gains.shape
    rows, columns = gains.mean(axis=1, keepdims=True), gains.mean(axis=0, keepdims=True)
    both = ((gains - rows - columns + gains.mean()) ** 2).sum() / ((s - 1) * (e - 1))
    return (float(rows.var(ddof=1)) - both / e) / s, (float(columns.var(ddof=1)) - both / s) / e, both / (s * e)


def test_the_parts_are_those_of_the_analysis_of_variance():
    gains = 3 + two_way(np.random.default_rng(0), 8, 40, (2.0, 2.0, 3.0))
    found = of_mean(gains, resamples=10_000)
    assert found.mean == pytest.approx(gains.mean())
    expected = variances(gains)
    assert [found.of_seeds, found.of_examples] == pytest.approx(expected[:2], rel=0.15)
    assert found.of_both == pytest.approx(expected[2], rel=0.35)
    assert found.se == pytest.approx(math.sqrt(sum(expected)), rel=0.05)


@pytest.mark.parametrize("seeds", [3, 8])
def test_where_examples_are_alike_it_is_students_interval_of_the_seeds(seeds: int):
    by_seed = np.random.default_rng(1).normal(size=seeds)
    found, student = of_mean(np.tile(by_seed[:, None], (1, 50)), resamples=5_000), paired(by_seed)
    assert (found.low, found.high) == pytest.approx((student.low, student.high), abs=0.05 * student.half_width)
    assert found.p(0.5) == pytest.approx(student.p(0.5), abs=0.02)
    assert found.df == pytest.approx(seeds - 1, abs=0.01)


def test_where_seeds_are_alike_it_is_students_interval_of_the_examples():
    by_example = np.random.default_rng(2).normal(size=200)
    found, student = of_mean(np.tile(by_example, (4, 1)), resamples=5_000), paired(by_example)
    assert (found.low, found.high) == pytest.approx((student.low, student.high), abs=0.1 * student.half_width)


@pytest.mark.parametrize(
    ("resamples", "total"), [(80, 200), pytest.param(200, 2_000, marks=pytest.mark.long)], ids=["some", "many"]
)
@pytest.mark.parametrize(("seeds", "sds"), [(3, (1.0, 0.0, 1.0)), (5, (0.1, 1.0, 1.0)), (10, (0.1, 1.0, 3.0))], ids=str)
def test_intervals_cover_at_the_stated_rate_whatever_differs(
    seeds: int, sds: tuple[float, float, float], resamples: int, total: int
):
    """The degrees of freedom are an approximation, hence the room of two points around 95 %."""
    rng = np.random.default_rng(3)
    held = 0
    for number in range(total):
        found = of_mean(two_way(rng, seeds, 60, sds), resamples=resamples, seed=number)
        held += found.low < 0 < found.high
    assert stats.binomtest(held, total, 0.93, alternative="less").pvalue > 1e-6
    assert stats.binomtest(held, total, 0.975, alternative="greater").pvalue > 1e-6


def test_quantiles_of_the_draws_cover_too_rarely():
    """The check above can fail: the plain bootstrap of three seeds is too narrow."""
    rng, total, held = np.random.default_rng(4), 250, 0
    for _ in range(total):
        gains = two_way(rng, 3, 60, (1.0, 0.0, 1.0))
        some, few = rng.integers(60, size=(100, 60)), rng.integers(3, size=(100, 3))
        drawn = gains[few[:, :, None], some[:, None, :]].mean(axis=(1, 2))
        low, high = np.quantile(drawn, [0.025, 0.975])
        held += low < 0 < high
    assert stats.binomtest(held, total, 0.93, alternative="less").pvalue < 1e-6


def test_a_figure_of_mean_losses_covers_its_own_limit():
    """RMSE of a predictor that errs by N(0, 2²) against one that errs by N(0, 1): the difference is 1."""
    rng, total, held = np.random.default_rng(5), 100, 0
    for number in range(total):
        one, other = rng.normal(0, 2, (5, 80)), rng.normal(0, 1, (5, 80))

        def gains(examples: NDArray[np.int64], one=one, other=other) -> NDArray[np.float64]:
            return np.sqrt((one[:, examples] ** 2).mean(axis=1)) - np.sqrt((other[:, examples] ** 2).mean(axis=1))

        found = bootstrap(gains, 80, resamples=100, seed=number)
        held += found.low < 1 < found.high
    assert stats.binomtest(held, total, 0.93, alternative="less").pvalue > 1e-6


def test_the_figures_on_every_draw_of_examples_are_made_once():
    asked = []

    def figures(examples: NDArray[np.int64]) -> NDArray[np.float64]:
        asked.append(examples)
        return np.array([examples.mean(), examples.max()])

    bootstrap(figures, 30, resamples=40)
    assert len(asked) == 41
    assert asked[0].tolist() == list(range(30))


@given(INTERVALS, st.floats(-10, 10))
def test_a_bound_lies_outside_exactly_where_its_p_value_is_small(interval: Interval, bound: float):
    if min(abs(interval.low - bound), abs(interval.high - bound)) < 1e-6 * (1 + interval.half_width):
        return
    assert (interval.low < bound < interval.high) == (interval.p(bound) > 1 - interval.level)


@given(INTERVALS, st.integers(2, 200), st.floats(1, 50))
def test_more_of_anything_never_widens_it(interval: Interval, n: int, times: float):
    assert interval.repeated(n).half_width <= interval.half_width * (1 + 1e-9)
    assert interval.with_rows(times).se <= interval.se
    assert interval.repeated(10**12).se == pytest.approx(math.sqrt(interval.of_examples), abs=1e-4)


def test_one_seed_gives_an_infinite_interval_and_says_so():
    found = of_mean(np.random.default_rng(7).normal(size=(1, 30)), resamples=50)
    assert (found.low, found.high, found.se, found.p()) == (-math.inf, math.inf, math.inf, 1.0)
    assert found.note == "one seed shows no spread, so there is no interval"
    assert found.repeated(5) == found


def test_equal_gains_give_a_point_and_say_so():
    found = of_mean(np.full((4, 10), 0.1), resamples=50)
    assert found.low == found.high == found.mean
    assert (found.p(), found.p(found.mean)) == (0.0, 1.0)
    assert found.note == "all 4 seeds and all examples agree, so the interval is a point"


def test_the_same_seed_draws_the_same_and_numpys_own_stream_is_left_alone():
    gains = np.random.default_rng(8).normal(size=(3, 20))
    before = pickle.dumps(np.random.get_state())  # noqa: NPY002 - the stream that must not move
    assert of_mean(gains, resamples=50) == of_mean(gains, resamples=50) != of_mean(gains, resamples=50, seed=1)
    assert pickle.dumps(np.random.get_state()) == before  # noqa: NPY002


@pytest.mark.parametrize(
    ("examples", "figures", "resamples", "sentence"),
    [
        (1, [0.0], 10, "examples must be at least 2, got 1."),
        (5, [], 10, "the figures must be of shape (S,), one a seed, got shape (0,)."),
        (5, 0.0, 10, "the figures must be of shape (S,), one a seed, got shape ()."),
        (5, [0.0], 1, "resamples must be at least 2, got 1."),
    ],
)
def test_too_few_of_something_is_told_in_one_sentence(examples: int, figures: object, resamples: int, sentence: str):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole sentence is compared
        bootstrap(lambda some: np.array(figures), examples, resamples=resamples)
    assert str(error.value) == sentence


def test_figures_that_are_not_finite_are_told():
    with pytest.raises(ValueError, match="the figures must be finite in every draw"):
        bootstrap(lambda some: [math.nan if 0 in some[1:] else 1.0, 2.0], 5, resamples=20)
