import math

import numpy as np
import pytest

from vicinal.evidence import log_ratio


def test_it_is_the_logarithm_of_the_ratio():
    np.testing.assert_allclose(log_ratio([2.0, 3.0, 5.0], [1.0, 3.0, 10.0]), [math.log(2), 0.0, -math.log(2)])


def test_it_changes_sign_when_the_figures_change_places():
    a, b = np.random.default_rng(5).uniform(0.01, 100, (2, 20))
    np.testing.assert_array_equal(log_ratio(a, b), -log_ratio(b, a))


def test_figures_too_small_or_large_to_be_divided_have_a_finite_one():
    assert log_ratio([1e-300], [1e300])[0] == pytest.approx(-600 * math.log(10))


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        ([1.0], [1.0, 2.0], "a and b must be of one shape, got shapes (1,) and (2,)."),
        ([1.0, 0.0], [1.0, 1.0], "every figure of a must be a finite number > 0, got 0.0."),
        ([1.0, 1.0], [1.0, math.nan], "every figure of b must be a finite number > 0, got nan."),
    ],
)
def test_a_ratio_that_has_no_logarithm_is_refused(a: list[float], b: list[float], sentence: str):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole sentence is compared
        log_ratio(a, b)
    assert str(error.value) == sentence
