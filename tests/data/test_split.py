import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.model_selection import StratifiedShuffleSplit

from vicinal._errors import InputError
from vicinal.data._split import cut, split

SHARES = {"test_share": 0.25, "valid_share": 0.2}


def classes(counts: list[int]) -> np.ndarray:
    return np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))


@given(st.lists(st.integers(1, 9), min_size=5, max_size=12), st.integers(0, 2**32 - 1))
def test_every_row_is_in_one_part_and_the_sizes_depend_on_their_number_alone(counts, seed):
    target = classes(counts)
    n_test = round(0.25 * len(target))
    n_valid = round(0.2 * (len(target) - n_test))
    for s in (seed, seed + 1):
        rows = split(target, seed=s, **SHARES)
        assert (len(rows.valid), len(rows.test)) == (n_valid, n_test)
        every = np.concatenate([rows.train, rows.valid, rows.test])
        np.testing.assert_array_equal(np.sort(every), np.arange(len(target)))


@given(st.lists(st.integers(3, 20), min_size=1, max_size=6), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_each_class_gets_its_share_rounded_up_or_down(counts, share, seed):
    target = classes(counts)
    size = max(1, round(share * len(target)))
    _, taken = cut(np.arange(len(target)), target, size, np.random.default_rng(seed))
    found = np.bincount(target[taken], minlength=len(counts))
    assert (np.abs(found - np.array(counts) * size / len(target)) < 1).all()


@pytest.mark.parametrize("counts", [[100, 40, 13], [50, 50, 50], [3, 200]])
def test_the_shares_are_those_of_scikit_learn(counts):
    target = classes(counts)
    size = round(0.25 * len(target))
    splitter = StratifiedShuffleSplit(n_splits=1, test_size=size, random_state=0)
    theirs = np.bincount(target[next(splitter.split(target, target))[1]], minlength=len(counts))
    ours = np.bincount(target[split(target, seed=0, **SHARES).test], minlength=len(counts))
    assert (np.abs(ours - theirs) <= 1).all()


@pytest.mark.parametrize("counts", [[50, 30, 1, 2, 1], [9, 8], [1] * 12])
def test_every_row_falls_into_each_part_with_the_same_probability(counts):
    target = classes(counts)
    seeds, n = 400, len(target)
    times = {part: np.zeros(n, dtype=int) for part in ("train", "valid", "test")}
    for seed in range(seeds):
        rows = split(target, seed=seed, **SHARES)
        for part, hits in times.items():
            hits[getattr(rows, part)] += 1
    for hits in times.values():
        expected = hits.sum() / (n * seeds)
        assert min(binomtest(int(hit), seeds, expected).pvalue for hit in hits) > 1e-4 / n


def test_classes_too_rare_to_stratify_share_one_fate():
    """Twenty classes of one row: together they give their share, but which of them is chance."""
    target = classes([60, 60, *[1] * 20])
    tested = set()
    for seed in range(30):
        found = np.bincount(target[split(target, seed=seed, **SHARES).test], minlength=22)
        assert found[:2].tolist() == [15, 15]
        assert found[2:].sum() == 5
        tested |= set(np.flatnonzero(found))
    assert len(tested) == 22


@pytest.mark.parametrize(
    ("counts", "pair"),
    [
        pytest.param([40], (0, 1), id="neighbours in the table"),
        pytest.param([60, *[1] * 20], (60, 61), id="the only rows of two classes"),
        pytest.param([60, *[2] * 10], (60, 61), id="the two rows of a class"),
    ],
)
def test_two_rows_fall_together_as_often_as_chance_has_it(counts, pair):
    target, seeds = np.repeat(np.arange(len(counts)), counts), 400
    together = sum(np.isin(pair, split(target, seed=seed, **SHARES).test).all() for seed in range(seeds))
    n = 40 if len(counts) == 1 else 20  # rows that are laid together, a quarter of which are tested on
    assert binomtest(int(together), seeds, n / 4 * (n / 4 - 1) / (n * (n - 1))).pvalue > 1e-4


def test_one_seed_gives_one_division_and_another_another():
    target = classes([30, 30])
    first, again, other = (split(target, seed=seed, **SHARES) for seed in (7, 7, 8))
    for part in ("train", "valid", "test"):
        np.testing.assert_array_equal(getattr(first, part), getattr(again, part))
        assert not np.array_equal(getattr(first, part), getattr(other, part))


def test_without_a_validation_share_there_is_no_validation_part():
    rows = split(classes([30, 30]), seed=0, test_share=0.25, valid_share=0)
    assert (len(rows.train), len(rows.valid), len(rows.test)) == (45, 0, 15)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_a_table_too_short_for_three_parts_is_told_so(rows):
    sentence = f"a table must be long enough to be divided, got {rows} rows. Give it more rows."
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        split(np.zeros(rows, dtype=int), seed=0, **SHARES)


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
