"""Numbers as text: nothing is lost, nothing looks more certain than it is."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal._numbers import count, duration, number, places
from vicinal.evidence import Effect
from vicinal.report._numbers import in_words, interval, precision


def value(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


@given(st.floats(-1e6, 1e6), st.integers(0, 4), st.booleans())
def test_text_is_the_rounded_number(figure: float, digits: int, sign: bool) -> None:
    assert value(number(figure, digits, sign=sign)) == pytest.approx(figure, abs=0.5000001 * 10**-digits)


def test_what_would_be_long_stands_with_its_power_of_ten() -> None:
    assert number(1.2694898e30, 0, sign=True) == "+1.27e30"
    assert number(-9.996e14, 2) == "−1.00e15"
    assert number(999_999_999_999.0, 0) == "999,999,999,999"


@pytest.mark.parametrize("figure", [0.04, -0.04, 0.0, -0.0])
def test_what_is_shown_as_nothing_has_no_sign(figure: float) -> None:
    assert number(figure, 1, sign=True) == "0.0"


@pytest.mark.parametrize("figure", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_a_dash(figure: float) -> None:
    assert number(figure, 1) == "–"


@given(st.floats(-1e3, 1e3), st.floats(1e-2, 1e3), st.integers(3, 30))
def test_effect_is_shown_to_two_digits_of_its_half_width(mean: float, sd: float, n: int) -> None:
    effect = Effect(mean, sd, n)
    digits = precision(effect)
    assert effect.half_width * 10**digits * 1.000001 >= 10
    assert effect.half_width * 10**digits < 100 or digits == 0


def test_single_difference_shows_no_interval() -> None:
    assert interval(Effect(1.5, math.inf, 1), 1) == ("+1.5", "", "")
    assert in_words(Effect(1.5, math.inf, 1)) == "+1.5"


def test_what_is_too_little_for_a_verdict_shows_no_interval() -> None:
    assert in_words(Effect(1.5, 20.0, 2)) == "+2"
    assert in_words(Effect(0.0, 0.0, 10)) == "0.0"
    assert "[" in in_words(Effect(1.5, 20.0, 3))


def test_minus_is_a_minus_and_not_a_hyphen() -> None:
    assert in_words(Effect(-2.0, 0.1, 5)) == "−2.00 [−2.12, −1.88]"


@given(st.floats(0, 1e6))
def test_no_duration_has_sixty_of_a_unit(seconds: float) -> None:
    for amount, unit in re.findall(r"(\d+) (s|min)\b", duration(seconds)):
        assert int(amount) < 60, unit


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.949, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"),
     (3599.6, "1 h 0 min"), (6840, "1 h 54 min")],
)  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_one_is_singular() -> None:
    assert (count(0, "seed"), count(1, "seed"), count(2000, "seed")) == ("0 seeds", "1 seed", "2,000 seeds")


@given(st.floats(1e-9, 1e9), st.integers(1, 3))
def test_so_many_significant_digits_are_shown_and_no_more(size: float, significant: int) -> None:
    digits = places(size, significant)
    assert size * 10**digits * 1.000001 >= 10 ** (significant - 1)
    assert size * 10**digits < 10**significant * 1.000001 or digits == 0
