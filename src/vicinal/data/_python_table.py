"""A table that comes from Python: a polars or pandas frame, or arrays of inputs and of targets."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from vicinal._errors import InputError, must_be
from vicinal.data._raw_table import RawTable, check_names


def raw_of(x: Any, y: Any = None, *, name: str = "table") -> tuple[RawTable, str | None]:
    """Return the cells of a frame or of arrays, and the name of the column to be predicted.

    Columns keep their types; NaN, None and NaT are missing. Those of an array are called ``column_1`` and so on.

    Args:
        x: a polars or pandas frame with N rows, or anything that NumPy takes for an array of shape (N, P).
        y: what is predicted, of shape (N,): an array, a list or a series; it becomes the last column. If it is not
            given, one of the frame's own columns is predicted, and its name is not known here: None.
        name: what the table is called.

    Raises:
        InputError: there are no rows, the shapes do not fit, or two columns have one name.
    """
    columns = list(_columns(x))
    names = [column.name for column in columns]
    twice = next((each for each in names if names.count(each) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise InputError(must_be("the columns of a frame", "called differently", f"two called {twice!r}"))
    check_names(name, names)
    rows = len(columns[0]) if columns else 0
    if not rows:
        raise InputError(must_be("x", "a frame or an array of shape (N, P) with rows and columns", "none"))
    if y is None:
        return RawTable(name, pl.DataFrame(columns)), None
    target = _target(y)
    if len(target) != rows:
        raise InputError(must_be("y", f"as long as x, {rows:,} rows", f"{len(target):,}"))
    called = next(each for each in _target_names(target.name) if each not in names)
    return RawTable(name, pl.DataFrame([*columns, target.alias(called)])), called


def _target_names(own: str) -> Iterator[str]:
    yield own or "target"
    number = 1
    while True:
        yield "target" if number == 1 else f"target_{number}"
        number += 1


def _columns(x: Any) -> Iterator[pl.Series]:
    """Yield the columns of x."""
    if isinstance(x, pl.LazyFrame):
        x = x.collect()
    if isinstance(x, pl.DataFrame):
        yield from (_without_nan(column) for column in x.get_columns())
    elif _is_pandas(x, "DataFrame"):
        for place, label in enumerate(x.columns):
            called = " ".join(map(str, label)) if isinstance(label, tuple) else str(label)
            yield _from_pandas(x.iloc[:, place], called)
    else:
        values = _array(x)
        if values.ndim != 2:
            raise InputError(must_be("x", "a frame or an array of shape (N, P)", f"shape {values.shape}"))
        for place in range(values.shape[1]):
            yield _series(f"column_{place + 1}", values[:, place])


def _target(y: Any) -> pl.Series:
    if isinstance(y, pl.Series):
        return _without_nan(y)
    if _is_pandas(y, "Series"):
        return _from_pandas(y, "" if y.name is None else str(y.name))
    if isinstance(y, pl.DataFrame) or _is_pandas(y, "DataFrame"):
        columns = list(_columns(y))
        if len(columns) != 1:
            raise InputError(must_be("y", "one column", f"{len(columns)}"))
        return columns[0]
    values = _array(y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise InputError(must_be("y", "of shape (N,)", f"shape {values.shape}"))
    return _series("", values)


def _array(x: Any) -> np.ndarray:
    """Return what NumPy takes x for; lists of words and numbers keep both."""
    if hasattr(x, "toarray"):
        raise InputError(must_be("x", "a dense array", f"a sparse one ({type(x).__name__})", "Call its toarray()"))
    if isinstance(x, Sequence) and not isinstance(x, str | bytes):
        try:
            values = np.asarray(x)
        except ValueError:  # rows of several lengths
            raise InputError(must_be("x", "an array of shape (N, P)", "rows of several lengths")) from None
        # NumPy makes words of all numbers where one cell is a word.
        return values if values.dtype.kind in "biuf" else np.array(x, dtype=object)
    return np.asarray(x)


def _is_pandas(x: Any, kind: str) -> bool:
    """Tell whether x is pandas' own, without importing it."""
    return any(each.__module__.partition(".")[0] == "pandas" and each.__name__ == kind for each in type(x).__mro__)


def _from_pandas(column: Any, name: str) -> pl.Series:
    """Return a column of pandas without pyarrow."""
    kind = column.dtype
    if isinstance(kind, np.dtype) and kind.kind in "biufM":
        return _series(name, column.to_numpy())
    if getattr(kind, "tz", None) is not None:
        return _series(name, column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy())
    missing = column.isna().to_numpy()
    cells = column.astype(object).to_numpy(dtype=object, copy=True)
    cells[missing] = None
    if getattr(kind, "name", "") == "category":
        return pl.Series(name, [None if cell is None else str(cell) for cell in cells]).cast(pl.Categorical)
    return _series(name, cells)


def _series(name: str, values: np.ndarray) -> pl.Series:
    """Return an array of shape (N,) as a column."""
    kind = values.dtype.kind
    if kind == "M":
        return pl.Series(name, values.astype("datetime64[us]"))
    if kind in "USO":
        return _mixed(name, values.tolist())
    if kind not in "biuf":
        raise InputError(must_be(f"column {name}" if name else "y", "numbers or words", f"{values.dtype}"))
    if values.dtype.itemsize > 8 or kind == "f":
        values = values.astype(np.float64 if values.dtype.itemsize != 4 else np.float32)
    return _without_nan(pl.Series(name, np.ascontiguousarray(values)))


def _mixed(name: str, cells: list[Any]) -> pl.Series:
    """Return objects as a column: of numbers or booleans where all are such, of words elsewhere."""
    plain = [cell.item() if isinstance(cell, np.generic) else cell for cell in cells]
    known = [cell for cell in plain if cell is not None and cell == cell]  # NaN is not itself
    plain = [cell if cell is not None and cell == cell else None for cell in plain]
    if all(isinstance(cell, bool) for cell in known):
        return pl.Series(name, plain, dtype=pl.Boolean)
    if all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in known):
        return pl.Series(name, [None if cell is None else float(cell) for cell in plain], dtype=pl.Float64)
    if len(set(map(type, known))) == 1 and hasattr(known[0], "isoformat"):
        return pl.Series(name, plain)
    return pl.Series(name, [None if cell is None else str(cell) for cell in plain], dtype=pl.String)


def _without_nan(column: pl.Series) -> pl.Series:
    return column.fill_nan(None) if column.dtype.is_float() else column
