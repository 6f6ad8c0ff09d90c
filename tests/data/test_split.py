import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from vicinal._errors import InputError
from vicinal.data._split import split

SHARES = {"test_share": 0.25, "valid_share": 0.2}


def classes(counts: list[int]) -> np.ndarray:
    return np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))


@settings(max_examples=30)
@given(
    st.lists(st.integers(3, 40), min_size=2, max_size=6),
    st.lists(st.integers(1, 2), max_size=8),
    st.integers(0, 2**32 - 1),
)
def test_every_row_is_in_one_part_and_the_sizes_depend_on_their_number_alone(common, rare, seed):
    target = classes([*common, *rare])
    try:
        rows, others = (split(target, seed=s, **SHARES) for s in (seed, seed + 1))
    except InputError:
        assert len(target) < 20 * len(common)  # only short tables are refused
        return
    np.testing.assert_array_equal(np.sort(np.concatenate([rows.train, rows.valid, rows.test])), np.arange(len(target)))
    n_test = round(0.25 * len(target))
    n_valid = round(0.2 * (len(target) - n_test))
    for some in (rows, others):
        assert (len(some.valid), len(some.test)) == (n_valid, n_test)


@pytest.mark.parametrize("seed", range(5))
def test_each_class_gets_its_share_of_each_part(seed):
    counts = [100, 40, 13, 3]
    target = classes(counts)
    rows = split(target, seed=seed, **SHARES)
    for part, share in {"train": 0.6, "valid": 0.15, "test": 0.25}.items():
        found = np.bincount(target[getattr(rows, part)], minlength=4)
        # Two cuts, each of which rounds by less than one row.
        assert (np.abs(found - share * np.array(counts)) < 2).all(), part


def test_a_rare_class_falls_into_each_part_as_chance_has_it():
    target = classes([50, 30, 1, 2, 1])
    rare = np.flatnonzero(target >= 2)
    seeds, in_test, in_valid = 300, 0, 0
    for seed in range(seeds):
        rows = split(target, seed=seed, **SHARES)
        in_test += np.isin(rare[0], rows.test)
        in_valid += np.isin(rare[1], rows.valid)
    n = len(target)
    n_test, n_valid = round(0.25 * n), round(0.2 * (n - round(0.25 * n)))
    assert binomtest(int(in_test), seeds, n_test / n).pvalue > 1e-4
    assert binomtest(int(in_valid), seeds, n_valid / n).pvalue > 1e-4


def test_rare_rows_take_nothing_from_the_shares_of_the_others():
    target = classes([60, 60, *[1] * 20])
    for seed in range(20):
        found = np.bincount(target[split(target, seed=seed, **SHARES).test], minlength=22)
        assert abs(found[0] - found[1]) <= 1


def test_a_table_of_rare_classes_only_is_divided_by_chance():
    rows = split(np.arange(12), seed=0, **SHARES)
    assert (len(rows.train), len(rows.valid), len(rows.test)) == (7, 2, 3)


def test_one_seed_gives_one_division_and_another_another():
    target = classes([30, 30])
    first, again, other = (split(target, seed=seed, **SHARES) for seed in (7, 7, 8))
    for part in ("train", "valid", "test"):
        np.testing.assert_array_equal(getattr(first, part), getattr(again, part))
        assert not np.array_equal(getattr(first, part), getattr(other, part))


def test_without_a_validation_share_there_is_no_validation_part():
    target = classes([30, 30])
    rows = split(target, seed=0, test_share=0.25, valid_share=0)
    assert (len(rows.train), len(rows.valid), len(rows.test)) == (45, 0, 15)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ([1], "the table must be long enough to be divided, got 1 rows. Give it more rows."),
        ([2], "the table must be long enough to be divided, got 2 rows. Give it more rows."),
        (
            [3] * 5,
            "the table must be long enough to be divided by class, got 15 rows of 5 classes. "
            "Give it more rows, or fewer classes.",
        ),
    ],
)
def test_a_table_too_short_for_its_classes_is_told_so(counts, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        split(classes(counts), seed=0, **SHARES)


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ({"test_share": 0.0}, "test_share must be in (0, 1), got 0.0."),
        ({"test_share": 1.0}, "test_share must be in (0, 1), got 1.0."),
        ({"valid_share": 1.0}, "valid_share must be in [0, 1), got 1.0."),
        ({"valid_share": -0.1}, "valid_share must be in [0, 1), got -0.1."),
    ],
)
def test_shares_must_be_shares(shares, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        split(classes([30, 30]), seed=0, **{**SHARES, **shares})
