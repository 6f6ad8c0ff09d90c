"""Sentences about twins, columns that give the target away, rare classes and gaps, against brute force."""

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from vicinal.data import RawTable, Table, own_table
from vicinal.data._doubts import class_sizes, fingerprints, gaps, leaks, twins

CELLS = st.sampled_from([0.0, -0.0, 1.0, 2.5, float("nan")])


def given_away(
    numeric: np.ndarray, target: np.ndarray, classes: int, codes: np.ndarray | None = None, names: str = "abcdefgh"
) -> str:
    words = np.empty((len(target), 0), dtype=np.int32) if codes is None else codes
    return leaks(numeric, names[: numeric.shape[1]], words, "zyxw"[: words.shape[1]], target, classes)


@given(st.lists(st.tuples(CELLS, CELLS, st.integers(-1, 2)), min_size=1, max_size=40))
@settings(max_examples=40)
def test_rows_have_one_fingerprint_where_all_their_cells_are_the_same(rows):
    numeric, codes = np.array([row[:2] for row in rows]), np.array([row[2:] for row in rows], dtype=np.int32)
    prints = fingerprints(numeric, codes)
    keys = [tuple("gap" if cell != cell else float(cell) + 0.0 for cell in row) for row in rows]
    assert len(set(prints.tolist())) == len(set(keys))
    assert all((prints[0] == other) == (keys[0] == key) for other, key in zip(prints, keys, strict=True))


def test_cells_in_other_columns_are_other_rows():
    numeric = np.array([[1.0, 2.0], [2.0, 1.0], [0.0, 0.0]])
    assert len(set(fingerprints(numeric, np.zeros((3, 0), dtype=np.int32)))) == 3


@pytest.mark.parametrize("seed", range(4))
def test_twins_are_counted_as_by_hand(seed):
    random = np.random.default_rng(seed)
    prints, target = random.integers(0, 30, 40).astype(np.uint64), random.integers(0, 2, 40)
    counts = Counter(prints.tolist())
    twice = sum(counts[each] > 1 for each in prints.tolist())
    contrary = sum(len(set(target[prints == each])) > 1 for each in prints)
    assert twins(prints, target, None).startswith(
        f"{twice} of 40 rows have the same cells as another row, {contrary} of them with another target (row "
    )
    test = random.random(40) < 0.3
    straddling = sum(each in prints[~test] for each in prints[test])
    assert twins(prints, target, test).startswith(f"{straddling} of {test.sum()} rows that are tested on have the same")


def test_an_example_of_twins_is_one_and_is_named_by_its_line():
    prints, lines = np.array([7, 5, 6, 5, 7], dtype=np.uint64), np.array([2, 3, 5, 8, 9])
    test = np.array([False, True, False, False, True])
    target = np.zeros(5, dtype=int)
    assert "(row 1 and row 5, for example)" in twins(prints, target, None)
    assert "(line 2 and line 9, for example)" in twins(prints, target, None, lines)
    assert twins(prints, target, test, lines).startswith(
        "2 of 2 rows that are tested on have the same cells as one trained on (line 3 those of line 8, for example): "
    )


def test_the_latest_rows_are_what_is_tested_on():
    frame = pl.DataFrame({"x": [0.5 * (i % 37) for i in range(40)], "day": range(40), "y": ["a", "b"] * 20})
    (told,) = own_table(RawTable("t", frame), time="day").warnings
    assert told.startswith(
        "3 of 10 rows that are tested on have the same cells as one trained on (row 38 those of row 1"
    )


def test_rows_that_all_differ_are_no_twins():
    prints = np.arange(20, dtype=np.uint64)
    assert twins(prints, np.zeros(20, dtype=int), None) == ""
    assert twins(prints, np.zeros(20, dtype=int), prints > 9) == ""


@pytest.mark.parametrize("rows", [60, 5000])
@pytest.mark.parametrize("classes", [2, 5])
def test_a_column_that_holds_the_class_is_found_and_a_good_one_is_not(rows, classes):
    random = np.random.default_rng(0)
    target = np.arange(rows) % classes
    noisy = target + random.normal(0, 0.4, rows)
    copy = np.where(target == 0, np.nan, 3.0 * target)
    numeric = np.stack([noisy, copy, random.normal(size=rows)], axis=1)
    assert given_away(numeric, target, classes).startswith("Column b alone predicts the target perfectly")
    assert given_away(numeric[:, [0, 2]], target, classes) == ""


def test_words_that_hold_the_class_are_found():
    target = np.arange(60) % 3
    random = np.random.default_rng(0)
    codes = np.stack([(target + 3 * random.integers(0, 2, 60)) % 6 - 1, random.integers(0, 4, 60)], axis=1)
    sentence = given_away(np.empty((60, 0)), target, 3, codes.astype(np.int32))
    assert sentence.startswith(
        "Column z alone predicts the target perfectly on rows held out: does it hold the answer?"
    )


def test_words_that_all_differ_predict_nothing():
    codes = np.arange(60, dtype=np.int32)[:, None]
    assert given_away(np.empty((60, 0)), np.arange(60) % 2, 2, codes) == ""


def test_a_threshold_that_divides_the_classes_is_found():
    values = np.random.default_rng(0).normal(size=200)
    assert given_away(values[:, None], (values > 0.3).astype(int), 2).startswith("Column a alone")


@pytest.mark.parametrize("rows", [19, 40])
def test_what_chance_would_do_is_not_pointed_out(rows):
    target = np.zeros(rows, dtype=int)
    target[-3:] = 1
    assert given_away(target[:, None].astype(float), target, 2) == ""


@pytest.mark.parametrize("rows", [50, 4000])
def test_a_column_with_the_ranks_of_a_number_is_found(rows):
    random = np.random.default_rng(0)
    target = random.normal(size=rows)
    columns = np.stack([np.exp(target), -(target**3), target + random.normal(0, 0.05, rows)], axis=1)
    assert [abs(np.asarray(spearmanr(column, target))[0]) > 1 - 1e-9 for column in columns.T] == [True, True, False]
    assert given_away(columns, target, 0).startswith("Columns a, b alone predict the target perfectly")


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize(("missing", "found"), [(1, True), (6, True), (7, False)])
def test_a_few_gaps_hide_no_copy(classes, missing, found):
    """Of 60 rows a tenth may have none; what the others hold is a copy of the target, in numbers or in words."""
    random = np.random.default_rng(0)
    target = random.permutation(np.arange(60) % 3 if classes else np.repeat(random.normal(size=6), 10))
    gaps_ = random.permutation(60)[:missing]
    copy, codes = 3.0 * target, np.unique(target, return_inverse=True)[1].astype(np.int32)
    copy[gaps_], codes[gaps_] = np.nan, -1
    none = np.empty((60, 0))
    assert given_away(copy[:, None], target, classes).startswith("Column a alone") == found
    assert given_away(none, target, classes, codes[:, None]).startswith("Column z alone") == found


def test_words_that_hold_a_number_are_found_and_others_are_not():
    random = np.random.default_rng(0)
    levels = random.normal(size=6)
    codes = random.integers(0, 6, (80, 2)).astype(np.int32)
    assert given_away(np.empty((80, 0)), levels[codes[:, 0]], 0, codes).startswith("Column z alone predicts the target")
    assert given_away(np.empty((80, 0)), levels[codes[:, 0]] + random.normal(size=80), 0, codes) == ""


def test_noise_does_not_leak():
    random = np.random.default_rng(1)
    assert given_away(random.normal(size=(60, 8)), random.integers(0, 2, 60), 2) == ""


def test_rare_classes_and_imbalance_are_named():
    told = class_sizes(np.repeat([0, 1, 2, 3], [90, 7, 2, 1]), ("no", "yes", "Yes", "<b>"))
    assert told == [
        'The classes are imbalanced: "no" has 90 % of the rows, "<b>" 1 %. Every part has its share of each; mind the '
        "macro figures.",
        'Classes "Yes" (2), "<b>" (1) have fewer than 3 rows, too few for three parts: they stay in, and chance '
        "decides which part each of these rows is in.",
        'Classes "yes", "Yes" differ in their case only and are told apart.',
    ]
    assert class_sizes(np.repeat([0, 1], [60, 40]), ("a", "b")) == []


def test_gaps_are_told_by_their_share():
    numeric = np.array([[np.nan, 1.0], [1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
    codes = np.array([[-1], [-1], [0], [1]], dtype=np.int32)
    assert gaps(numeric, "ab", codes, "c").startswith("Cells are missing in c (50 %), a (25 %): ")
    assert gaps(numeric[:, 1:], "b", codes[2:], "c") == ""


def test_the_warnings_of_a_table_are_all_of_these():
    random = np.random.default_rng(0)
    y = np.repeat(["a", "b"], [108, 12])
    x = pl.DataFrame({"leak": np.where(y == "a", 1.5, 2.5), "gap": [None, *random.integers(0, 3, 119)], "y": y})
    table = own_table(RawTable("t", x))
    assert isinstance(table, Table)
    parts = ("Column leak alone", "rows have the same cells as another row", "imbalanced", "Cells are missing in gap")
    assert len(table.warnings) == len(parts)
    assert all(part in warning for part, warning in zip(parts, table.warnings, strict=True))
    grouped = own_table(RawTable("t", x.with_columns(g=pl.Series(np.arange(120) % 40))), target="y", group="g")
    assert not any("same cells" in warning for warning in grouped.warnings)
