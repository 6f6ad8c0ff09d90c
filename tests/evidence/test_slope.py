import numpy as np
import pytest

from vicinal.evidence import slope


@pytest.mark.parametrize("seeds", [0, 1, 5])
def test_slopes_are_those_of_a_fitted_line(seeds: int):
    rng = np.random.default_rng(3)
    x, ys = np.array([0.0, 1.0, 3.0, 5.0]), rng.normal(size=(seeds, 4))
    fitted = np.array([np.polyfit(x, y, 1)[0] for y in ys])
    np.testing.assert_allclose(slope(x, ys), fitted.reshape(seeds), rtol=1e-9)


def test_a_shift_of_either_axis_changes_no_slope():
    rng = np.random.default_rng(4)
    x, ys = rng.normal(size=6), rng.normal(size=(3, 6))
    np.testing.assert_allclose(slope(x + 7, ys - 5), slope(x, ys), rtol=1e-9)


@pytest.mark.parametrize(
    ("x", "ys", "sentence"),
    [
        ([1, 2], [1, 2], "ys must be of shape (n, T) with x of shape (T,), got shapes (2,) and (2,)."),
        ([1, 2], [[1, 2, 3]], "ys must be of shape (n, T) with x of shape (T,), got shapes (1, 3) and (2,)."),
        ([2, 2], [[1, 3]], "x must be at least two different values, got [2.0, 2.0]."),
    ],
)
def test_a_slope_that_cannot_be_is_refused(x: list[float], ys: list[list[float]], sentence: str):
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole sentence is compared
        slope(x, ys)
    assert str(error.value) == sentence
