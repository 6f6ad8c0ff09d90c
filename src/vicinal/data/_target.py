"""What is to be predicted: which column, whether its cells are classes or numbers, and what each row has."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be, unknown
from vicinal.data._column import brief, measured, plain
from vicinal.data._kinds import NEARLY, date_form, wordy
from vicinal.data._raw_table import RawTable

Kind = Literal["classification", "regression"]
MOST_CLASSES = 30
"""Up to so many different whole numbers are classes, more are numbers, unless somebody says otherwise."""
FEWEST = 10
"""Rows with a target that a table must have."""
_LISTED = 20
"""Columns up to which all of them are named where a name is wrong."""
_MASSES = 3


@dataclass(frozen=True, eq=False)
class Target:
    """What N rows have to be predicted.

    Args:
        values: class of each row in [0, K), int64, or the number of each row, float64; of shape (N,).
        classes: the K classes' names; none for numbers.
        note: what was decided, and how to decide otherwise.
    """

    values: NDArray[np.int64] | NDArray[np.float64]
    classes: tuple[str, ...]
    note: str


def position(raw: RawTable, wanted: str | int, role: str) -> int:
    """Return the place in ``raw.columns`` of a column that is named, or counted from 1, or from −1 at the end.

    A name wins. Columns are counted as they stand in the file, those in which nothing stands too.

    Args:
        raw: the table.
        wanted: the name or the number.
        role: what the column is wanted for, for the message.

    Raises:
        InputError: there is no such column, and the nearest name is offered; or nothing stands in it.
    """
    name = _name(raw, str(wanted), role)
    if name in raw.empty:
        expected = must_be(f'the {role} "{brief(name)}"', "filled in", "a column in which nothing stands")
        raise InputError(f"{raw.name}: {expected}")
    return raw.columns.columns.index(name)


def _name(raw: RawTable, wanted: str, role: str) -> str:
    names, table = raw.every, raw.name
    if wanted in names:
        return wanted
    try:
        number = int(wanted)
    except ValueError:
        known = names if len(names) <= _LISTED else ()
        sentence = unknown("column", wanted, names, see="" if known else f"the head of {table}")
        raise InputError(f"{table}: {sentence}" if sentence.endswith(")") else f"{table}: {sentence}.") from None
    if number == 0 or not -len(names) <= number <= len(names):
        expected = f"a column's name, or its position from 1 to {len(names)} or from -1 to -{len(names)}"
        raise InputError(f"{table}: {must_be(f'the {role}', expected, number)}")
    return names[number - 1 if number > 0 else number]


def has_target(cells: pl.Series) -> NDArray[np.bool_]:
    """Tell which rows have a target: a cell that is neither missing nor an infinite number."""
    if cells.dtype.is_float():
        return np.isfinite(cells.cast(pl.Float64).fill_null(np.nan).to_numpy())
    read = plain(cells) if cells.dtype == pl.String else cells
    return read.is_not_null().to_numpy()


def target_of(cells: pl.Series, task: Kind | None, table: str, lines: NDArray[np.int64] | None = None) -> Target:
    """Return classes or numbers of rows that all have a target.

    Words and booleans are classes, as are two different numbers, or up to 30 different whole ones; other numbers are
    what a regression predicts.

    Args:
        cells: of shape (N,).
        task: which of both; told from the cells if not given.
        table: its name, for the messages.
        lines: number of the line that each cell stands in, for the messages.

    Raises:
        InputError: the rows are too few, the target is constant, its classes are too many, or it is no number where
            one is wanted.
    """
    name = f'the target "{brief(cells.name)}"'
    if len(cells) < FEWEST:
        raise InputError(f"{table}: {must_be('the rows with a target', f'{FEWEST} or more', f'{len(cells)}')}")
    if cells.dtype.is_nested() or cells.dtype in (pl.Date, pl.Datetime, pl.Time, pl.Object, pl.Binary):
        raise InputError(f"{table}: {must_be(name, 'a class or a number', f'cells of the kind {cells.dtype}')}")
    values = measured(cells) if cells.dtype != pl.Boolean else np.full(len(cells), np.nan)
    declared = cells.dtype in (pl.Categorical, pl.Enum) and task != "regression"  # words, whatever they look like
    is_number = not np.isnan(values).any() and not declared
    distinct = np.unique(values) if is_number else np.array(sorted(set(plain(cells))), dtype=object)
    if len(distinct) < 2:
        only = f'"{brief(_shown(distinct[0]))}"' if len(distinct) else "none"
        expected, found = "of two different values or more", f"only {only} in {len(cells):,} rows"
        raise InputError(f"{table}: {must_be(name, expected, found, 'Name another column with --target')}")
    guessed, why = _guess(values, distinct, is_number=is_number)
    if task is None and not is_number and not declared and _is_nearly_number(values):
        odd = np.flatnonzero(np.isnan(values))
        found = f'"{brief(str(cells[int(odd[0])]))}"' + (f" there, {len(odd):,} in all" if len(odd) > 1 else "")
        expected = must_be(name, "a finite number, as nearly all of its cells are", found,
                           "Mend it, or say --task classification")  # fmt: skip
        raise InputError(f"{table}, {_where(int(odd[0]), lines)}: {expected}")
    if (task or guessed) == "regression":
        if not is_number:
            row = int(np.isnan(values).argmax())
            found = f'"{brief(str(cells[row]))}"'
            raise InputError(f"{table}, {_where(row, lines)}: {must_be(name, 'a number for a regression', found)}")
        said = "" if task else f", since it has {why}; --task classification takes each as a class"
        return Target(values, (), f"{_capital(name)} is a number to predict{said}.")
    if len(distinct) > len(cells) / 2:
        remedy = "Name another column with --target" + (", or say --task regression" if is_number else "")
        found = f"{len(distinct):,} in {len(cells):,} rows: it looks like {_looks(cells, is_number=is_number)}"
        raise InputError(f"{table}: {must_be(name, 'of classes of two rows or more, on average', found, remedy)}")
    codes, classes = _classes(cells, values, distinct, is_number=is_number)
    said = "" if task or not is_number else f", since it has {why}; --task regression takes them as numbers"
    return Target(codes, classes, f"{_capital(name)} has {len(classes):,} classes{said}.")


def _is_nearly_number(values: NDArray[np.float64]) -> bool:
    """Tell whether a target would be a number to predict, were it not for a few of its cells."""
    known = values[~np.isnan(values)]
    if len(known) < NEARLY * len(values):
        return False
    return _guess(known, np.unique(known), is_number=True)[0] == "regression"


def _looks(cells: pl.Series, *, is_number: bool) -> str:
    """Return what a target may be of which nearly every row has a class of its own."""
    if is_number:
        return "an id or a number to predict"
    known = plain(cells)
    if date_form(known)[0]:
        return "dates"
    return "free text" if wordy(known) else "an id"


def _where(row: int, lines: NDArray[np.int64] | None) -> str:
    return f"line {lines[row]}" if lines is not None else f"row {row + 1}"


def _guess(values: NDArray[np.float64], distinct: NDArray[np.generic], *, is_number: bool) -> tuple[Kind, str]:
    """Return what the target is taken for, and why."""
    if not is_number:
        return "classification", "words"
    kinds = f"{len(distinct):,} different numbers"
    if len(distinct) == 2:
        return "classification", kinds
    if (values % 1).any():
        return "regression", f"{kinds}, not all of them whole"
    few = len(distinct) <= min(MOST_CLASSES, len(values) / _MASSES)
    return ("classification" if few else "regression"), f"{kinds}, all of them whole"


def _classes(
    cells: pl.Series, values: NDArray[np.float64], distinct: NDArray[np.generic], *, is_number: bool
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    if is_number:
        return np.searchsorted(distinct, values).astype(np.int64), tuple(map(_shown, distinct))
    names = [str(name) for name in distinct]
    return plain(cells).cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy(), tuple(names)


def _shown(value: object) -> str:
    """Return a class's name: a whole number without a point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
