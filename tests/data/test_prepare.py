import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vicinal.data._prepare import as_they_are, categories_of, coded, prepare

NO_WORDS = np.empty((30, 0), dtype=object)
NO_NUMBERS = np.empty((30, 0))


def holed(seed: int, share: float = 0.2) -> np.ndarray:
    random = np.random.default_rng(seed)
    numeric = random.normal(3, 5, (30, 4))
    numeric[random.random(numeric.shape) < share] = np.nan
    return numeric


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7])
def test_numbers_are_imputed_and_standardised_as_by_hand(share):
    numeric, fit_on = holed(1, share), np.arange(0, 30, 2)
    x = prepare(numeric, NO_WORDS, fit_on)
    for column in range(4):
        values = numeric[:, column].tolist()
        seen = sorted(values[row] for row in fit_on if values[row] == values[row])
        middle = (seen[(len(seen) - 1) // 2] + seen[len(seen) // 2]) / 2
        filled = [value if value == value else middle for value in values]
        mean = sum(filled[row] for row in fit_on) / len(fit_on)
        deviation = (sum((filled[row] - mean) ** 2 for row in fit_on) / len(fit_on)) ** 0.5
        np.testing.assert_allclose(x[:, column], [(value - mean) / deviation for value in filled], atol=1e-5)


def test_a_column_that_is_constant_where_it_is_fitted_is_zero_everywhere():
    numeric = np.full((30, 2), 0.1)
    numeric[20:, 0] = 500.0
    numeric[20:, 1] = np.nan
    np.testing.assert_array_equal(prepare(numeric, NO_WORDS, np.arange(20)), np.zeros((30, 2)))


def test_a_column_that_is_missing_where_it_is_fitted_is_zero_everywhere():
    numeric = np.full((30, 1), np.nan)
    numeric[25:] = 7.0
    np.testing.assert_array_equal(prepare(numeric, NO_WORDS, np.arange(20)), np.zeros((30, 1)))


def test_a_category_is_a_one_in_its_own_column_and_a_missing_one_is_none():
    words = np.array([["b", "u"], ["a", ""], ["", "u"], ["c", "u"]], dtype=object)
    x = prepare(np.empty((4, 0)), words, np.array([0, 1]))
    np.testing.assert_array_equal(x, [[0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 1]])


def test_a_column_of_missing_categories_adds_nothing():
    words = np.full((30, 2), "", dtype=object)
    assert prepare(NO_NUMBERS, words, np.arange(30)).shape == (30, 0)
    assert prepare(holed(2), words, np.arange(30)).shape == (30, 4)


@settings(max_examples=25)
@given(
    st.lists(st.lists(st.text(max_size=3), min_size=2, max_size=2), min_size=30, max_size=30),
    st.integers(0, 100),
    st.sets(st.integers(0, 29), min_size=2),
)
def test_any_table_becomes_finite_numbers_with_the_same_columns_for_every_fit(words, seed, fit_on):
    categorical = np.array(words, dtype=object)
    x = prepare(holed(seed), categorical, np.array(sorted(fit_on)))
    everything = prepare(holed(seed), categorical, np.arange(30))
    assert x.shape == everything.shape
    assert x.dtype == np.float32
    assert x.flags.c_contiguous
    assert np.isfinite(x).all()
    np.testing.assert_array_equal(x[:, 4:], everything[:, 4:])


def test_raw_is_the_numbers_as_they_are_and_categories_counted_from_one():
    numeric = np.array([[1.5, np.nan], [-1e6, 2.0], [0.0, 0.0]])
    words = np.array([["b", ""], ["", ""], ["a", ""]], dtype=object)
    x = as_they_are(numeric, coded(words, categories_of(words)))
    np.testing.assert_array_equal(x, [[1.5, 0, 2, 0], [-1e6, 2, 0, 0], [0, 0, 1, 0]])
    assert x.dtype == np.float32
