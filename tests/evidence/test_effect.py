import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vicinal.evidence import Effect, paired

FIGURES = st.floats(-100, 100).map(lambda value: round(value, 3))
LEVELS = st.floats(0.5, 0.999)
EFFECTS = st.builds(
    Effect,
    mean=FIGURES,
    sd=st.floats(0.01, 100),
    n=st.integers(2, 50),
    overlap=st.sampled_from([0.0, 0.25, 1 / 3, 1.0]),
    level=LEVELS,
)


def corrected_interval(differences: list[float], overlap: float, level: float) -> tuple[float, float]:
    """The corrected resampled t interval, written out again from the source's formula, without arrays."""
    n = len(differences)
    mean = sum(differences) / n
    variance = 0.0
    for difference in differences:
        variance += (difference - mean) ** 2 / (n - 1)
    half = float(stats.t.ppf(1 - (1 - level) / 2, n - 1)) * math.sqrt(variance / n + variance * overlap)
    return mean - half, mean + half


@settings(deadline=None)
@given(st.lists(FIGURES, min_size=2, max_size=30), LEVELS)
def test_independent_differences_give_scipys_interval_and_p_value(differences: list[float], level: float):
    if np.ptp(differences) == 0:
        return
    effect = paired(differences, level=level)
    interval = stats.ttest_1samp(differences, 0.0).confidence_interval(level)
    _, p = stats.ttest_1samp(differences, 0.0)
    assert (effect.low, effect.high) == pytest.approx((interval.low, interval.high), rel=1e-9, abs=1e-9)
    assert effect.p() == pytest.approx(p, rel=1e-6, abs=1e-12)


@given(st.lists(FIGURES, min_size=2, max_size=30), st.floats(0, 2), LEVELS)
def test_the_corrected_interval_is_the_formula_of_its_source(differences: list[float], overlap: float, level: float):
    effect = paired(differences, level=level, overlap=overlap)
    expected = corrected_interval(differences, overlap, level)
    assert (effect.low, effect.high) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_corrected_interval_agrees_with_a_computation_by_hand():
    # variance 5/3, times 1/4 + 1/3 is 35/36; the table's t for 3 degrees of freedom at 95 % is 3.1824
    effect = paired([1, 2, 3, 4], overlap=1 / 3)
    assert effect.se == pytest.approx(math.sqrt(35 / 36))
    assert effect.half_width == pytest.approx(3.1824 * math.sqrt(35 / 36), rel=1e-4)


@given(EFFECTS, FIGURES)
def test_a_bound_lies_outside_exactly_where_its_p_value_is_small(effect: Effect, bound: float):
    if min(abs(effect.low - bound), abs(effect.high - bound)) < 1e-9 * (1 + effect.half_width):
        return
    assert (effect.low < bound < effect.high) == (effect.p(bound) > 1 - effect.level)


@given(EFFECTS, LEVELS)
def test_another_level_moves_only_the_ends(effect: Effect, level: float):
    other = effect.at(level)
    assert (other.mean, other.sd, other.n, other.overlap) == (effect.mean, effect.sd, effect.n, effect.overlap)
    narrow, wide = sorted([effect, other], key=lambda each: each.level)  # equal where the levels differ by rounding
    assert narrow.half_width <= wide.half_width


@given(st.lists(FIGURES, min_size=2, max_size=10), st.floats(0, 1), st.sampled_from([-2.0, -1.0, 0.5, 4.0]))
def test_scaling_the_differences_scales_the_effect(differences: list[float], overlap: float, factor: float):
    effect = paired(differences, overlap=overlap)
    scaled = paired([factor * difference for difference in differences], overlap=overlap)
    assert sorted([factor * effect.low, factor * effect.high]) == pytest.approx([scaled.low, scaled.high])
    assert factor * effect.mean == pytest.approx(scaled.mean)


@given(EFFECTS)
def test_the_interval_shrinks_to_its_floor_and_no_further(effect: Effect):
    widths = [Effect(effect.mean, effect.sd, n, effect.overlap).half_width for n in (effect.n, 100, 10**4, 10**12)]
    floor = Effect(effect.mean, effect.sd, effect.n, effect.overlap).floor
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == pytest.approx(floor, rel=1e-4, abs=1e-4 * effect.sd)
    assert widths[-2] > floor


def test_independent_differences_have_no_floor():
    assert paired([1.0, 2.0, 4.0]).floor == 0


def test_one_difference_gives_an_infinite_interval_and_says_so():
    effect = paired([1.5], overlap=0.3)
    assert (effect.mean, effect.low, effect.high, effect.sd) == (1.5, -math.inf, math.inf, math.inf)
    assert (effect.se, effect.floor, effect.p()) == (math.inf, math.inf, 1.0)
    assert effect.note == "one difference shows no spread, so there is no interval"


@pytest.mark.parametrize("differences", [[2.0, 2.0, 2.0], [0.1] * 7, [30.1 - 10.1, 40.2 - 20.2, 20.0]])
def test_equal_differences_give_a_point_and_say_so(differences: list[float]):
    effect = paired(differences, overlap=0.3)
    assert effect.low == effect.high == effect.mean == differences[0]
    assert (effect.p(), effect.p(effect.mean)) == (0.0, 1.0)
    assert effect.note == f"all {len(differences)} differences are equal, so the interval is a point"


def test_a_usual_effect_has_no_note():
    assert paired([1.0, 1.001]).note == ""


@given(st.lists(FIGURES, min_size=1, max_size=4), st.floats(0, 1), FIGURES)
def test_no_figure_is_ever_nan(differences: list[float], overlap: float, bound: float):
    effect = paired(differences, overlap=overlap)
    figures = [effect.mean, effect.sd, effect.se, effect.half_width, effect.low, effect.high, effect.floor]
    assert not any(math.isnan(figure) for figure in [*figures, effect.p(bound), effect.at(0.9).low])


@pytest.mark.parametrize(
    ("differences", "options", "sentence"),
    [
        ([], {}, "differences must be a vector of at least one number, got shape (0,)."),
        ([[1.0, 2.0]], {}, "differences must be a vector of at least one number, got shape (1, 2)."),
        ([1.0, math.nan], {}, "differences must be finite, got nan at position 1."),
        ([-math.inf, 1.0], {}, "differences must be finite, got -inf at position 0."),
        ([1.0, 2.0], {"level": 95}, "level must be a number between 0 and 1, got 95."),
        ([1.0, 2.0], {"overlap": -0.1}, "overlap must be n_test / n_train, a finite number ≥ 0, got -0.1."),
        ([1.0, 2.0], {"overlap": math.nan}, "overlap must be n_test / n_train, a finite number ≥ 0, got nan."),
    ],
)
def test_wrong_arguments_are_told_in_one_sentence(differences: list[float], options: dict[str, float], sentence: str):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole sentence is compared
        paired(differences, **options)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("mean", "sd", "n"), [(math.nan, 1.0, 5), (1.0, 1.0, 0), (1.0, -1.0, 5), (1.0, math.nan, 5), (1.0, math.inf, 5)]
)
def test_an_effect_that_cannot_be_is_refused(mean: float, sd: float, n: int):
    with pytest.raises(ValueError, match="must be"):
        Effect(mean, sd, n)
