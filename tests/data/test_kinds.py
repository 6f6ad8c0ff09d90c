"""What a column is told to be."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from vicinal.data._column import Column, numbers, words
from vicinal.data._kinds import LEVELS, Told, told

DAYS = [dt.date(2019, 12, 25) + dt.timedelta(days=7 * row) for row in range(30)]


def column(cells: Any, name: str = "c", **options: Any) -> Told:
    return told(pl.Series(name, cells), **options)


def kind(cells: Any, name: str = "c") -> str:
    found = column(cells, name)
    return found.column.kind if found.column else found.why


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([" 1", "2.5 ", "-3e2", None] * 5, "number"),
        ([1, 2, 5] * 5, "number"),
        ([0, 1] * 8, "number"),
        ([True, None, False] * 5, "boolean"),
        (["TRUE", "false", None] * 5, "boolean"),
        (["Y", "n"] * 5, "boolean"),
        (["yes", "maybe"] * 5, "category"),
        (["a", None] * 5, "category"),
        ([1, None] * 5, "constant"),
        (["a"] * 5, "constant"),
        ([2.0] * 5, "constant"),
        ([None, None], "empty"),
        ([" ", ""], "empty"),
        (list(range(20)), "a running number"),
        ([str(row) for row in range(20)][::-1], "a running number"),
        (list(range(5)), "number"),
        ([[1], [2]] * 5, "neither numbers nor words"),
        ([b"1", b"2"] * 5, "neither numbers nor words"),
        ([f"k{row}" for row in range(20)], "unique"),
        ([f"k{row % 40}" for row in range(60)], "nearly unique"),
        ([f"the word {row}" for row in range(20)], "free text"),
        ([f"k{row % 40}" for row in range(200)], "category"),
        ([dt.timedelta(hours=row) for row in (1, 2, 4)] * 3, "number"),
        ([dt.time(row) for row in (1, 2, 4)] * 3, "number"),
        ([np.inf, np.inf], "no finite number"),
    ],
)
def test_a_column_is_what_its_cells_say(cells, expected):
    assert kind(cells) == expected


@pytest.mark.parametrize("name", ["id", "PassengerId", "user_id", "ID", "serial no"])
def test_whole_numbers_that_all_differ_are_left_out_under_the_name_of_an_id(name):
    different = [3 * row + row % 2 for row in range(20)]
    assert kind(different, name) == "a number of its own for each row"
    assert kind(list(range(20)), name) == "a number of its own for each row"  # of all rows and of some alike
    assert kind(different, "price") == "number"
    assert kind(different, "grid") == "number"


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%b %d, %Y", "%d.%m.%y",
     "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ"],
)  # fmt: skip
def test_dates_of_any_form_are_days_since_the_first(form):
    found = column([day.strftime(form) for day in DAYS] + [None])
    assert found.column is not None
    assert found.column.kind == "date"
    cells = pl.Series([day.strftime(form) for day in DAYS] + ["soon"])
    np.testing.assert_array_equal(numbers(cells, found.column), [*range(0, 210, 7), np.nan])


@pytest.mark.parametrize("cells", [DAYS, [dt.datetime(day.year, day.month, day.day) for day in DAYS]])  # noqa: DTZ001
def test_typed_dates_are_the_same_days(cells):
    found = column(cells)
    assert found.column is not None
    np.testing.assert_array_equal(numbers(pl.Series(cells), found.column), range(0, 210, 7))


def test_a_time_of_day_is_part_of_a_day():
    found = column(["2020-01-01 00:00", "2020-01-01 18:00"])
    assert found.column is not None
    np.testing.assert_array_equal(numbers(pl.Series(["2020-01-02 06:00"]), found.column), [1.25])


def test_dates_that_can_be_read_in_two_ways_are_pointed_out():
    found = column(["01/02/2020", "03/04/2020"])
    assert found.note == 'The dates of c are read as "%d/%m/%Y"; "%m/%d/%Y" would fit too.'
    assert column(["01/02/2020", "13/04/2020"]).note == ""


def test_of_many_categories_the_commonest_are_told_apart_and_the_others_together():
    cells = [f"k{row % 40}" for row in range(400)] + ["k39", "other"]
    found = column(cells)
    assert found.column is not None
    assert len(found.column.words) == LEVELS
    assert "k39" in found.column.words
    assert found.note.startswith("c has 41 categories: the 30 commonest (75 % of its cells) are told apart")
    read = words(pl.Series([*cells, None, "new"]), found.column)
    assert set(read) == {*found.column.words, found.column.other, ""}
    assert read[-1] == found.column.other


def test_a_word_that_is_called_other_is_not_mixed_up_with_the_others():
    cells = [f"k{row % 40}" for row in range(400)] + ["other"] * 50
    found = column(cells)
    assert found.column is not None
    assert found.column.other == "(other)"
    assert "other" in found.column.words


def test_few_words_among_numbers_are_named_with_their_line():
    cells = [str(row / 2) for row in range(99)]
    cells[6] = "n.a.\x1b[31m"
    told_of = column(cells, "age", lines=np.arange(2, 101))
    assert told_of.warning == (
        '1 of 99 cells of age are no numbers (the first "n.a.\\x1b[31m" in line 8), so it is taken as a column of '
        "words: mend them if it is one of numbers."
    )


def test_numbers_too_large_for_a_net_are_missing_and_counted():
    found = column(["1e39", "inf", "-1", "2"] * 3)
    assert found.note == "6 cells of c are no finite numbers in float32: taken as missing."
    assert found.column is not None
    np.testing.assert_array_equal(numbers(pl.Series(["1e39", "3"]), found.column), [np.nan, 3])


def test_equal_words_are_one_object():
    read = words(pl.Series(["ab", "c", "ab", None]), Column("c", "category"))
    assert read[0] is read[2]
    assert read.tolist() == ["ab", "c", "ab", ""]


def test_another_kind_is_refused():
    with pytest.raises(
        ValueError, match=r"^the kind of a column must be one of number, boolean, date, category, got x\.$"
    ):
        Column("c", "x")  # pyright: ignore[reportArgumentType] - this is what must fail
