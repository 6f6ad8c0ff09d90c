import dataclasses
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal._errors import InputError
from vicinal.data import Parts, Table


def small(**changed: object) -> Table:
    fields = {
        "name": "small",
        "numeric": np.array([[1.0, np.nan], [0.0, 3.0], [-2.5, 4.0]]),
        "numeric_names": ("a", "b"),
        "categorical": np.array([["x"], [""], ["y"]], dtype=object),
        "categorical_names": ("c",),
        "target": np.array([0, 1, 1]),
        "classes": ("no", "yes"),
    }
    return Table(**{**fields, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {"numeric": np.array([[1.0, np.nan], [0.0, 3.0], [-2.5, 4.0 + 1e-15]])},
        {"numeric": np.array([[1.0, 0.0], [0.0, 3.0], [-2.5, 4.0]])},
        {"numeric": np.array([[np.nan, 1.0], [0.0, 3.0], [-2.5, 4.0]])},
        {"numeric_names": ("a", "B")},
        {"numeric_names": ("b", "a")},
        {"categorical": np.array([["x"], ["y"], [""]], dtype=object)},
        {"categorical_names": ("d",)},
        {"target": np.array([1, 0, 1])},
        {"classes": ("no", "maybe")},
        {"classes": ("no", "yes", "maybe")},
    ],
)
def test_whatever_changes_in_the_content_changes_the_fingerprint(changed):
    assert small(**changed).fingerprint != small().fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "another"},
        {"numeric": np.asfortranarray(small().numeric)},
        {"numeric": np.array([[1.0, -np.nan], [-0.0, 3.0], [-2.5, 4.0]])},
        {"numeric": small().numeric[::-1].copy()[::-1]},
        {"target": np.array([0, 1, 1], dtype=np.int32)},
    ],
)
def test_the_fingerprint_is_that_of_the_content_alone(changed):
    assert small(**changed).fingerprint == small().fingerprint


def test_the_fingerprint_knows_where_one_name_ends():
    one = small(numeric_names=("ab", "c"))
    other = small(numeric_names=("a", "bc"))
    moved = small(numeric=np.zeros((3, 0)), numeric_names=(), classes=("a", "b"))
    assert len({one.fingerprint, other.fingerprint, moved.fingerprint}) == 3


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4), st.integers(0, 3), st.text())
def test_one_changed_category_changes_the_fingerprint(cells, row, word):
    def table(rows: list[tuple[str, str]]) -> Table:
        categorical = np.array(rows, dtype=object).reshape(-1, 2)
        return Table("t", np.empty((len(rows), 0)), (), categorical, ("p", "q"), np.zeros(len(rows), int), ("one",))

    changed = list(cells)
    changed[row % len(cells)] = (word, changed[row % len(cells)][1])
    assert (table(changed).fingerprint == table(cells).fingerprint) == (changed == cells)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"numeric_names": ("a",)}, "numeric must be of shape (3, 1), got (3, 2)."),
        ({"categorical_names": ()}, "categorical must be of shape (3, 0), got (3, 1)."),
        ({"target": np.array([[0], [1], [1]])}, "target must be of shape (3,), got (3, 1)."),
        ({"target": np.array([0, 1, 2])}, "target must be in [0, 2), got [0, 1, 2]."),
        ({"target": np.array([0, -1, 1])}, "target must be in [0, 2), got [-1, 0, 1]."),
    ],
)
def test_columns_that_do_not_fit_together_are_refused(changed, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        small(**changed)


def test_its_length_is_the_number_of_rows():
    assert len(small()) == 3


def test_a_table_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        small().name = "other"  # pyright: ignore[reportAttributeAccessIssue] - this is what must fail


def test_parts_hold_each_row_once_with_its_class():
    rows = np.arange(40)
    table = Table(
        "t", rows[:, None].astype(np.float64), ("row",), np.empty((40, 0), dtype=object), (), rows % 2, ("even", "odd")
    )
    parts = table.parts(seed=3, raw=True)
    x = np.concatenate([parts.x_train, parts.x_valid, parts.x_test])[:, 0]
    y = np.concatenate([parts.y_train, parts.y_valid, parts.y_test])
    assert sorted(x) == rows.tolist()
    np.testing.assert_array_equal(x % 2, y)


def test_a_table_too_short_to_be_divided_is_named():
    with pytest.raises(InputError, match=r"^small: a table must be long enough to be divided, got 1 rows"):
        small(numeric=np.zeros((1, 2)), categorical=np.full((1, 1), "", dtype=object), target=np.array([0])).parts(
            seed=0
        )


def test_rows_that_are_not_trained_on_leave_no_trace_in_those_that_are():
    random = np.random.default_rng(5)
    numeric = random.normal(size=(60, 3))
    numeric[random.random(numeric.shape) < 0.2] = np.nan
    target = np.arange(60) % 3

    def parts(values: np.ndarray) -> Parts:
        empty = np.empty((60, 0), dtype=object)
        return Table("t", values, ("a", "b", "c"), empty, (), target, ("0", "1", "2")).parts(seed=1)

    before = parts(numeric)
    marked = Table("t", np.arange(60.0)[:, None], ("n",), np.empty((60, 0), dtype=object), (), target, ("0", "1", "2"))
    trained_on = marked.parts(seed=1, raw=True).x_train[:, 0].astype(int)
    others = np.setdiff1d(np.arange(60), trained_on)
    disturbed = numeric.copy()
    disturbed[others] = 1e6 * random.normal(size=(len(others), 3))
    after = parts(disturbed)
    np.testing.assert_array_equal(before.x_train, after.x_train)
    assert not np.array_equal(before.x_test, after.x_test)
