"""A table as text, points below points, rows of a group below its name: what page, terminal and thesis print."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vicinal._numbers import number
from vicinal.evidence import Estimate
from vicinal.experiments import Cell, Column, Measured, Table
from vicinal.report._numbers import interval

FIGURE_SPACE: Final = "\u2007"
"""As wide as a digit."""


@dataclass(frozen=True)
class Laid:
    """A column ready to be printed.

    Args:
        column: what it is.
        cells: two texts a row: the figure, and what says how sure it is (empty where nothing does).
        numeric: whether its cells end at the right.
    """

    column: Column
    cells: tuple[tuple[str, str], ...]
    numeric: bool


@dataclass(frozen=True)
class Layout:
    """A table ready to be printed.

    Args:
        columns: its columns; where rows have groups, without the first, which names them.
        groups: for each group its name and its rows; a single one without a name where no rows belong together.
        legend: what ±, brackets and n mean; empty where the table has none of them.
    """

    columns: tuple[Laid, ...]
    groups: tuple[tuple[str, range], ...]
    legend: str


def lay(table: Table) -> Layout:
    """Return a table as text, without published columns that say nothing at this scale."""
    own_n = shared_n(table) is None
    cells = {column: [row.get(column.key) for row in table.rows] for column in table.columns}
    columns = [
        _laid(column, found, own_n=own_n)
        for column, found in cells.items()
        if column.kind != "published" or any(cell is not None for cell in found)
    ]
    groups = _groups([figure for figure, _ in columns[0].cells])
    if len(groups) == len(table.rows):
        return Layout(tuple(columns), (("", range(len(table.rows))),), _legend(table))
    return Layout(tuple(columns[1:]), tuple(groups), _legend(table))


def shared_n(table: Table) -> int | None:
    """Return the n of all figures of a table; None where they differ or there are none."""
    numbers = {cell.n for row in table.rows for cell in row.values() if isinstance(cell, Measured | Estimate)}
    return numbers.pop() if len(numbers) == 1 else None


def _groups(names: Sequence[str]) -> list[tuple[str, range]]:
    runs = [(name, len(list(run))) for name, run in itertools.groupby(names)]
    ends = itertools.accumulate(length for _, length in runs)
    return [(name, range(end - length, end)) for (name, length), end in zip(runs, ends, strict=True)]


def _legend(table: Table) -> str:
    cells = [cell for row in table.rows for cell in row.values()]
    levels = sorted({f"{100 * cell.level:g}" for cell in cells if isinstance(cell, Estimate)})
    parts = ["mean ± standard deviation"] if any(isinstance(cell, Measured) for cell in cells) else []
    if levels:
        parts.append(f"{' or '.join(levels)} % interval in brackets")
    if parts:
        n = shared_n(table)
        parts.append("n in parentheses" if n is None else f"n = {n}")
    return ", ".join(parts)


def _laid(column: Column, cells: Sequence[Cell], *, own_n: bool) -> Laid:
    pieces = [_pieces(cell, column, own_n=own_n) for cell in cells]
    numeric = column.kind not in ("name", "note")
    widths = [max(map(len, texts)) for texts in itertools.zip_longest(*pieces, fillvalue="")]
    joined = (_joined(texts, widths) if numeric else (texts[0], "") for texts in pieces)
    return Laid(column, tuple(joined), numeric)


def _pieces(cell: Cell, column: Column, *, own_n: bool) -> list[str]:
    """Return the figure, and then by pieces what says how sure it is."""
    n = [f" ({cell.n})"] if own_n and isinstance(cell, Measured | Estimate) else []
    match cell:
        case None:
            return ["–" if column.kind == "measured" else ""]
        case str():
            return [cell]
        case Measured():
            spread = [" ± ", number(cell.sd, column.digits)] if cell.n > 1 else ["", ""]
            return [number(cell.mean, column.digits), *spread, *n]
        case Estimate():
            mean, low, high = interval(cell, column.digits)
            return [mean, *([" [", low, ", ", high, "]"] if low else [""] * 5), *n]
        case int():
            return [f"{cell:,}"]
        case float():
            return [number(cell, column.digits)]


def _joined(texts: list[str], widths: list[int]) -> tuple[str, str]:
    if not texts[0]:
        return "", ""
    missing = [""] * (len(widths) - len(texts))
    padded = [text.rjust(width, FIGURE_SPACE) for text, width in zip([*texts, *missing], widths, strict=True)]
    return texts[0], "".join(padded[1:])
