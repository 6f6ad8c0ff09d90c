"""Somebody's own table as a comparison takes it: read, told, and kept in a file that every process can load."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vicinal.data import Table, own_table, raw_of, read_table, save_table
from vicinal.experiments import DataTold

FILE = "table.safetensors"


@dataclass(frozen=True, eq=False)
class Own:
    """What is learned.

    Args:
        table: the rows.
        path: of the file that holds them, for the processes that train on them.
        told: what is said of them.
    """

    table: Table
    path: Path
    told: DataTold


def own(data: Any, out: Path, *, encoding: str | None = None, header: bool | None = None, **asked: Any) -> Own:
    """Read a table, or take what somebody has in memory, and keep it in a folder.

    Args:
        data: a path, a polars or pandas frame, or a pair of inputs and targets.
        out: the folder.
        encoding: of a text file; found out if not given.
        header: whether a text file begins with the columns' names; found out if not given.
        asked: target, task, group and time, as :func:`own_table` takes them.

    Raises:
        InputError: it cannot be read, or not be learned.
    """
    if isinstance(data, str | Path):
        raw = read_table(Path(data), encoding=encoding, header=header)
    else:
        x, y = data if isinstance(data, tuple) else (data, None)
        raw = raw_of(x, y)
    table = own_table(raw, **asked)
    path = out / FILE
    save_table(path, table)
    return Own(table, path, told(table))


def told(table: Table) -> DataTold:
    """Return what is said of a table."""
    columns = table.parts(seed=0).x_train.shape[1]
    task = "regression" if table.is_regression else "classification"
    return DataTold(
        name=table.name,
        kind="table",
        task=task,
        rows=len(table),
        columns=columns,
        classes=table.classes,
        target=table.target_name,
        notes=table.notes,
        warnings=table.warnings,
    )


def overlap(table: Table, rows: int | None = None) -> float:
    """Return n_test / n_train of random splits, 0 where the test part is always the same."""
    if is_given(table):
        return 0.0
    parts = table.parts(seed=0, **({} if rows is None else {"rows": rows}))
    return len(parts.y_test) / len(parts.y_train)


def is_given(table: Table) -> bool:
    """Tell whether every split has the same test part: it was given, or follows from the rows' times."""
    return table.test is not None or table.times is not None


def trained_on(table: Table) -> int:
    """Return how many rows a net is trained on where none are left out."""
    return int(np.size(table.parts(seed=0).y_train))
