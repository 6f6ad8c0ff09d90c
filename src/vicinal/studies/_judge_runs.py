"""Runs read from a table, as any tracker exports them, and judged."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from vicinal._errors import InputError, must_be, unknown
from vicinal.evidence import JudgedRuns, judge_runs

Columns = dict[str, list[str | None]]


def judge_table(
    path: Path,
    *,
    method: str,
    seed: str,
    score: str,
    baseline: str | None = None,
    lower_is_better: bool = False,
    margin: float | None = None,
) -> JudgedRuns:
    """Read a table with a run a row, and judge its methods against the baseline; see :func:`judge_runs`.

    Args:
        path: the table.
        method: the column that says the method.
        seed: the column that says what makes runs comparable.
        score: the column of scores; an empty cell is a run without one.
        baseline: the method that the others are compared with; the one that is called so if not given.
        lower_is_better: whether a gain is a lower score.
        margin: the largest gain or loss that does not matter, above 0; None where every one does.

    Raises:
        InputError: the file or a column is not there, a cell is no number where one is needed, or the runs cannot be
            compared.
    """
    columns, lines = _read(path)
    for name in (method, seed, score):
        if name not in columns:
            raise InputError(unknown("column", name, columns))
    names = (_words(path, lines, column, columns[column]) for column in (method, seed))
    scores = _numbers(path, lines, score, columns[score])
    return judge_runs(*names, scores, baseline=baseline, lower_is_better=lower_is_better, margin=margin, score=score)


def _read(path: Path) -> tuple[Columns, list[int]]:
    """Return a table's columns by name, None for what is missing, and the line in the file of every row."""
    if not path.is_file():
        raise InputError(must_be(str(path), "a file that exists", "nothing there" if not path.exists() else "a folder"))
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        rows = [(row, reader.line_num) for row in reader if row]
    if len(rows) < 2:
        raise InputError(must_be(str(path), "a table with a row of names and a run a row", f"{len(rows)} rows"))
    (names, _), *runs = rows
    for row, line in runs:
        if len(row) != len(names):
            raise InputError(f"{path.name}, line {line}: expected {len(names)} columns, found {len(row)}.")
    columns: Columns = {name: [row[place].strip() or None for row, _ in runs] for place, name in enumerate(names)}
    return columns, [line for _, line in runs]


def _words(path: Path, lines: Sequence[int], column: str, cells: Sequence[str | None]) -> list[str]:
    for line, cell in zip(lines, cells, strict=True):
        if cell is None:
            raise InputError(must_be(f"{path.name}, line {line}: {column}", "filled in", "an empty cell"))
    return [cell for cell in cells if cell is not None]


def _numbers(path: Path, lines: Sequence[int], column: str, cells: Sequence[str | None]) -> list[float]:
    numbers = []
    for line, cell in zip(lines, cells, strict=True):
        try:
            numbers.append(math.nan if cell is None else float(cell))
        except ValueError:
            what = f"{path.name}, line {line}: {column}"
            raise InputError(must_be(what, "a number", f'"{cell}"')) from None
    return numbers
