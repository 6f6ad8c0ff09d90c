"""One tidy row a trial, for whatever the reader computes with."""

import csv
import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from vicinal._files import write

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(rows: Iterable[Mapping[str, object]], path: Path) -> Path:
    """Write rows as comma-separated values, in one step, and return the path.

    A cell of text with which a spreadsheet would begin a formula gets an apostrophe before it, as names come from
    users; numbers stay numbers, and what is missing or not finite is an empty cell.

    Args:
        rows: one a trial; the columns are their keys in order of first appearance.
        path: the file.
    """
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in names])
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return write(path, text.getvalue())


def _cell(value: object) -> object:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isprintable()
