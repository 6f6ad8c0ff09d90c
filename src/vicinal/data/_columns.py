"""From a table as it was read to one that can be trained on: what is predicted, from which columns, and what is odd."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal.data._column import Column, brief, days, measured, numbers, plain, words
from vicinal.data._doubts import class_sizes, fingerprints, gaps, leaks, twins
from vicinal.data._kinds import Told, date_form, told
from vicinal.data._prepare import categories_of, coded
from vicinal.data._raw_table import RawTable
from vicinal.data._table import Table
from vicinal.data._target import Kind, has_target, position, target_of

_NAMED = 6


def own_table(
    raw: RawTable,
    *,
    target: str | int | None = None,
    task: Kind | None = None,
    group: str | int | None = None,
    time: str | int | None = None,
    test: NDArray[np.bool_] | None = None,
) -> Table:
    """Return a table to train on; what was decided stands in its notes, what is doubtful in its warnings.

    Args:
        raw: the cells.
        target: the column to be predicted, by its name or its position in the file: 1 is the first, −1 the last; a
            name wins. The last one in which something stands if not given.
        task: whether it holds classes or numbers; told from its cells if not given.
        group: a column, named likewise, whose rows of one kind all are on one side of every split.
        time: a column of numbers or dates, named likewise: the latest rows are tested on.
        test: which rows of ``raw`` are tested on, bool of shape (N,), where that is given.

    Raises:
        InputError: there is no such column, no target that can be learnt or no column to learn from, or a row has no
            time.
    """
    columns = raw.columns.columns
    if test is not None and test.shape != (len(raw.columns),):
        raise ValueError(must_be("test", f"of shape ({len(raw.columns)},)", test.shape))
    if target is None and raw.every[-1] in raw.empty and raw.every[-1] != f"column_{len(raw.every)}":
        # a last column without a name is what separators at the ends of lines leave
        expected = must_be(
            f'the last column, "{brief(raw.every[-1])}",',
            "filled in to be the target",
            "a column in which nothing stands",
            "Name another with --target",
        )
        raise InputError(f"{raw.name}: {expected}")
    chosen = {"target": position(raw, target, "target") if target is not None else len(columns) - 1}
    for what, wanted in (("group", group), ("time", time)):
        if wanted is not None:
            chosen[what] = position(raw, wanted, what)
    _check_roles({what: columns[place] for what, place in chosen.items()}, raw.name)
    notes, rows = list(raw.notes), has_target(raw.columns[:, chosen["target"]])
    if target is None:
        notes.append(f'The last column, "{brief(columns[-1])}", is taken as the target; --target names another.')
    frame, lines = raw.columns, raw.lines
    if not rows.all():
        lost = len(rows) - int(rows.sum())
        notes.append(f"{lost:,} row{'s' * (lost > 1)} without a target {'are' if lost > 1 else 'is'} left out.")
        frame, lines = frame.filter(pl.Series(rows)), lines[rows] if lines is not None else None
    told_target = target_of(frame[:, chosen["target"]], task, raw.name, lines)
    notes.append(told_target.note)
    inputs = {cells.name: cells for place, cells in enumerate(frame.get_columns()) if place not in chosen.values()}
    kinds = {name: told(cells, lines) for name, cells in inputs.items()}
    notes += _summary(kinds)
    numeric = [kind.column for kind in kinds.values() if kind.column and kind.column.kind != "category"]
    categorical = [kind.column for kind in kinds.values() if kind.column and kind.column.kind == "category"]
    if not numeric and not categorical:
        why = (
            "; ".join(f"{brief(name)} ({kind.why})" for name, kind in list(kinds.items())[:_NAMED])
            or "the target alone"
        )
        why += f"; nothing stands in {_listed([brief(name) for name in raw.empty])}" if raw.empty else ""
        raise InputError(f"{raw.name}: {must_be('the table', 'one with a column to learn from', why)}")
    if test is not None:
        notes.append("The rows to test on are given; of the others each seed takes a fifth to choose by.")
    table = Table(
        name=raw.name,
        numeric=_filled([(inputs[column.name], column) for column in numeric], len(frame)),
        numeric_names=tuple(column.name for column in numeric),
        categorical=_worded([(inputs[column.name], column) for column in categorical], len(frame)),
        categorical_names=tuple(column.name for column in categorical),
        target=told_target.values,
        classes=told_target.classes,
        groups=_groups(frame[:, chosen["group"]], notes) if "group" in chosen else None,
        times=_times(frame[:, chosen["time"]], lines, raw.name, notes) if "time" in chosen else None,
        test=test[rows] if test is not None else None,
        columns=(*numeric, *categorical),
        target_name=columns[chosen["target"]],
        notes=tuple(notes),
    )
    warnings = [kind.warning for kind in kinds.values() if kind.warning]
    return replace(table, warnings=(*warnings, *doubts(table, lines)))


def doubts(table: Table, lines: NDArray[np.int64] | None = None) -> list[str]:
    """Return what is doubtful about a table, a sentence each.

    Args:
        table: of N rows.
        lines: number of the line that each row stands in, of shape (N,).
    """
    codes = coded(table.categorical, categories_of(table.categorical))
    columns = table.numeric, table.numeric_names, codes, table.categorical_names
    found = [
        leaks(*columns, table.target, len(table.classes)),
        twins(fingerprints(table.numeric, codes), table.target, table.tested, lines) if table.groups is None else "",
        *([] if table.is_regression else class_sizes(table.target.astype(np.int64), table.classes)),
        gaps(*columns),
    ]
    return [sentence for sentence in found if sentence]


def _check_roles(chosen: dict[str, str], table: str) -> None:
    names = list(chosen.values())
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        roles = " and ".join(what for what, name in chosen.items() if name == twice)
        raise InputError(
            f"{table}: {must_be(f'the column for the {roles}', 'another one each', f'{twice!r} for both')}"
        )
    if "group" in chosen and "time" in chosen:
        raise InputError(must_be("--time", "left out where --group divides the rows", f"{chosen['time']!r}"))


def _summary(kinds: dict[str, Told]) -> list[str]:
    """Return in one sentence what every column is, then what was decided about single ones."""
    called = {"number": "numeric", "category": "categorical", "boolean": "boolean", "date": "of dates, taken as days"}
    parts = []
    for kind, word in called.items():
        names = [brief(name) for name, told_of in kinds.items() if told_of.column and told_of.column.kind == kind]
        if names:
            # Most columns of most tables are numbers, so these are counted and the others named.
            listed = f" ({_listed(names)})" if kind != "number" else ""
            parts.append(f"{len(names):,} {word}{listed}")
    out = [f"{brief(name)} ({told_of.why})" for name, told_of in kinds.items() if told_of.why]
    taken = f"Columns: {', '.join(parts) or 'none'}"
    left = f"; left out: {_listed(out)}" if out else ""
    return [f"{taken}{left}.", *(told_of.note for told_of in kinds.values() if told_of.note)]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")


def _filled(columns: Sequence[tuple[pl.Series, Column]], rows: int) -> NDArray[np.float64]:
    values = np.empty((rows, len(columns)))
    for place, (cells, column) in enumerate(columns):
        values[:, place] = numbers(cells, column)
    return values


def _worded(columns: Sequence[tuple[pl.Series, Column]], rows: int) -> NDArray[np.object_]:
    values = np.empty((rows, len(columns)), dtype=object)
    for place, (cells, column) in enumerate(columns):
        values[:, place] = words(cells, column)
    return values


def _groups(cells: pl.Series, notes: list[str]) -> NDArray[np.int64]:
    """Return the group of each row; a row without one is a group of its own."""
    read = plain(cells)
    names = sorted(set(read.drop_nulls()))
    codes = read.cast(pl.Enum(names)).to_physical().cast(pl.Int64).fill_null(-1).to_numpy(writable=True)
    alone = np.flatnonzero(codes < 0)
    codes[alone] = len(names) + np.arange(len(alone))
    without = f" {len(alone):,} rows have none and are each a group of their own." if len(alone) else ""
    notes.append(
        f"Rows of one {brief(cells.name)} ({len(names):,} groups) are on one side of every split; it is no input. So "
        f"that all parts have one size, some rows of a part may be left out at random.{without}"
    )
    return codes


def _times(cells: pl.Series, lines: NDArray[np.int64] | None, table: str, notes: list[str]) -> NDArray[np.float64]:
    """Return the time of each row, in days or in the column's own unit.

    Raises:
        InputError: a row has none.
    """
    times = days(cells, "") if cells.dtype in (pl.Date, pl.Datetime) else measured(cells)
    if np.isnan(times).all():
        form, _ = date_form(plain(cells).drop_nulls())
        times = days(cells, form) if form else times
    missing = np.isnan(times)
    if missing.any():
        row = int(missing.argmax())
        where = f"line {lines[row]}" if lines is not None else f"row {row + 1}"
        expected = "a number or a date in every row, in one form"
        raise InputError(f"{table}, {where}: {must_be(f'the time {cells.name!r}', expected, repr(cells[row]))}")
    notes.append(
        f"The latest rows by {brief(cells.name)} are tested on, the latest of the others choose; it is no input. All "
        "seeds have these parts and differ in the net's first weights and the order of the rows only."
    )
    return times
