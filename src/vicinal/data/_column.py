"""How the cells of one column become numbers or words: the same way in the table trained on and in a later file."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from vicinal._errors import must_be
from vicinal.data._picture import shown
from vicinal.data._prepare import MISSING

Kind = Literal["number", "boolean", "date", "category"]
LARGEST = float(np.finfo(np.float32).max)
"""Nets count in float32."""
_DAY = 86_400.0
_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f")
_LETTERS = 40
YEARS = (1000, 2999)
"""A date of another year was written in another form."""


@dataclass(frozen=True)
class Column:
    """One column that a net takes, and what has to be known to read it.

    Args:
        name: of the column in the file.
        kind: what its cells are.
        form: how a date is written; "" where it comes as a date.
        words: of a boolean the two, the false one first; of a category those that are told apart, where all the others
            are taken together.
        other: what these others are called; "" where all words are told apart.
        origin: of a date: the day that is counted from, in days since 1970.
    """

    name: str
    kind: Kind
    form: str = ""
    words: tuple[str, ...] = ()
    other: str = ""
    origin: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(must_be("the kind of a column", f"one of {', '.join(get_args(Kind))}", self.kind))

    def settings(self) -> dict[str, Any]:
        """Return its fields as plain JSON."""
        return {**asdict(self), "words": list(self.words)}

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Column":
        """Return the column of these settings."""
        return cls(**{**settings, "words": tuple(settings["words"])})


def numbers(cells: pl.Series, column: Column) -> NDArray[np.float64]:
    """Return the numbers of a column that is no category, of shape (N,); NaN where a cell is missing or is none.

    Numbers beyond float32 are none. A boolean is 0 or 1, a date the days since its origin.
    """
    if column.kind == "date":
        return days(cells, column.form) - column.origin
    if column.kind == "boolean":
        lower = plain(cells).str.to_lowercase()
        values = [pl.when(lower == word).then(pl.lit(float(place))) for place, word in enumerate(column.words)]
        return pl.select(pl.coalesce(*values)).to_series().fill_null(np.nan).to_numpy()
    return measured(cells)


def measured(cells: pl.Series) -> NDArray[np.float64]:
    """Return cells as numbers, of shape (N,); NaN for what is missing, no number, or too large for a net."""
    if cells.dtype == pl.Duration:
        cells = cells.dt.total_microseconds() / 1e6
    elif cells.dtype == pl.Time:
        cells = cells.cast(pl.Int64) / 1e9
    elif not cells.dtype.is_numeric() and cells.dtype not in (pl.Boolean, pl.String):
        cells = plain(cells)
    read = cells.cast(pl.Float64, strict=False)
    if cells.dtype == pl.String and read.null_count() > cells.null_count():  # polars takes no number with blanks
        read = plain(cells).cast(pl.Float64, strict=False)
    values = read.to_numpy(writable=True)  # with NaN where there is null
    values[~(np.abs(values) <= LARGEST)] = np.nan
    return values


def days(cells: pl.Series, form: str) -> NDArray[np.float64]:
    """Return dates as days since 1970, of shape (N,); NaN for what is missing or is no date of this form.

    Text is read in ISO's form where the form is "": then the dates came as such in the table that was trained on.
    """
    if cells.dtype not in (pl.Date, pl.Datetime):
        read = plain(cells)
        forms = [form] if form else _ISO
        cells = pl.select(pl.coalesce(read.str.to_datetime(each, strict=False) for each in forms)).to_series()
    dates = cells.cast(pl.Datetime("us")) if cells.dtype == pl.Date else cells
    years = dates.dt.year()
    seconds = dates.dt.epoch("us") / 1e6
    known = pl.select(pl.when(years.is_between(*YEARS)).then(seconds)).to_series()
    return known.fill_null(np.nan).to_numpy() / _DAY


def words(cells: pl.Series, column: Column) -> NDArray[np.object_]:
    """Return the words of a category, of shape (N,); "" where a cell is missing."""
    read = plain(cells)
    if column.other:
        read = pl.select(pl.when(read.is_in(list(column.words)) | read.is_null()).then(read)
                         .otherwise(pl.lit(column.other))).to_series()  # fmt: skip
    return shared(read)


def shared(cells: pl.Series) -> NDArray[np.object_]:
    """Return words of which equal ones are one object, since a string takes fifty bytes; "" for null."""
    names = sorted(cells.drop_nulls().unique().to_list())
    codes = cells.cast(pl.Enum(names)).to_physical().cast(pl.Int64).fill_null(len(names)).to_numpy()
    return np.array([*names, MISSING], dtype=object)[codes]


def plain(cells: pl.Series) -> pl.Series:
    """Return cells of any kind as strings without the blanks around them; null where there is nothing else."""
    if cells.dtype.is_nested() or cells.dtype in (pl.Duration, pl.Binary, pl.Object):  # polars makes no strings of them
        read = pl.Series(cells.name, [None if cell is None else str(cell) for cell in cells], dtype=pl.String)
    else:
        read = cast("pl.Series", cells.cast(pl.String))
    read = read.str.strip_chars()
    return pl.select(pl.when(read != "").then(read)).to_series()


def brief(text: str) -> str:
    """Return a name or a cell as it fits into a sentence: in one line, printable, of 40 letters at most."""
    line = shown(" ".join(text.split()))
    return line if len(line) <= _LETTERS else f"{line[:_LETTERS]}…"
