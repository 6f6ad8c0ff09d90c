"""What a column of somebody's table is: numbers, a boolean, dates, categories, or nothing that a net can learn from."""

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from vicinal.data._column import Column, brief, days, measured, plain

LEVELS = 30
"""Categories of a column that are told apart; of more the commonest are, and the others are taken together."""
WORDS = 3.0
"""Words in a cell, on average, from which on cells that nearly all differ are free text."""
FEWEST_TO_COUNT = 10
"""Rows from which on consecutive numbers are taken for running ones."""
NEARLY = 0.9
"""Share of numbers among the cells from which on the others are pointed out."""
_BOOLEANS = ({"false", "true"}, {"no", "yes"}, {"f", "t"}, {"n", "y"}, {"off", "on"})
_ID = re.compile(r"(?i:(^|[\W_])(id|uuid|guid|key|index|idx|no|nr|number|code)$)|(?<=[a-z])(Id|ID)$|^(Unnamed: 0)?$")
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y",
          "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y")  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", "T%H:%M", "T%H:%M:%S", "T%H:%M:%S%.f", "T%H:%M:%S%#z",
          "T%H:%M:%S%.f%#z", " %H:%M:%S%#z")  # fmt: skip
_LOOKS = re.compile(
    r"^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}|[A-Za-z]{3,9} \d{1,2}, \d{4})"
)
_SAMPLE = 100


@dataclass(frozen=True)
class Told:
    """What a column was told to be.

    Args:
        column: how it is read; None where it is left out.
        why: why it is left out, in a word or two; "" where it is not.
        note: what was decided about it, and could be otherwise.
        warning: what is doubtful about it.
    """

    column: Column | None = None
    why: str = ""
    note: str = ""
    warning: str = ""


def told(cells: pl.Series, lines: np.ndarray | None = None) -> Told:
    """Tell what a column is.

    Args:
        cells: of shape (N,), of the rows that have a target.
        lines: number of the line that each cell stands in, for the warning.
    """
    kind = cells.dtype
    if cells.null_count() == len(cells):
        return Told(why="empty")
    if kind.is_nested() or kind in (pl.Object, pl.Binary):
        return Told(why="neither numbers nor words")
    if kind in (pl.Date, pl.Datetime):
        return _dated(cells, "")
    if kind.is_numeric() or kind in (pl.Duration, pl.Time):
        return _numbered(cells)
    if kind in (pl.Categorical, pl.Enum):
        return _categorical(plain(cells))
    return _read(cells, lines)


def _categorical(read: pl.Series) -> Told:
    """Tell of a column whose owner says that it is one of words, whatever they look like."""
    known = read.drop_nulls()
    distinct = known.n_unique()
    if distinct == 1 and len(known) == len(read):
        return Told(why="constant")
    return _boolean(read.name, known, distinct) or _categorised(read.name, known, distinct)


def _read(cells: pl.Series, lines: np.ndarray | None) -> Told:
    if cells.dtype == pl.String and cells.cast(pl.Float64, strict=False).null_count() == cells.null_count():
        return _numbered(cells)  # which most columns are, and what follows takes ten times as long
    read = plain(cells)
    known = read.drop_nulls()
    distinct = known.n_unique()
    if not len(known):
        return Told(why="empty")
    if distinct == 1 and len(known) == len(cells):
        return Told(why="constant")
    is_number = known.cast(pl.Float64, strict=False).is_not_null()
    if is_number.all():
        return _numbered(read)
    if boolean := _boolean(cells.name, known, distinct):
        return boolean
    form, other = date_form(known)
    if form:
        note = f'The dates of {brief(cells.name)} are read as "{form}"; "{other}" would fit too.' if other else ""
        return _dated(read, form, note)
    warning = _odd_ones(read, is_number, lines) if is_number.mean() >= NEARLY else ""  # pyright: ignore[reportOperatorIssue]
    told_apart = _categorised(cells.name, known, distinct)
    return Told(told_apart.column, told_apart.why, told_apart.note, warning)


def _boolean(name: str, known: pl.Series, distinct: int) -> Told | None:
    levels = set(known.unique().str.to_lowercase()) if distinct <= 4 else set()
    if levels not in _BOOLEANS:
        return None
    return Told(Column(name, "boolean", words=tuple(sorted(levels, key=_truth))))


def _numbered(cells: pl.Series) -> Told:
    values = measured(cells)
    known = values[~np.isnan(values)]
    lost = len(cells) - cells.null_count() - len(known)
    note = f"{lost} cells of {brief(cells.name)} are no finite numbers in float32: taken as missing." if lost else ""
    if not len(known):
        return Told(why="no finite number", note=note)
    low, high = float(known.min()), float(known.max())
    if low == high:
        return Told(why="constant", note=note)
    if len(known) == len(cells) >= FEWEST_TO_COUNT and not (known % 1).any():
        consecutive = high - low == len(known) - 1
        named = _ID.search(cells.name) is not None
        if (consecutive or named) and len(np.unique(known)) == len(known):
            # by the name first, lest one column be called one thing in all rows and another in some of them
            return Told(why="a number of its own for each row" if named else "a running number")
    return Told(Column(cells.name, "number"), note=note)


def _dated(cells: pl.Series, form: str, note: str = "") -> Told:
    dates = days(cells, form)
    known = dates[~np.isnan(dates)]
    if not len(known):
        return Told(why="no date")
    if known.min() == known.max():
        return Told(why="constant")
    return Told(Column(cells.name, "date", form=form, origin=float(known.min())), note=note)


def _categorised(name: str, known: pl.Series, distinct: int) -> Told:
    share = distinct / len(known)
    if distinct == len(known) > 1 or (distinct > LEVELS and share >= 0.5):
        return Told(why="free text" if wordy(known) else "unique" if distinct == len(known) else "nearly unique")
    if distinct <= LEVELS:
        return Told(Column(name, "category"))
    counts = known.alias("word").value_counts(name="cells").sort(["cells", "word"], descending=[True, False])
    counts = counts.head(LEVELS)
    kept = tuple(sorted(counts["word"].to_list()))
    other = "other"
    while other in kept:
        other = f"({other})"
    share = 100 * counts["cells"].sum() / len(known)
    told_apart = f"the {LEVELS} commonest ({share:.0f} % of its cells) are told apart"
    note = f"{brief(name)} has {distinct:,} categories: {told_apart}, the others taken together."
    return Told(Column(name, "category", words=kept, other=other), note=note)


def wordy(known: pl.Series) -> bool:
    """Tell whether cells, if nearly all of them differ, are free text."""
    return bool(known.str.count_matches(r"\s+").mean() + 1 >= WORDS)  # pyright: ignore[reportOperatorIssue]


def date_form(known: pl.Series) -> tuple[str, str]:
    """Return the form that all cells are dates of, and another one that fits as well; "" where there is none."""
    sample = known.head(_SAMPLE)
    if not all(_LOOKS.match(cell) for cell in sample):
        return "", ""
    forms = [date + time for time in _TIMES for date in _DATES]
    fitting = [form for form in forms if _fits(sample, form) and _fits(known, form)]
    if not fitting:
        return "", ""
    first = days(known, fitting[0])
    return fitting[0], next((form for form in fitting[1:] if (days(known, form) != first).any()), "")


def _fits(cells: pl.Series, form: str) -> bool:
    return not np.isnan(days(cells, form)).any()


def _odd_ones(read: pl.Series, is_number: pl.Series, lines: np.ndarray | None) -> str:
    """Return the sentence about the few cells that make a column of numbers one of words."""
    row = int((read.is_not_null() & read.cast(pl.Float64, strict=False).is_null()).arg_max() or 0)
    where = f"in line {lines[row]}" if lines is not None else f"in row {row + 1}"
    odd = f"{int((~is_number).sum()):,} of {len(is_number):,} cells of {brief(read.name)}"
    first = f'the first "{brief(str(read[row]))}" {where}'
    return f"{odd} are no numbers ({first}), so it is taken as a column of words: mend them if it is one of numbers."


def _truth(word: str) -> bool:
    return word in {"true", "yes", "t", "y", "on"}
