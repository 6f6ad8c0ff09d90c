"""Cells made plain: no blanks around them, nothing where a value is missing, decimal points, no empty columns."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from vicinal.data._marks import ALWAYS, AMONG_NUMBERS

_DECIMAL = r"^[+-]?(\d+|\d{1,3}(\.\d{3})+)?(,\d*)?([eE][+-]?\d+)?$"
_THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$"
_POINT = r"^[+-]?\d*\.\d+([eE][+-]?\d+)?$"
_GROUPED = r"^[+-]?\d[\d,]*(\.\d*)?$"
_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_SHOWN = 5


def cleaned(
    columns: pl.DataFrame,
    *,
    marks: Sequence[str] = ALWAYS,
    among_numbers: Sequence[str] = AMONG_NUMBERS,
    thousands: bool = False,
    words: Collection[str] = (),
) -> tuple[pl.DataFrame, NDArray[np.bool_], tuple[str, ...]]:
    """Return columns of plain cells, which rows were kept, and what was done, one sentence each.

    Columns that are no strings stay as they are, but for NaN, which is missing. A comma in a number is read as a
    decimal point, unless it separates thousands: wherever it is followed by three digits, and some number in the column
    has two of them or a point that can separate no thousands, or other columns have decimal points. Wholly empty
    columns and rows are left out.

    Args:
        columns: N rows of any columns.
        marks: what is missing wherever it stands.
        among_numbers: what is missing where all else in the column is a number.
        thousands: whether a comma before three digits separates thousands where nothing tells.
        words: names of columns in which nothing is a number, whatever it looks like.

    Returns:
        The columns, of M rows; bool of shape (N,), true for these M; the sentences.
    """
    missing: Counter[str] = Counter()
    stripped = _where(columns, _stripped().str.len_bytes() != _strings().str.len_bytes())
    # by the columns themselves, each of which is a copy: polars takes a name such as * for a pattern of names
    columns = columns.with_columns(columns.get_column(name).str.strip_chars() for name in stripped)
    marked = _where(columns, _strings().is_null() | _strings().is_in([*marks, *among_numbers]))
    made = []
    for column in columns.get_columns():
        plain = column
        if column.name in marked:
            plain, counts = _without_marks(column, marks, among_numbers)
            if plain.null_count() < len(plain):  # an empty column is told by its name
                missing.update(counts)
        elif column.dtype.is_float():
            missing["NaN"] += int(column.is_nan().sum())
            plain = column.fill_nan(None)
        made.append(plain)
    columns = pl.DataFrame(made)
    made, commas = _without_commas(columns, parted=thousands, words=words)
    notes = [f"Blanks around cells are left out in {_named([*stripped])}."] * bool(stripped)
    notes += [_counted(mark, count) for mark, count in missing.most_common() if count]
    notes += commas
    full = pl.DataFrame([column for column in made if column.null_count() < len(column)])
    empty = [column.name for column in made if column.null_count() == len(column)]
    notes += [f"Nothing stands in {_named(empty)}; left out."] * bool(empty)
    kept = np.ones(len(columns), dtype=bool)
    # A row of a column that has no nulls is not empty, so most tables need not be looked through.
    if full.width and all(column.null_count() for column in full.get_columns()):
        kept = ~np.logical_and.reduce([column.is_null().to_numpy() for column in full.get_columns()])
        lost = len(kept) - int(kept.sum())
        if lost:
            full = full.filter(pl.Series(kept))
            notes.append(f"{lost} empty row{'s' if lost > 1 else ''} left out.")
    return full, kept, tuple(notes)


def _strings() -> pl.Expr:
    return pl.col(pl.String)


def _stripped() -> pl.Expr:
    return _strings().str.strip_chars()


def _where(columns: pl.DataFrame, holds: pl.Expr) -> dict[str, None]:
    """Return the columns in some row of which something holds; all are looked at in one go, since they may be many."""
    if not len(columns) or pl.String not in columns.dtypes:
        return {}
    found = columns.select(holds.any())
    return {name: None for name, holds_there in zip(found.columns, found.row(0), strict=True) if holds_there}


def _without_marks(
    column: pl.Series, marks: Sequence[str], among_numbers: Sequence[str]
) -> tuple[pl.Series, dict[str, int]]:
    """Return a column with nulls for the marks, and how often each mark was there; "" counts nulls too."""
    found = _found(column, marks)
    if "-" in found and (column == "+").any():
        del found["-"]
    nulls = {"": column.null_count()} if column.null_count() else {}
    doubtful = _found(column, among_numbers)
    if doubtful:
        rest = column.filter(~column.is_in([*found, *doubtful]))
        if len(rest) and rest.str.contains(r"^[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?$").all():
            found |= doubtful
    if not found:
        return column, nulls
    blank = column.is_in(list(found)).fill_null(value=True)
    plain = pl.select(pl.when(~blank).then(column)).to_series()
    return plain.alias(column.name), {**found, "": found.get("", 0) + nulls.get("", 0)}


def _found(column: pl.Series, marks: Sequence[str]) -> dict[str, int]:
    """Return the marks that stand in a column, and how often."""
    here = column.filter(column.is_in(list(marks)).fill_null(value=False))
    return dict(Counter(here.to_list())) if len(here) else {}


def _without_commas(table: pl.DataFrame, *, parted: bool, words: Collection[str]) -> tuple[list[pl.Series], list[str]]:
    """Return columns in which no number has a comma, and what was done."""
    columns = table.get_columns()
    some = _where(table, _strings().str.contains(",", literal=True))
    with_commas = [
        place
        for place, column in enumerate(columns)
        if column.name in some
        and column.name not in words
        and (column.str.contains(_DECIMAL).all() or column.str.contains(_GROUPED).all())
    ]
    if not with_commas:
        return columns, []
    points = any(
        column.dtype == pl.String and column.str.contains(_POINT).any() and column.str.contains(_PLAIN).all()
        for place, column in enumerate(columns)
        if place not in with_commas
    )
    made, decimal, thousands = list(columns), [], []
    for place in with_commas:
        column = columns[place]
        with_comma = column.filter(column.str.contains(",", literal=True))
        grouped, pointed = with_comma.str.contains(_THOUSANDS).all(), column.str.contains(_DECIMAL).all()
        if grouped and (points or parted or not pointed):
            made[place] = column.str.replace_all(",", "", literal=True)
            thousands.append(column.name)
        elif pointed:
            made[place] = column.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
            decimal.append(column.name)
    notes = [f"The commas in {_named(decimal)} are read as decimal points."] * bool(decimal)
    notes += [f"The commas in {_named(thousands)} separate thousands and are left out."] * bool(thousands)
    return made, notes


def _counted(mark: str, count: int) -> str:
    if not mark:
        return f"{count} empty cell{'s' if count > 1 else ''} taken as missing."
    return f"'{mark}' {f'{count} times' if count > 1 else 'once'} taken as missing."


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(re.sub(r"\s+", " ", name) for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"column{'s' if len(names) > 1 else ''} {shown}{more}"
