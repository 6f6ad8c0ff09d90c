"""Anybody's file of a table, read: what it is, is told by its first bytes and by its ending."""

import re
from pathlib import Path

import polars as pl

from vicinal._errors import InputError, must_be
from vicinal._paths import at_home, is_file, is_folder, is_there, meant
from vicinal.data._arff import read_arff_table
from vicinal.data._cleaned import cleaned
from vicinal.data._delimited import read_delimited
from vicinal.data._foreign import HEAD, foreign
from vicinal.data._picture import shown
from vicinal.data._raw_table import RawTable, check_names
from vicinal.data._text_of import Text, text_of

_PARQUET = b"PAR1"


def read_table(path: str | Path, *, encoding: str | None = None, header: bool | None = None) -> RawTable:
    """Read a table from delimited text, Weka's format or Parquet; whatever had to be guessed stands in its notes.

    Args:
        path: the file.
        encoding: how its text is encoded; found out if not given.
        header: whether the first row holds the columns' names; found out if not given.

    Raises:
        InputError: there is no such file, it cannot be read, it is no table, or a line of it is wrong, which is named.
    """
    place = at_home(path)
    head = _head(place)
    if head.startswith(_PARQUET):
        _left_out("a Parquet file", encoding=encoding, header=header)
        return _parquet(place)
    kind, remedy = foreign(head)
    if kind:
        raise InputError(f"{shown(place.name)}: expected a table, found {kind}.{f' {remedy}.' if remedy else ''}")
    if place.suffix.lower() == ".parquet":
        raise _damaged(place, "it does not begin as one")
    text = text_of(place, encoding)
    if _weka(text):
        _left_out("a file in Weka's format", encoding=None, header=header)
        return read_arff_table(text)
    return read_delimited(text, header=header)


def _head(path: Path) -> bytes:
    name = shown(path)
    try:
        if not is_file(path):
            found = "a folder" if is_folder(path) else "something else" if is_there(path) else "nothing"
            raise InputError(must_be(name, "a file with a table", found, meant(path)))
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as failure:
        raise InputError(f"{name} cannot be read: {failure.strerror}.") from None
    if not head:
        raise InputError(f"{shown(path.name)}: expected rows, found an empty file.")
    return head


def _left_out(what: str, *, encoding: str | None, header: bool | None) -> None:
    for flag, value in {"--encoding": encoding, "--header": header}.items():
        if value is not None:
            raise InputError(must_be(flag, f"left out, since it says nothing of {what}", "it"))


def _weka(text: Text) -> bool:
    """Tell whether a text is in Weka's format: by the file's ending, or by the first line that is no comment."""
    if text.path.suffix.lower() == ".arff":
        return True
    head = next(text.blocks(1 << 16), b"").decode()
    first = next((line for line in head.split("\n") if line.strip() and not line.startswith("%")), "")
    return re.match(r"\s*@relation\b", first, re.IGNORECASE) is not None


def _parquet(path: Path) -> RawTable:
    # not by polars' own reader, which at some kinds of damage ends the whole process
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            table = file.read()
        table.validate(full=True)  # that words are words, for example
        columns = pl.DataFrame(table)
    except pl.exceptions.PanicException:  # of a kind of column that polars does not know; no Exception of Python's
        raise _damaged(path, "it has a column of no kind that there is") from None
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError, ValueError, TypeError) as failure:
        raise _damaged(path, shown(str(failure).strip().partition("\n")[0])) from None
    if not columns.width or not len(columns):
        raise InputError(f"{shown(path.name)}: expected rows, found none.")
    check_names(shown(path.name), columns.columns)
    plain, _, notes = cleaned(columns)
    if not plain.width or not len(plain):
        raise InputError(f"{shown(path.name)}: expected rows, found empty cells only.")
    return RawTable(shown(path.name), plain, None, ("Read as a Parquet file.", *notes), tuple(columns.columns))


def _damaged(path: Path, reason: str) -> InputError:
    return InputError(f"{shown(path.name)}: expected a Parquet file, found a damaged one: {reason.rstrip('. ')}.")
