"""A delimited text file of anybody's as a table, every guess told."""

import csv
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from vicinal._errors import InputError
from vicinal.data._cleaned import cleaned
from vicinal.data._dialect import Dialect, asked_for, dialect_of
from vicinal.data._header import header_of
from vicinal.data._picture import shown
from vicinal.data._raw_table import RawTable, check_names
from vicinal.data._rows import read_rows
from vicinal.data._text_of import Text

_SAMPLE = 1 << 20  # bytes
_LINES = 200
_OVERRULED = {True: "--header no overrules", False: "--header yes overrules"}


def read_delimited(text: Text, *, header: bool | None = None) -> RawTable:
    """Read a table of delimited text.

    Args:
        text: the file.
        header: whether its first row holds the columns' names; found out if not given.

    Raises:
        InputError: it has no rows, a row of another length than the others, an open quote, or two columns of one name.
    """
    file = text.file
    lines = list(itertools.islice(_lines(text), _LINES))
    if not any(line.strip() for line in lines):
        raise InputError(f"{file}: expected rows, found blank lines only.")
    dialect = dialect_of(lines)
    top = _top(lines, dialect)
    rows, at, after = _some_rows(lines, dialect, top)
    if not rows:
        raise InputError(f"{file}: expected rows, found none in the first {len(lines)} lines.")
    names = _marked_names(lines[:top], dialect, rows) if header is not False else None
    notes = [*text.notes, *_form(dialect, lines, width=len(rows[-1]))]
    skip = top
    width = Counter(len(row) for row in rows).most_common(1)[0][0]
    if names is not None:
        notes.append("The columns' names are those of the comment above the rows (--header no overrules).")
    else:
        given, sure = (header, True) if header is not None else header_of(rows)
        if header is None:
            notes.append(_header_note(at, given=given, sure=sure))
        if given:
            skip, names = after, rows[0]
            if len(rows) == 1:
                raise InputError(f"{file}: expected rows, found a header only.")
            names, more = _fitting(file, at, names, rows[1:], width)
            notes += more
    columns, numbers = read_rows(text, dialect, width=width, skip=skip)
    if names is not None:
        columns.columns = named(file, at, names, remedy="Rename one, or say --header no if these are no names.")
    plain, kept, more = cleaned(columns, thousands=dialect.separator == ",")
    if not plain.width or not len(plain):
        raise InputError(f"{file}: expected rows, found empty cells only.")
    return RawTable(file, plain, numbers[kept], (*notes, *more), tuple(columns.columns))


def named(file: str, line: int, names: Sequence[str], remedy: str) -> list[str]:
    """Return the columns' names, ``column_3`` for a third one that has none.

    Raises:
        InputError: two are the same, or one cannot be taken.
    """
    plain = [name.strip() or f"column_{number}" for number, name in enumerate(names, 1)]
    name, count = Counter(plain).most_common(1)[0]
    if count > 1:
        places = " and ".join(str(place) for place, each in enumerate(plain, 1) if each == name)
        where = f"{file}, line {line}" if line else file
        raise InputError(f'{where}: expected names that differ, found "{name}" in columns {places}. {remedy}')
    check_names(file, plain)
    return plain


def _lines(text: Text) -> Iterator[str]:
    """Yield the first lines of a text, without their ends."""
    size = 0
    for block in text.blocks(_SAMPLE):
        yield from block.decode().split("\n")[:-1]
        size += len(block)
        if size >= _SAMPLE:
            return


def _form(dialect: Dialect, lines: Sequence[str], *, width: int) -> Iterator[str]:
    """Yield what was found of the way in which rows are written, one sentence each."""
    asked = asked_for(next(line for line in lines if line.strip()))
    if asked and asked != dialect.separator:
        yield f'The first line says that "{shown(asked)}" separates the cells, which it does not; it is passed over.'
    yield f"The cells are separated by {dialect.title}." if width > 1 else "The rows have one cell each."
    if dialect.quote == "'":
        yield "Cells are quoted by apostrophes."
    if dialect.comment:
        yield f"Lines that start with {dialect.comment} are left out."


def _top(lines: Sequence[str], dialect: Dialect) -> int:
    """Count the lines above the first row: blank ones, comments, ``sep=;``."""
    first = True
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        comment = dialect.comment and line.startswith(dialect.comment)
        if not comment and not (first and asked_for(line)):
            return number
        first = False
    return len(lines)


def _some_rows(lines: Sequence[str], dialect: Dialect, top: int) -> tuple[list[list[str]], int, int]:
    """Return the first rows, the number of the line that the first one starts in, and the lines down to its end."""
    plain = ["" if dialect.comment and line.startswith(dialect.comment) else line for line in lines[top:]]
    reader = dialect.rows(line + "\n" for line in dialect.one_mark("\n".join(plain).encode()).decode().split("\n"))
    rows, after = [], top
    with suppress(csv.Error):  # an open quote, which is told when all rows are read
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                after = after if len(rows) > 1 else top + reader.line_num
    return rows, top + 1, after


def _marked_names(above: Sequence[str], dialect: Dialect, rows: Sequence[Sequence[str]]) -> list[str] | None:
    """Return the names that the last comment above the rows holds, if it has as many cells as they have."""
    comments = [line for line in above if dialect.comment and line.startswith(dialect.comment)]
    if not comments or len(rows[0]) < 2:
        return None
    cells = dialect.cut([comments[-1].lstrip(dialect.comment).strip()])
    return cells[0] if cells and len(cells[0]) == len(rows[0]) and header_of([*cells, *rows]) == (True, True) else None


def _header_note(line: int, *, given: bool, sure: bool) -> str:
    names = f"The columns' names are those in line {line}" if given else "The columns are called column_1 and so on"
    why = "" if given else ", since the file has no header"
    doubt = "" if sure else ", as far as can be told"
    return f"{names}{why}{doubt} ({_OVERRULED[given]})."


def _fitting(
    file: str, line: int, names: list[str], rows: Sequence[Sequence[str]], width: int
) -> tuple[list[str], list[str]]:
    """Return as many names as the rows have cells: one more where the rows end in a separator, or start with a name."""
    if len(names) == width:
        return names, []
    if 1 < len(names) == width - 1:  # one alone may be a title
        if all(not row[-1].strip() for row in rows if len(row) == width):
            return [*names, ""], []
        return ["", *names], ["The header has one name fewer than the rows have cells; the first is called column_1."]
    if len(names) == width + 1 and not names[-1].strip():
        return names[:-1], []
    raise InputError(
        f"{file}, line {line}: expected {width} names, as many as the rows have cells, found {len(names)}."
    )
