"""Axes: what they hold and where they have numbers."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal.report._axis import horizontal, short, vertical
from vicinal.report._canvas import breadth

SIZES = st.floats(-1e9, 1e9, allow_subnormal=False).filter(lambda value: value == 0 or abs(value) > 1e-9)
VALUES = st.lists(SIZES, min_size=1, max_size=20)
POSITIVE = st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=20)


@given(VALUES)
def test_all_values_are_held_with_some_to_spare(values: list[float]) -> None:
    axis = vertical(values)
    assert axis.low <= min(values) <= max(values) < axis.high
    assert axis.low == 0 or axis.low < min(values)
    assert 1 <= len(axis.ticks) <= 6


@given(POSITIVE)
def test_logarithmic_axes_hold_all_values(values: list[float]) -> None:
    axis = vertical(values, log=True)
    assert axis.log
    assert 0 < axis.low < min(values) <= max(values) < axis.high
    assert 1 <= len(axis.ticks) <= 6


@given(VALUES, st.booleans())
def test_numbers_are_within_rising_and_differ(values: list[float], log: bool) -> None:
    for axis in (vertical(values, log=log), horizontal(values, room=150)):
        slack = 1e-6 * (axis.high - axis.low)
        assert all(axis.low - slack <= tick <= axis.high + slack for tick in axis.ticks)
        assert all(a < b for a, b in itertools.pairwise(axis.ticks))


@given(st.integers(1, 400), st.floats(60, 500))
def test_epochs_have_whole_numbers_that_stand_clear(epochs: int, room: float) -> None:
    axis = horizontal(np.arange(1, epochs + 1), room=room)
    assert all(tick == round(tick) for tick in axis.ticks) or epochs == 1
    scale = room / (axis.high - axis.low)
    for (a, b), (one, other) in zip(itertools.pairwise(axis.ticks), itertools.pairwise(axis.texts), strict=True):
        assert scale * (b - a) > 0.5 * (breadth(one, 8) + breadth(other, 8))


def test_given_numbers_stay_or_are_thinned_evenly() -> None:
    quarters = (0, 0.25, 0.5, 0.75, 1)
    assert horizontal([0, 1], room=200, ticks=quarters).ticks == quarters
    assert horizontal([0, 1], room=60, ticks=quarters).ticks == (0, 0.5, 1)
    assert horizontal([0, 1], room=60, ticks=(-5, 1, 9)).ticks == (1,)


def test_what_comes_near_zero_begins_at_zero() -> None:
    assert vertical([1.0, 25.0]).low == 0
    assert 40 < vertical([45.0, 75.0]).low < 45
    assert vertical([-1.0, 1.0]).low < -1


@pytest.mark.parametrize("value", [0.0, 5.0, -5.0, 1e-7, 1e8])
def test_equal_values_have_an_axis_all_the_same(value: float) -> None:
    axis = vertical([value, value, math.nan])
    assert axis.low <= value < axis.high
    assert horizontal([value], room=100).low < value


def test_values_that_are_not_above_zero_are_left_out_of_a_logarithmic_axis() -> None:
    assert vertical([-1.0, 0.0, 1.0, 10.0], log=True).low == pytest.approx(1, rel=0.1)
    assert not vertical([-1.0, 0.0], log=True).log


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([12, 42], (15, 20, 30, 40)),
        ([0.9, 1.1e6], (1, 100, 10_000, 1_000_000)),
        ([0.01, 1.0], (0.01, 0.03, 0.1, 0.3, 1)),
    ],
)
def test_logarithmic_numbers_are_round(values: list[float], ticks: tuple[float, ...]) -> None:
    assert vertical(values, log=True).ticks == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.25, "0.25"),
        (0.1 + 0.2, "0.3"),
        (-3, "−3"),
        (12_000, "12,000"),
        (1e-5, "10⁻⁵"),
        (-2.5e7, "−2.5×10⁷"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize("room", [40.0, 120.0, 500.0])
def test_numbers_of_a_logarithmic_horizontal_axis_stand_clear_of_each_other(room: float) -> None:
    alphas = (0.1, 0.2, 0.4, 1.0, 2.0, 8.0)
    axis = horizontal(alphas, room=room, ticks=alphas, log=True)
    assert (axis.low, axis.high, axis.log) == (0.1, 8.0, True)
    assert set(axis.ticks) <= set(alphas)
    places = [room * math.log(tick / 0.1) / math.log(80.0) for tick in axis.ticks]
    widths = [breadth(text, 8.0) for text in axis.texts]
    for (a, b), (left, right) in zip(itertools.pairwise(places), itertools.pairwise(widths), strict=True):
        assert b - a >= (left + right) / 2
    assert len(axis.ticks) == 6 or room < 500
