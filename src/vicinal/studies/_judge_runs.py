"""Runs read from a table, as any tracker exports them, and judged."""

import dataclasses
import math
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from vicinal._errors import InputError, must_be, unknown
from vicinal.data import RawTable, read_table
from vicinal.evidence import JudgedRuns, judge_runs


def judge_table(
    path: Path,
    *,
    method: str,
    seed: str,
    score: str,
    baseline: str | None = None,
    lower_is_better: bool = False,
    margin: float | None = None,
    encoding: str | None = None,
    header: bool | None = None,
) -> JudgedRuns:
    """Read a table with a run a row, and judge its methods against the baseline; see :func:`judge_runs`.

    Args:
        path: the table.
        method: the column that says the method.
        seed: the column that says what makes runs comparable; where it is called a split or a fold, the notes say what
            that does to the intervals.
        score: the column of scores; an empty cell is a run without one.
        baseline: the method that the others are compared with; the one that is called so if not given.
        lower_is_better: whether a gain is a lower score.
        margin: the largest gain or loss that does not matter, above 0; None where every one does.
        encoding: how the table's text is encoded; found out if not given.
        header: whether its first row holds the columns' names; found out if not given.

    Raises:
        InputError: the file or a column is not there, a cell is no number where one is needed, or the runs cannot be
            compared.
    """
    table = read_table(path, encoding=encoding, header=header)
    for name in (method, seed, score):
        if name not in table.columns.columns:
            raise InputError(unknown("column", name, table.columns.columns))
    found = judge_runs(
        _words(table, method),
        _words(table, seed),
        _numbers(table, score),
        baseline=baseline,
        lower_is_better=lower_is_better,
        margin=margin,
        score=score,
    )
    return dataclasses.replace(found, notes=(*table.notes, *found.notes, *_of_splits(seed)))


def _of_splits(column: str) -> Iterator[str]:
    """Yield what is doubtful about runs that differ by what they were trained on, if the column's name says so."""
    if re.search(r"split|fold", column, re.IGNORECASE):
        yield (
            f'By its name "{column}" says the split: splits of the same rows overlap, which is not corrected here, so '
            f"the intervals are too narrow."
        )


def _cells(table: RawTable, column: str) -> Iterator[tuple[str, str | None]]:
    """Yield every cell of a column as text, None where it is missing, after where it stands."""
    cells = table.columns[column].cast(pl.String).to_list()
    where = "row" if table.lines is None else "line"
    places = range(1, len(cells) + 1) if table.lines is None else table.lines.tolist()
    for place, cell in zip(places, cells, strict=True):
        yield f"{table.name}, {where} {place}: {column}", cell


def _words(table: RawTable, column: str) -> list[str]:
    words = []
    for where, cell in _cells(table, column):
        if cell is None:
            raise InputError(must_be(where, "filled in", "an empty cell"))
        words.append(cell)
    return words


def _numbers(table: RawTable, column: str) -> list[float]:
    numbers = []
    for where, cell in _cells(table, column):
        try:
            numbers.append(math.nan if cell is None else float(cell))
        except ValueError:
            raise InputError(must_be(where, "a number", f'"{cell}"')) from None
    return numbers
