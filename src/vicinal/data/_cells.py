"""The cells of a delimited text file, each with its place, so that a wrong one can be named."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from vicinal._errors import InputError
from vicinal.data._official import REMEDY, canonical, content_of

_LARGEST = float(np.finfo(np.float32).max)  # nets count in float32


@dataclass(frozen=True, eq=False)
class Cells:
    """Rows of cells, all with the same number of columns, without the blanks around them.

    Args:
        file: the file's name.
        first_line: number of the line that the first row stands in, from 1.
        rows: the cells.
    """

    file: str
    first_line: int
    rows: list[list[str]]

    def numbers(self, columns: slice, *, missing: str | None = None) -> NDArray[np.float64]:
        """Return some columns as numbers, shape (N, P); NaN where the cell is the mark for a missing value.

        Raises:
            InputError: a cell is neither; its line and column are named.
        """
        cells = [row[columns] for row in self.rows]
        flat = pl.Series([cell for row in cells for cell in row], dtype=pl.String)
        values = flat.cast(pl.Float64, strict=False).to_numpy()
        missed = (flat == missing).to_numpy() if missing is not None else np.zeros(len(values), dtype=bool)
        wrong = ~missed & ~(np.abs(values) <= _LARGEST)
        if wrong.any():
            row, column = divmod(int(wrong.argmax()), len(cells[0]))
            self._complain(row, (columns.start or 0) + column, "a number")
        return np.where(missed, np.nan, values).reshape(len(cells), -1)

    def words(self, column: int, among: Sequence[str]) -> list[str]:
        """Return a column whose cells are all among the words expected.

        Raises:
            InputError: a cell is not; its line and column are named.
        """
        for row, cells in enumerate(self.rows):
            if cells[column] not in among:
                self._complain(row, column % len(cells), f"one of {_enumerated(among)}")
        return [cells[column] for cells in self.rows]

    def labels(self, column: int, among: Sequence[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
        """Return a column as classes: the position of each row's word among those that occur, and these words.

        Raises:
            InputError: a cell is none of the words expected; its line and column are named.
        """
        words = self.words(column, among)
        classes = tuple(word for word in among if word in set(words))
        code = {word: position for position, word in enumerate(classes)}
        return np.array([code[word] for word in words], dtype=np.int64), classes

    def _complain(self, row: int, column: int, expected: str) -> None:
        where = f"{self.file}, line {self.first_line + row}, column {column + 1}"
        found = self.rows[row][column]
        shown = f'"{found}"' if len(found) <= 40 else f'"{found[:40]}…"'
        raise InputError(f"{where}: expected {expected}, found {shown}. {REMEDY}")


def read_cells(path: Path, columns: int, separator: str | None = ",") -> Cells:
    """Read a file without a header.

    Args:
        path: the file.
        columns: number of columns that each row must have.
        separator: what stands between two cells; blanks if not given.

    Raises:
        InputError: the file cannot be read, is empty, or has a row of another length; its line is named.
    """
    return _cut(path.name, 1, _lines(path), columns, separator)


def read_arff(path: Path, columns: int) -> tuple[tuple[str, ...], Cells]:
    """Read a file in Weka's attribute-relation format; return the attributes' names and the cells.

    Raises:
        InputError: as for :func:`read_cells`, or the header is wrong.
    """
    lines = _lines(path)
    header = list(itertools.takewhile(lambda line: line.strip().lower() != "@data", lines))
    if len(header) == len(lines):
        raise InputError(f"{path.name}: expected a line @data, found none. {REMEDY}")
    attributes = [line.split() for line in header if line.lower().startswith("@attribute")]
    names = tuple(attribute[1] for attribute in attributes if len(attribute) > 2)
    if len(names) != columns:
        raise InputError(f"{path.name}: expected {columns} lines @attribute, found {len(names)}. {REMEDY}")
    first = len(header) + 1  # the line after @data, counted from 0
    return names, _cut(path.name, first + 1, lines[first:], columns, ",")


def _lines(path: Path) -> list[str]:
    try:
        lines = canonical(content_of(path)).decode().split("\n")[:-1]
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: expected text, found something else. {REMEDY}") from None
    if not lines:
        raise InputError(f"{path.name}: expected rows, found an empty file. {REMEDY}")
    return lines


def _cut(file: str, first_line: int, lines: list[str], columns: int, separator: str | None) -> Cells:
    rows = [[cell.strip() for cell in line.split(separator)] if line.strip() else [] for line in lines]
    for number, row in enumerate(rows, start=first_line):
        if len(row) != columns:
            raise InputError(f"{file}, line {number}: expected {columns} columns, found {len(row)}. {REMEDY}")
    if not rows:
        raise InputError(f"{file}: expected rows, found a header only. {REMEDY}")
    return Cells(file, first_line, rows)


def _enumerated(words: Sequence[str]) -> str:
    return ", ".join(words) if len(words) <= 6 else f"{words[0]}, {words[1]}, …, {words[-1]}"
