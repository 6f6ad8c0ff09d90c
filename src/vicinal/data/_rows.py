"""The rows of a delimited text: first every row's number of cells is checked, then columns are made of them.

Where quotes stand as they should, NumPy counts and polars reads, some megabytes at a time; else Python's csv module
does both, a row at a time, and finds where a quote was opened and never closed. Either way a text of any length is
checked before memory is taken for its columns.
"""

import csv
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from vicinal._errors import InputError
from vicinal.data._dialect import Dialect
from vicinal.data._text_of import Text

_JOINED = 8  # blocks that a row may reach over
_BATCH = 20_000  # rows that Python reads before they become columns
_END = "\ue000end of the text\ue000"


class _Odd(Exception):  # noqa: N818 - a turning, not a mistake
    """Quotes stand where they need not be quotes."""


@dataclass(frozen=True, eq=False)
class _Marks:
    """Where rows start and end in a block, how many cells they have, and which are none but blank lines or comments."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    cells: NDArray[np.int64]
    lines: NDArray[np.int64]
    kept: NDArray[np.bool_]
    quoted: bool


def read_rows(
    text: Text, dialect: Dialect, *, width: int, skip: int = 0, block: int = 8 << 20
) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Return the columns of a delimited text, all of strings, and the number of the line that each row starts in.

    Args:
        text: the text.
        dialect: how its rows are written.
        width: cells that each row must have.
        skip: lines at its start that are no rows.
        block: bytes that are read at a time.

    Raises:
        InputError: a row has another number of cells, or a quote is not closed; its line is named.
    """
    file = text.file
    try:
        lines = [
            _fitting(file, marks, width) for _, marks in _marked(_blocks(text, dialect, skip, block), dialect, skip + 1)
        ]
    except _Odd:
        numbers = np.fromiter((line for line, _ in _slowly(text, dialect, width, skip)), dtype=np.int64)
        return _concatenated(_batches(text, dialect, width, skip), width), numbers
    frames = (
        _frame(data, marks, dialect, width)
        for data, marks in _marked(_blocks(text, dialect, skip, block), dialect, skip + 1)
    )
    return _concatenated(frames, width), np.concatenate([np.empty(0, dtype=np.int64), *lines])


def _blocks(text: Text, dialect: Dialect, skip: int, size: int) -> Iterator[bytes]:
    """Yield a text without its first lines, with one separator between two cells."""
    for data in text.blocks(size):
        rest = data
        while skip and rest:
            rest, skip = rest[rest.index(b"\n") + 1 :], skip - 1
        if rest:
            yield dialect.one_mark(rest)


def _marked(blocks: Iterable[bytes], dialect: Dialect, line: int) -> Iterator[tuple[bytes, _Marks]]:
    """Yield blocks that end where a row ends, with its marks.

    Args:
        blocks: whole lines.
        dialect: how rows are written.
        line: number of the first line.

    Raises:
        _Odd: a quote stands elsewhere than at an end of a cell, or is not closed.
    """
    quote = dialect.quote.encode()
    waiting: list[bytes] = []
    quotes = 0
    for block in blocks:
        waiting.append(block)
        quotes += block.count(quote) if quote else 0
        if quotes % 2:
            if len(waiting) == _JOINED:
                raise _Odd
            continue
        data = waiting[0] if len(waiting) == 1 else b"".join(waiting)
        yield data, _marks(data, dialect, line, quoted=quotes > 0)
        line += data.count(b"\n")
        waiting, quotes = [], 0
    if waiting:
        raise _Odd


def _marks(data: bytes, dialect: Dialect, line: int, *, quoted: bool) -> _Marks:
    letters = np.frombuffer(data, dtype=np.uint8)
    breaks = np.flatnonzero(letters == ord("\n"))
    separators = np.flatnonzero(letters == ord(dialect.separator)) if dialect.separator else np.empty(0, dtype=np.int64)
    ends = breaks
    if quoted:
        quotes = np.flatnonzero(letters == ord(dialect.quote))
        edges = np.array([ord("\n"), ord(dialect.separator), ord(dialect.quote)], dtype=np.uint8)
        opened, closed = quotes[::2], quotes[1::2]
        before = letters[np.maximum(opened - 1, 0)]
        if not (np.isin(before, edges) | (opened == 0)).all() or not np.isin(letters[closed + 1], edges).all():
            raise _Odd
        separators = separators[np.searchsorted(quotes, separators) % 2 == 0]
        ends = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
    starts = np.concatenate([[0], ends[:-1] + 1])
    cells = np.diff(np.searchsorted(separators, ends), prepend=0) + 1
    kept = ends > starts
    if dialect.comment:
        kept &= letters[starts] != ord(dialect.comment)
    for row in np.flatnonzero(kept & (cells == 1) & (letters[starts] <= ord(" "))):
        kept[row] = bool(data[starts[row] : ends[row]].strip())
    return _Marks(starts, ends, cells, line + np.searchsorted(breaks, starts), kept, quoted)


def _fitting(file: str, marks: _Marks, width: int) -> NDArray[np.int64]:
    """Return the numbers of the lines that rows start in, if all have the same number of cells."""
    wrong = np.flatnonzero(marks.kept & (marks.cells != width))
    if len(wrong):
        if marks.quoted:
            raise _Odd  # the row before it may have swallowed some lines
        raise _ragged(file, int(marks.lines[wrong[0]]), width, int(marks.cells[wrong[0]]))
    return marks.lines[marks.kept]


def _frame(data: bytes, marks: _Marks, dialect: Dialect, width: int) -> pl.DataFrame:
    if not marks.kept.all():
        chosen = np.repeat(marks.kept, marks.ends + 1 - marks.starts)
        data = np.frombuffer(data, dtype=np.uint8)[chosen].tobytes()
    if not data:
        return _empty(width)
    read = pl.read_csv(
        data,
        has_header=False,
        separator=dialect.separator,
        quote_char=dialect.quote or None,
        infer_schema=False,
        schema=_empty(width).schema,
    )
    return pl.concat([_empty(width), read], rechunk=True)  # what is read has room for more, which is not given back


def _slowly(text: Text, dialect: Dialect, width: int, skip: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows as Python reads them, each with the number of the line that it starts in.

    Raises:
        InputError: see :func:`read_rows`.
    """
    file, held = text.file, []

    def lines() -> Iterator[str]:
        for data in _blocks(text, dialect, skip, 8 << 20):
            for line in data.decode().split("\n")[:-1]:
                held.append(line + "\n" if not (dialect.comment and line.startswith(dialect.comment)) else "\n")
                yield held[-1]
        yield _END

    reader = dialect.rows(lines())
    first = skip + 1
    while True:
        held.clear()
        try:
            row = next(reader)
        except csv.Error:
            raise _unclosed(file, first, dialect) from None
        except StopIteration:
            return
        if row == [_END]:
            return
        last = skip + reader.line_num
        if last > first and (len(row) != width or row[-1].endswith(_END) or _stray(held, dialect)):
            raise _unclosed(file, first, dialect)
        if any(line.strip() for line in held):
            if len(row) != width:
                raise _ragged(file, first, width, len(row))
            yield first, row
        first = last + 1


def _stray(lines: Sequence[str], dialect: Dialect) -> bool:
    """Tell whether a quote closes within a cell of a row that reaches over several lines."""
    reader = csv.reader(
        lines,
        delimiter=dialect.separator,
        quotechar=dialect.quote,
        escapechar=dialect.escape or None,
        skipinitialspace=True,
        strict=True,
    )
    try:
        return len(list(reader)) != 1
    except csv.Error:
        return True


def _batches(text: Text, dialect: Dialect, width: int, skip: int) -> Iterator[pl.DataFrame]:
    rows = (row for _, row in _slowly(text, dialect, width, skip))
    while batch := list(itertools.islice(rows, _BATCH)):
        yield frame_of(batch, width)


def frame_of(rows: Sequence[Sequence[str | None]], width: int) -> pl.DataFrame:
    """Return rows of the same length as columns of strings, ``column_1`` and so on."""
    return pl.DataFrame(list(rows), schema=_empty(width).schema, orient="row")


def _concatenated(frames: Iterable[pl.DataFrame], width: int) -> pl.DataFrame:
    """Return frames below each other as they are, since columns in one piece would take their memory twice."""
    return pl.concat([_empty(width), *frames], rechunk=False)


def _empty(width: int) -> pl.DataFrame:
    return pl.DataFrame(schema={f"column_{number}": pl.String for number in range(1, width + 1)})


def _ragged(file: str, line: int, width: int, found: int) -> InputError:
    columns = f"{width} column{'s' if width > 1 else ''}"
    return InputError(f"{file}, line {line}: expected {columns}, found {found}.")


def _unclosed(file: str, line: int, dialect: Dialect) -> InputError:
    return InputError(f"{file}, line {line}: expected a closing {dialect.quote} for the one opened here, found none.")
