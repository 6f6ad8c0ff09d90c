import numpy as np
import polars as pl
import pytest

from vicinal.data._cleaned import cleaned


def one(cells: list[str | None], *, thousands: bool = False):
    columns, _, notes = cleaned(
        pl.DataFrame({"a": cells, "row": [str(n) for n in range(len(cells))]}), thousands=thousands
    )
    return columns["a"].to_list() if "a" in columns.columns else None, notes


@pytest.mark.parametrize(
    ("cells", "plain"),
    [
        (["1", "?", "NA", "n/a", "nan", "NULL", "-", "", None, "2"], ["1", *[None] * 8, "2"]),
        (["x", "?", "NA", "-"], ["x", None, None, None]),
        (["1", "None", ".", "--", "na"], ["1", None, None, None, None]),
        (["Na", "None", ".", "Cl"], ["Na", "None", ".", "Cl"]),
        (["+", "-", "+"], ["+", "-", "+"]),
        (["-1", "1"], ["-1", "1"]),
        (["?x", "NAN?"], ["?x", "NAN?"]),
    ],
)
def test_marks_of_missing_values_become_nulls(cells, plain):
    assert one(cells)[0] == plain


def test_each_mark_is_told_with_its_count():
    _, notes = one(["1", "?", "?", "NA", "", "", None])
    assert set(notes) == {
        "'?' 2 times taken as missing.",
        "'NA' once taken as missing.",
        "3 empty cells taken as missing.",
    }


@pytest.mark.parametrize(
    ("cells", "plain"),
    [
        (["1,5", "2", "-0,25", None], ["1.5", "2", "-0.25", None]),
        (["1.234,5", "2,5"], ["1234.5", "2.5"]),
        (["1,5e3", "2"], ["1.5e3", "2"]),
        (["1,234,567", "2"], ["1234567", "2"]),
        (["1,234.5", "2.5"], ["1234.5", "2.5"]),
        (["1,2 x", "2,5"], ["1,2 x", "2,5"]),
        (["1.5", "2,5"], ["1.5", "2,5"]),
        (["1,234", "2,345"], ["1.234", "2.345"]),
        (["1,234", "12.5"], ["1234", "12.5"]),
        (["1.234", "5,678"], ["1234", "5.678"]),
    ],
)
def test_commas_in_numbers_are_decimal_points_or_part_thousands(cells, plain):
    assert one(cells)[0] == plain


def test_where_other_columns_have_points_or_commas_part_cells_a_comma_parts_thousands():
    columns, _, notes = cleaned(pl.DataFrame({"a": ["1,234", "2,345"], "b": ["1.5", "2"]}))
    assert columns["a"].to_list() == ["1234", "2345"]
    assert notes == ("The commas in column a separate thousands and are left out.",)
    assert one(["1,234", "2,345"], thousands=True)[0] == ["1234", "2345"]
    assert one(["1,23", "2,34"], thousands=True)[0] == ["1.23", "2.34"]


def test_blanks_around_cells_are_left_out_and_said():
    plain, notes = one([" x", "y \t", "z"])
    assert plain == ["x", "y", "z"]
    assert notes == ("Blanks around cells are left out in column a.",)


def test_a_star_is_a_name_as_any_other():
    columns, *_ = cleaned(pl.DataFrame({"*": [" x", "y"], "b": [" 1", "2"], "n": [1, 2]}))
    assert columns.rows() == [("x", "1", 1), ("y", "2", 2)]


def test_empty_columns_and_rows_are_left_out_and_said():
    table = pl.DataFrame({"a": ["1", " ", "2"], "B c": ["", "?", None], "d": ["x", None, ""]})
    columns, kept, notes = cleaned(table)
    assert columns.to_dict(as_series=False) == {"a": ["1", "2"], "d": ["x", None]}
    np.testing.assert_array_equal(kept, [True, False, True])
    assert "Nothing stands in column B c; left out." in notes
    assert "1 empty row left out." in notes


def test_columns_of_other_kinds_stay_as_they_are():
    table = pl.DataFrame({"n": [1, 2], "f": [1.5, float("nan")], "b": [True, None], "s": ["x", " ?"]})
    columns, _, notes = cleaned(table)
    assert columns.dtypes == table.dtypes
    assert columns.rows() == [(1, 1.5, True, "x"), (2, None, None, None)]
    assert "'NaN' once taken as missing." in notes


def test_a_table_of_other_kinds_alone_and_one_without_rows_pass():
    assert cleaned(pl.DataFrame({"n": [1, 2]}))[0].rows() == [(1,), (2,)]
    assert cleaned(pl.DataFrame(schema={"s": pl.String}))[0].height == 0
