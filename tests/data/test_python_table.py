"""Frames and arrays of Python as cells that keep their types."""

import datetime as dt
import re
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from vicinal._errors import InputError
from vicinal.data import own_table, raw_of

ROWS = 12


def frame() -> dict[str, Any]:
    random = np.random.default_rng(0)
    return {
        "a": random.normal(size=ROWS),
        "b": random.integers(0, 5, ROWS),
        "c": ["x", None, "z"] * 4,
        "d": [True, False] * 6,
        "e": [dt.datetime(2020, 1, day) for day in range(1, ROWS + 1)],  # noqa: DTZ001
        "y": ["u", "v", "u"] * 4,
    }


def types(columns: pl.DataFrame) -> list[str]:
    return [str(kind).partition("(")[0] for kind in columns.dtypes]


def test_a_polars_frame_is_taken_as_it_is():
    raw, target = raw_of(pl.DataFrame(frame()), name="mine")
    assert (raw.name, target, raw.lines, raw.notes) == ("mine", None, None, ())
    assert raw.columns.equals(pl.DataFrame(frame()))
    assert raw_of(pl.LazyFrame(frame()))[0].columns.equals(raw.columns)


def test_a_pandas_frame_is_the_polars_frame_of_the_same_cells():
    raw, _ = raw_of(pd.DataFrame(frame()))
    assert types(raw.columns) == ["Float64", "Int64", "String", "Boolean", "Datetime", "String"]
    assert raw.columns.rows() == pl.DataFrame(frame()).rows()


@pytest.mark.parametrize(
    ("column", "kind", "cells"),
    [
        (pd.Series([1.5, np.nan]), "Float64", [1.5, None]),
        (pd.Series([1, None], dtype="Int64"), "Float64", [1.0, None]),
        (pd.Series([True, None], dtype="boolean"), "Boolean", [True, None]),
        (pd.Series(["a", None], dtype="string"), "String", ["a", None]),
        (pd.Series(["a", None], dtype="category"), "Categorical", ["a", None]),
        (pd.Series([3, 4], dtype="category"), "Categorical", ["3", "4"]),
        (pd.Series(["a", 1.5, None], dtype=object), "String", ["a", "1.5", None]),
        (pd.Series(pd.to_datetime(["2020-01-02", None])), "Datetime", [dt.datetime(2020, 1, 2), None]),  # noqa: DTZ001
        (pd.Series(pd.to_datetime(["2020-01-02"]).tz_localize("UTC")), "Datetime", [dt.datetime(2020, 1, 2)]),  # noqa: DTZ001
        (pd.Series([dt.date(2020, 1, 2), None]), "Date", [dt.date(2020, 1, 2), None]),
        (pd.Series([1.0, 2.0], dtype=np.float32), "Float32", [1.0, 2.0]),
    ],
)
def test_every_type_of_pandas_keeps_its_meaning(column, kind, cells):
    raw, _ = raw_of(pd.DataFrame({"c": column}))
    assert types(raw.columns) == [kind]
    assert raw.columns["c"].to_list() == cells


def test_the_names_of_a_pandas_frame_become_words():
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("u", 1), ("v", 2)]))
    assert raw_of(frame)[0].columns.columns == ["u 1", "v 2"]
    assert raw_of(pd.DataFrame([[1, 2]]))[0].columns.columns == ["0", "1"]


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int8, np.uint8, bool, np.float16, np.longdouble])
def test_an_array_has_numbered_columns_and_a_target(kind):
    x, y = np.arange(ROWS * 2).reshape(ROWS, 2).astype(kind), np.arange(ROWS) % 2
    raw, target = raw_of(x, y)
    assert raw.columns.columns == ["column_1", "column_2", "target"]
    assert target == "target"
    np.testing.assert_array_equal(raw.columns.select(pl.all().cast(pl.Float64)).to_numpy(), np.c_[x, y].astype(float))


@pytest.mark.parametrize(
    "x",
    [
        pytest.param([[1, "a"], [2.5, "b"], [None, "a"]], id="lists"),
        pytest.param(np.array([[1, "a"], [2.5, "b"], [np.nan, "a"]], dtype=object), id="objects"),
        pytest.param(((1, "a"), (2.5, "b"), (float("nan"), "a")), id="tuples"),
    ],
)
def test_mixed_rows_keep_numbers_and_words(x):
    raw, _ = raw_of(x)
    assert types(raw.columns) == ["Float64", "String"]
    assert raw.columns.rows() == [(1.0, "a"), (2.5, "b"), (None, "a")]


@pytest.mark.parametrize(
    "y",
    [
        pytest.param(["u", "v", "u"] * 4, id="list"),
        pytest.param(np.array(["u", "v", "u"] * 4), id="array"),
        pytest.param(np.array(["u", "v", "u"] * 4)[:, None], id="column of an array"),
        pytest.param(pl.Series("y", ["u", "v", "u"] * 4), id="polars"),
        pytest.param(pd.Series(["u", "v", "u"] * 4, name="y"), id="pandas"),
        pytest.param(pd.DataFrame({"y": ["u", "v", "u"] * 4}), id="frame"),
        pytest.param(pl.DataFrame({"y": ["u", "v", "u"] * 4}), id="polars frame"),
    ],
)
def test_a_target_of_any_kind_is_the_last_column(y):
    raw, target = raw_of(np.random.default_rng(0).normal(size=(ROWS, 2)), y)
    assert target == raw.columns.columns[-1]
    assert target == ("target" if isinstance(y, list | np.ndarray) else "y")
    assert own_table(raw, target=target).classes == ("u", "v")


def test_a_target_never_takes_the_name_of_a_column():
    x = pl.DataFrame({"target": [1], "y": [2], "target_2": [3]})
    assert raw_of(x, pl.Series("y", [4]))[1] == "target_3"
    assert raw_of(x, [4])[1] == "target_3"


def test_numbers_to_predict_stay_numbers():
    raw, target = raw_of(np.eye(ROWS), np.linspace(0, 1, ROWS))
    table = own_table(raw, target=target)
    assert table.is_regression


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (np.zeros((0, 3)), None, "x must be a frame or an array of shape (N, P) with rows and columns, got none."),
        (pl.DataFrame(), None, "x must be a frame or an array of shape (N, P) with rows and columns, got none."),
        (np.zeros(4), None, "x must be a frame or an array of shape (N, P), got shape (4,)."),
        (np.zeros((4, 2, 2)), None, "x must be a frame or an array of shape (N, P), got shape (4, 2, 2)."),
        ([[1, 2], [3]], None, "x must be an array of shape (N, P), got rows of several lengths."),
        (np.zeros((4, 2)), [1, 2], "y must be as long as x, 4 rows, got 2."),
        (np.zeros((4, 2)), np.zeros((4, 2)), "y must be of shape (N,), got shape (4, 2)."),
        (np.zeros((4, 2)), pl.DataFrame({"a": [1], "b": [2]}), "y must be one column, got 2."),
        (np.zeros((4, 2), dtype=complex), None, "column column_1 must be numbers or words, got complex128."),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), None, "the columns of a frame must be called differently, got two "
         "called 'a'."),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(x, y, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        raw_of(x, y)


def test_a_sparse_array_is_refused_with_what_to_do():
    from scipy.sparse import csr_array

    with pytest.raises(
        InputError, match=r"^x must be a dense array, got a sparse one \(csr_array\)\. Call its toarray"
    ):
        raw_of(csr_array(np.eye(3)))
