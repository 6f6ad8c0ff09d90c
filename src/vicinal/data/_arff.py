"""A file in Weka's attribute-relation format as a table."""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from vicinal._errors import InputError
from vicinal.data._cleaned import cleaned
from vicinal.data._delimited import named
from vicinal.data._dialect import Dialect
from vicinal.data._raw_table import RawTable
from vicinal.data._rows import frame_of, read_rows
from vicinal.data._text_of import Text

_WORD = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_ATTRIBUTE = re.compile(rf"@attribute\s+({_WORD}|[^\s{{]+)\s*(\{{.*|\S.*)", re.IGNORECASE)
_CELL = re.compile(rf"\s*({_WORD}|[^,'\"]*?)\s*(,|$)")
_MISSING = "?"
_DIGITS = 10  # that no column's number has
_ISO = "yyyy-MM-dd'T'HH:mm:ss"
_LETTERS = {
    "yyyy": "%Y", "yy": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "dd": "%d", "d": "%d", "HH": "%H",
    "H": "%H", "hh": "%I", "mm": "%M", "ss": "%S", "SSS": "%3f", "a": "%p", "EEE": "%a", "Z": "%z",
}  # fmt: skip
"""Java's letters of a date, in Python's."""


def read_arff_table(text: Text) -> RawTable:
    """Read a table in Weka's format: its attributes are the columns, ``?`` is missing, sparse rows are filled up.

    Args:
        text: the file.

    Raises:
        InputError: the header is wrong, a row has another number of cells than there are attributes, a quote is not
            closed, or there are no rows.
    """
    file = text.file
    attributes, skip = _header(text)
    if not attributes:
        raise InputError(f"{file}: expected lines @attribute, found none.")
    names = named(file, 0, [each.name for each in attributes], remedy="Rename one.")
    if any(mark in block for block in _data(text, skip) for mark in (b"'", b'"', b"{")):
        pairs = list(_rows(text, skip, [each.first for each in attributes]))
        columns = frame_of([row for _, row in pairs], len(names))
        numbers = np.array([line for line, _ in pairs], dtype=np.int64)
    else:
        columns, numbers = read_rows(text, Dialect(quote="", comment="%"), width=len(names), skip=skip)
    if not len(columns):
        raise InputError(f"{file}: expected rows, found a header only.")
    columns.columns = names
    kinds = dict(zip(names, (each.kind for each in attributes), strict=True))
    words = {name for name, kind in kinds.items() if kind in ("nominal", "string")}
    plain, kept, notes = cleaned(columns, marks=("", _MISSING), among_numbers=(), words=words)
    if not plain.width:
        raise InputError(f"{file}: expected rows, found empty cells only.")
    notes = (*text.notes, "Read as a file in Weka's format (ARFF).", *notes)
    typed = plain.with_columns(_typed(column, kinds[column.name]) for column in plain.get_columns())
    return RawTable(file, typed, numbers[kept], notes, tuple(columns.columns))


class Attribute(NamedTuple):
    """A column as the header declares it.

    Args:
        name: of the column.
        kind: nominal, string, the form of a date in Python's letters, or "" for numbers.
        first: what a sparse row means where it leaves this column out.
    """

    name: str
    kind: str
    first: str


def _header(text: Text) -> tuple[list[Attribute], int]:
    """Return the attributes, and how many lines stand above the data."""
    found = []
    for number, line in _numbered(text.blocks(1 << 20)):
        word = line.split(None, 1)[0].lower() if line.strip() else ""
        if word == "@data":
            return found, number
        if word == "@attribute":
            match = _ATTRIBUTE.match(line.strip())
            if match is None:
                sentence = "expected @attribute, a name and a type, found something else"
                raise InputError(f"{text.file}, line {number}: {sentence}.")
            found.append(_attribute(_plain(match[1]), match[2]))
        elif word and not word.startswith("%") and word != "@relation":
            strange = line.strip() if len(line.strip()) <= 40 else f"{line.strip()[:40]}…"
            raise InputError(f'{text.file}, line {number}: expected @attribute or @data, found "{strange}".')
    raise InputError(f"{text.file}: expected a line @data, found none.")


def _attribute(name: str, declared: str) -> Attribute:
    if declared.startswith("{"):
        first = _CELL.match(declared.removeprefix("{").rstrip("} "))
        return Attribute(name, "nominal", _plain(first[1]) if first else "0")
    kind, _, rest = declared.partition(" ")
    if kind.lower() == "date":
        return Attribute(name, _strftime(_plain(rest.strip()) or _ISO), "0")
    return Attribute(name, "string" if kind.lower() == "string" else "", "0")


def _strftime(form: str) -> str:
    """Return the form of a date, which Weka takes in Java's letters, in Python's: ``yyyy-MM-dd`` is ``%Y-%m-%d``."""
    pieces = (match[0] for match in re.finditer(r"'[^']*'|([A-Za-z])\1*|.", form))
    return "".join(each.strip("'") if each.startswith("'") else _LETTERS.get(each, each) for each in pieces)


def _typed(column: pl.Series, kind: str) -> pl.Series:
    """Return a column of the kind that is declared; of dates in another form, or in none, the text stays."""
    if kind in ("nominal", "string"):
        return column.cast(pl.Categorical)
    if not kind:
        return column
    try:
        dates = column.str.to_datetime(kind, strict=False)
    except pl.exceptions.PolarsError:  # the letters that were declared are no form of a date
        return column
    return dates if dates.null_count() == column.null_count() else column


def _rows(text: Text, skip: int, firsts: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with quotes or in the sparse form, each with the number of its line."""
    file, width = text.file, len(firsts)
    for number, line in itertools.islice(_numbered(text.blocks()), skip, None):
        plain = line.strip()
        if not plain or plain.startswith("%"):
            continue
        sparse = plain.startswith("{")
        cells = _cells(file, number, plain.strip("{}") if sparse else plain)
        if sparse:
            row = list(firsts)
            for cell in filter(None, cells):
                place, _, value = cell.partition(" ")
                if not (place.isdecimal() and len(place) < _DIGITS and int(place) < width):
                    raise InputError(f'{file}, line {number}: expected a column below {width}, found "{place[:40]}".')
                row[int(place)] = _plain(value.strip())
        else:
            row = [_plain(cell) for cell in cells]
        if len(row) != width:
            raise InputError(f"{file}, line {number}: expected {width} columns, found {len(row)}.")
        yield number, row


def _cells(file: str, line: int, text: str) -> list[str]:
    if not ("'" in text or '"' in text):
        return [cell.strip() for cell in text.split(",")]
    cells, place = [], 0
    while True:
        match = re.compile(rf"\s*(\d+\s+)?({_WORD}|[^,'\"]*?)\s*(,|$)").match(text, place)
        if match is None:
            raise InputError(f"{file}, line {line}: expected quotes around whole cells, found an open one.")
        cells.append((match[1] or "") + match[2])
        place = match.end()
        if match[3] == "":
            return cells


def _plain(word: str) -> str:
    """Return a word without its quotes."""
    if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", word[1:-1])
    return word


def _numbered(blocks: Iterator[bytes]) -> Iterator[tuple[int, str]]:
    lines = (line for block in blocks for line in block.decode().split("\n")[:-1])
    return enumerate(lines, 1)


def _data(text: Text, skip: int) -> Iterator[bytes]:
    """Yield the text below the header."""
    for block in text.blocks():
        rest = block
        while skip and rest:
            rest, skip = rest[rest.index(b"\n") + 1 :], skip - 1
        yield rest
