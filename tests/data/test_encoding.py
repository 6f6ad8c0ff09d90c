"""Columns of a later file as a net takes them: as the parts have them, and as scikit-learn would."""

import datetime as dt
import json
import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from vicinal._errors import InputError
from vicinal.data import SETS, Encoding, RawTable, own_table
from vicinal.data._column import Column, numbers
from vicinal.data._prepare import prepare

N = 90


def cells(*, holes: bool = True) -> pl.DataFrame:
    random = np.random.default_rng(0)
    age = [None if holes and row % 7 == 0 else f"{value:.2f}" for row, value in enumerate(random.normal(40, 9, N))]
    return pl.DataFrame(
        {
            "age": age,
            "size": [str(value) for value in random.integers(1, 5, N)],
            "port": [str(word) for word in random.choice(["C", "Q", "S"], N)],
            "adult": [str(word) for word in random.choice(["yes", "no"], N)],
            "seen": [f"2020-{1 + row % 12:02d}-11" for row in range(N)],
            "code": [f"k{row % 33}" for row in range(N)],
            "y": [str(word) for word in random.choice(["u", "v"], N)],
        }
    )


def raw(**changed: Any) -> RawTable:
    return RawTable("new.csv", cells().with_columns(**changed))


def encoding(**options: Any) -> tuple[Any, Encoding]:
    table = own_table(RawTable("t", cells(**options)))
    parts = table.parts(seed=1)
    return parts, table.encoding(parts.rows_train)


@pytest.mark.parametrize("holes", [True, False])
def test_the_file_itself_gives_the_parts_bit_for_bit_even_by_its_settings(holes):
    parts, fitted = encoding(holes=holes)
    for each in (fitted, Encoding.of(json.loads(json.dumps(fitted.settings())))):
        found = each.encoded(RawTable("t", cells(holes=holes)))
        assert found.notes == ()
        for part in ("train", "valid", "test"):
            x = getattr(parts, f"x_{part}")
            assert found.x.dtype == x.dtype == np.float32
            np.testing.assert_array_equal(found.x[getattr(parts, f"rows_{part}")], x)


def test_the_parts_are_those_of_prepare():
    table = own_table(RawTable("t", cells()))
    parts = table.parts(seed=1)
    x = prepare(table.numeric, table.categorical, parts.rows_train)
    np.testing.assert_array_equal(x[parts.rows_test], parts.x_test)
    np.testing.assert_array_equal(x, table.encoding(parts.rows_train).rows(raw()))


def test_it_is_what_scikit_learn_s_transformers_make_of_it():
    parts, fitted = encoding()
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = OneHotEncoder(categories=[["C", "Q", "S"]], sparse_output=False)  # pyright: ignore[reportArgumentType]
    theirs = ColumnTransformer([("numbers", numbers, [0, 1]), ("words", words, [2])])
    frame = np.stack(
        [*(cells()[name].cast(pl.Float64).to_numpy() for name in ("age", "size")), cells()["port"].to_numpy()], axis=1
    )
    theirs.fit(frame[parts.rows_train])
    names = [column.name for column in fitted.columns]
    ours = fitted.rows(raw())
    places = [names.index("age"), names.index("size")]
    first = len(names) - len(fitted.categories)
    np.testing.assert_allclose(ours[:, places], theirs.transform(frame)[:, :2].astype(np.float64), atol=1e-5)
    np.testing.assert_array_equal(ours[:, first : first + 3], theirs.transform(frame)[:, 2:].astype(np.float32))


def test_the_order_of_columns_and_further_ones_do_not_matter():
    _, fitted = encoding()
    turned = cells().select(cells().columns[::-1]).with_columns(more=pl.lit("x")).drop("y")
    np.testing.assert_array_equal(fitted.rows(RawTable("t", turned)), fitted.rows(raw()))


def test_typed_cells_are_read_as_text_is():
    _, fitted = encoding()
    typed = raw(
        age=pl.col("age").cast(pl.Float64),
        size=pl.col("size").cast(pl.Int16),
        port=pl.col("port").cast(pl.Categorical),
        seen=pl.col("seen").str.to_date(),
    )
    np.testing.assert_array_equal(fitted.rows(typed), fitted.rows(raw()))


def test_columns_that_are_missing_are_named():
    _, fitted = encoding()
    sentence = "new.csv: the table must be one with the columns that the net was trained on, got none called age, port."
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        fitted.rows(RawTable("new.csv", cells().drop("age", "port")))


def test_what_was_not_there_in_training_is_none_of_it_and_counted():
    _, fitted = encoding()
    odd = fitted.encoded(
        raw(port=pl.Series(["X", None, *cells()["port"][2:]]), age=pl.Series(["old", None, *cells()["age"][2:]]),
            adult=pl.Series(["maybe", *cells()["adult"][1:]]), seen=pl.Series(["soon", *cells()["seen"][1:]]))
    )  # fmt: skip
    assert odd.notes == (
        '1 of 90 cells of age (the first: "old") are no numbers: taken as missing.',
        '1 of 90 cells of adult (the first: "maybe") are neither of no, yes: taken as missing.',
        '1 of 90 cells of seen (the first: "soon") are no such dates: taken as missing.',
        '1 of 90 cells of port (the first: "X") are categories that were not there in training: taken as none of them.',
    )
    first = len(fitted.columns) - len(fitted.categories)
    assert not odd.x[:2, first : first + 3].any()
    assert odd.x[2:, first : first + 3].sum(1).tolist() == [1.0] * (N - 2)


def test_a_missing_number_is_the_median_even_where_none_was_missing_in_training():
    parts, fitted = encoding(holes=False)
    ages = cells(holes=False)["age"].cast(pl.Float64).to_numpy()
    gap = fitted.rows(RawTable("t", cells().with_columns(age=pl.lit(None, dtype=pl.String))))
    there = fitted.rows(RawTable("t", cells().with_columns(age=pl.lit(str(np.median(ages[parts.rows_train]))))))
    np.testing.assert_array_equal(gap, there)


def test_of_many_words_those_that_are_new_are_among_the_others():
    _, fitted = encoding()
    rows = fitted.encoded(raw(code=pl.lit("never seen")))
    assert rows.notes == ()
    width = len(fitted.categories[-1])
    assert width == 31
    assert (rows.x[:, -width:].sum(1) == 1).all()


@pytest.mark.parametrize("name", ["sklearn-wine", "sklearn-iris"])
def test_a_table_from_elsewhere_has_an_encoding_too(name):
    table = SETS[name].load()
    parts = table.parts(seed=0)
    x = table.encoding(parts.rows_train).rows(RawTable(name, pl.DataFrame(table.numeric, schema=table.numeric_names)))
    np.testing.assert_array_equal(x[parts.rows_train], parts.x_train)


def test_an_encoding_of_another_format_is_refused():
    with pytest.raises(InputError, match=r"^the encoding of a table must be of format 1, got 2\.$"):
        Encoding.of({"format": 2})


@pytest.mark.parametrize("cells", [[dt.timedelta(days=1), None], [dt.time(3), None]])
def test_times_and_durations_are_no_dates(cells):
    assert np.isnan(numbers(pl.Series("when", cells), Column("when", "date", form="%Y-%m-%d"))).all()
