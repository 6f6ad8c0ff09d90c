"""Rows divided by groups, by time, or with the test part given; parts of a regression; noise; fewer rows."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.model_selection import GroupShuffleSplit, train_test_split

from vicinal._errors import InputError
from vicinal.data import Parts, Table, corrupt_labels
from vicinal.data._divide import Division
from vicinal.data._group_split import GroupSplit

PARTS = ("train", "valid", "test")


def table(n: int = 80, target: np.ndarray | None = None, classes: tuple[str, ...] = ("a", "b"), **more: Any) -> Table:
    """Return a table whose only column is the row's number."""
    target = np.arange(n) % 2 if target is None else target
    empty = np.empty((n, 0), dtype=object)
    return Table("t", np.arange(n, dtype=np.float64)[:, None], ("row",), empty, (), target, classes, **more)


def rows_of(parts: Parts) -> list[np.ndarray]:
    return [getattr(parts, f"rows_{part}") for part in PARTS]


@given(st.lists(st.integers(1, 12), min_size=3, max_size=25), st.integers(0, 99), st.sampled_from([0.0, 0.2]))
@settings(max_examples=15)
def test_no_group_is_in_two_parts_and_the_sizes_are_those_of_every_seed(counts, seed, valid_share):
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)) * 7 - 3, counts))
    division = Division(np.arange(len(groups)) % 3, groups=groups, valid_share=valid_share)
    sizes = set()
    for s in range(seed, seed + 3):
        parts = [getattr(division.rows(s), part) for part in PARTS]
        sizes.add(tuple(map(len, parts)))
        found = [set(groups[part]) for part in parts]
        assert not (found[0] & found[1] | found[0] & found[2] | found[1] & found[2])
        assert all(np.array_equal(part, np.unique(part)) for part in parts)
        assert len(parts[0]) > 0
        assert len(parts[2]) > 0
        assert bool(len(parts[1])) == (valid_share > 0)
    assert len(sizes) == 1


def test_small_groups_lose_hardly_a_row_and_have_their_shares():
    groups = np.repeat(np.arange(100), 4)
    train, valid, test = GroupSplit(groups, np.zeros(400, dtype=int), (0.25, 0.15)).sizes
    assert (test, valid, train) == (100, 60, 240)


def test_groups_of_one_row_are_divided_as_rows_are_and_all_are_used():
    rows = Division(np.zeros(40, dtype=int), groups=np.arange(40)).rows(0)
    assert sorted(np.concatenate([rows.train, rows.valid, rows.test])) == list(range(40))


def test_the_classes_of_groups_are_nearer_to_the_table_s_than_by_chance():
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 10)
    target = (random.random(40) < 0.4).astype(int)[groups]  # a group has one class
    ours = GroupSplit(groups, target, (0.25, 0.15))
    theirs = GroupShuffleSplit(n_splits=30, test_size=0.25, random_state=0).split(groups, groups=groups)
    chance = np.mean([abs(target[test].mean() - target.mean()) for _, test in theirs])
    mine = np.mean([abs(target[ours.rows(seed).test].mean() - target.mean()) for seed in range(30)])
    assert mine < 0.6 * chance


def test_every_group_is_tested_on_with_the_same_probability_where_all_have_the_same_rows():
    groups, seeds = np.repeat(np.arange(8), 5), 120
    split = GroupSplit(groups, np.zeros(40, dtype=int), (0.25, 0.15))
    tested = sum(np.isin(np.arange(8), groups[split.rows(seed).test]).astype(int) for seed in range(seeds))
    assert min(binomtest(int(hits), seeds, 0.25).pvalue for hits in np.atleast_1d(tested)) > 1e-5


@pytest.mark.parametrize("groups", [1, 2])
def test_too_few_groups_are_refused(groups):
    sentence = f"t: the groups must be 3 or more, one for each part, got {groups}. Leave out --group."
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        table(groups=np.arange(80) % groups).parts(seed=0)


@given(st.integers(12, 60), st.integers(3, 60), st.integers(0, 9))
@settings(max_examples=25)
def test_later_rows_are_tested_on_and_the_seed_changes_nothing(n, kinds, seed):
    times = np.random.default_rng(seed).permutation(np.resize(np.arange(kinds), n)).astype(np.float64)
    timed = table(n, times=times)
    first, other = (rows_of(timed.parts(seed=s)) for s in (seed, seed + 1))
    for one, same in zip(first, other, strict=True):
        np.testing.assert_array_equal(one, same)
    train, valid, test = (times[part] for part in first)
    assert train.max() < valid.min()
    assert valid.max() < test.min()
    assert sum(map(len, first)) == n


def test_with_times_all_different_the_latest_quarter_is_tested_on_and_a_fifth_of_the_others_chooses():
    train, valid, test = rows_of(table(40, times=np.arange(40.0)[::-1].copy()).parts(seed=0))
    assert (test.tolist(), valid.tolist(), train.tolist()) == ([*range(10)], [*range(10, 16)], [*range(16, 40)])


@pytest.mark.parametrize("times", [np.zeros(80), np.arange(80.0) // 40])
def test_times_that_do_not_make_three_parts_are_refused(times):
    with pytest.raises(InputError, match=r"^t: the times must be three different ones or more"):
        table(times=times).parts(seed=0)


@pytest.mark.parametrize("more", [{}, {"groups": np.arange(80) % 20}, {"times": np.arange(80.0)}])
def test_a_test_part_that_is_given_is_kept_and_a_fifth_of_the_others_chooses(more):
    test = np.arange(80) % 4 == 1
    given_test = table(test=test, **more)
    for seed in (0, 1):
        train, valid, tested = rows_of(given_test.parts(seed=seed))
        np.testing.assert_array_equal(tested, np.flatnonzero(test))
        assert (len(train), len(valid)) == (48, 12)
        assert not test[np.concatenate([train, valid])].any()
        if "groups" in more:
            assert not set(train % 20) & set(valid % 20)
        if "times" in more:
            assert train.max() < valid.min()


@pytest.mark.parametrize("test", [np.zeros(80, dtype=bool), np.ones(80, dtype=bool), np.arange(80) > 0])
def test_a_test_part_that_leaves_too_little_is_refused(test):
    with pytest.raises(
        InputError, match=r"^t: a table must be long enough to be divided, got \d+ rows to train on and"
    ):
        table(test=test).parts(seed=0)


def test_a_number_to_predict_is_standardised_by_the_rows_trained_on():
    target = np.random.default_rng(0).normal(1e6, 250, 80)
    numbers = table(target=target, classes=())
    parts = numbers.parts(seed=4)
    assert numbers.is_regression
    assert parts.y_train.dtype == parts.y_valid.dtype == parts.y_test.dtype == np.float32
    assert abs(float(parts.y_train.mean())) < 1e-5
    assert float(parts.y_train.std()) == pytest.approx(1, abs=1e-5)
    for part, rows in zip(PARTS, rows_of(parts), strict=True):
        back = getattr(parts, f"y_{part}").astype(np.float64) * parts.target_sd + parts.target_mean
        np.testing.assert_allclose(back, target[rows], atol=1e-3)
    assert parts.classes == ()


def test_a_constant_number_is_zero_and_divides_by_nothing():
    parts = table(target=np.full(80, 7.5), classes=()).parts(seed=0)
    assert (parts.target_mean, parts.target_sd) == (7.5, 1.0)
    assert not parts.y_test.any()


def test_classes_have_no_unit():
    parts = table().parts(seed=0)
    assert (parts.target_mean, parts.target_sd) == (0.0, 1.0)
    assert parts.y_train.dtype == np.int64


def test_the_sizes_of_a_regression_are_those_of_scikit_learn():
    parts = table(41, target=np.linspace(0, 1, 41), classes=()).parts(seed=0)
    rest, test = train_test_split(np.arange(41), test_size=round(0.25 * 41))
    assert (len(parts.y_train) + len(parts.y_valid), len(parts.y_test)) == (len(rest), len(test))


def test_row_numbers_lead_from_the_parts_to_the_table():
    parts = table().parts(seed=3, raw=True)
    for part, rows in zip(PARTS, rows_of(parts), strict=True):
        np.testing.assert_array_equal(getattr(parts, f"x_{part}")[:, 0], rows)
        np.testing.assert_array_equal(getattr(parts, f"y_{part}"), rows % 2)


@pytest.mark.parametrize("rows", [1, 2, 7, 48])
def test_fewer_rows_are_some_of_those_trained_on_and_of_every_class_its_share(rows):
    every, some = (table().parts(seed=5, rows=wanted) for wanted in (None, rows))
    assert set(some.rows_train) <= set(every.rows_train)
    assert len(some.y_train) == rows
    assert abs(int(some.y_train.sum()) - rows / 2) < 1
    np.testing.assert_array_equal(some.rows_valid, every.rows_valid)
    np.testing.assert_array_equal(some.rows_test, every.rows_test)


@pytest.mark.parametrize("rows", [0, 49])
def test_more_rows_than_there_are_to_train_on_are_refused(rows):
    sentence = f"t: the number of rows to train on must be in [1, 48], all of them, got {rows}."
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        table().parts(seed=0, rows=rows)


def test_noise_is_in_the_labels_trained_and_chosen_on_and_never_in_those_tested_on():
    clean, noisy = (table(400).parts(seed=2, label_noise=share) for share in (0.0, 0.5))
    np.testing.assert_array_equal(clean.y_test, noisy.y_test)
    np.testing.assert_array_equal(clean.x_train, noisy.x_train)
    np.testing.assert_array_equal(noisy.y_train, corrupt_labels(clean.y_train, 0.5, seed=2).labels)
    for part in ("train", "valid"):
        y, replaced = getattr(noisy, f"y_{part}"), getattr(clean, f"y_{part}")
        changed = int((y != replaced).sum())
        assert binomtest(changed, round(0.5 * len(y)), 0.5).pvalue > 1e-4  # half of the new labels are the old ones
        assert y.dtype == np.int64


def test_numbers_have_no_label_noise():
    with pytest.raises(
        InputError, match=r"^label noise must be 0 where a number is predicted, not a class, got 0\.2\.$"
    ):
        table(target=np.linspace(0, 1, 80), classes=()).parts(seed=0, label_noise=0.2)


def test_what_divides_the_rows_changes_the_fingerprint_and_its_absence_does_not():
    zeros = {"groups": np.zeros(80, dtype=int), "times": np.zeros(80), "test": np.zeros(80, dtype=bool)}
    prints = {table(**{name: values}).fingerprint for name, values in zeros.items()} | {table().fingerprint}
    assert len(prints) == 4
    assert table(notes=("a",), warnings=("b",)).fingerprint == table().fingerprint
    halves = np.arange(80) % 2 + 0.5
    assert table(target=halves, classes=()).fingerprint != table(target=halves - 0.25, classes=()).fingerprint


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"groups": np.zeros(3, dtype=int)}, "groups must be of shape (80,), got (3,)."),
        ({"times": np.zeros((80, 1))}, "times must be of shape (80,), got (80, 1)."),
        ({"test": np.zeros(81, dtype=bool)}, "test must be of shape (80,), got (81,)."),
        ({"times": np.full(80, np.nan)}, "times must be finite numbers, got 80 that are not."),
        ({"target": np.r_[np.inf, np.zeros(79)], "classes": ()}, "target must be finite numbers, got 1 that are not."),
    ],
)
def test_what_divides_the_rows_must_fit_them(more, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        table(**more)
