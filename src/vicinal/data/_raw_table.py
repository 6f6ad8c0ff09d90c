"""A table as it was read: cells in columns, and whatever was guessed on the way."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal.data._picture import shown


def check_names(table: str, names: Iterable[str]) -> None:
    """See that polars takes no column's name for a pattern of names.

    Args:
        table: what the table is called.
        names: of its columns.

    Raises:
        InputError: it would take one so.
    """
    strange = next((name for name in names if name.startswith("^") and name.endswith("$")), None)
    if strange is not None:
        expected = must_be(
            "the name of a column", "one that does not both begin with ^ and end in $", f'"{shown(strange)}"'
        )
        raise InputError(f"{table}: {expected} Rename it.")


@dataclass(frozen=True, eq=False)
class RawTable:
    """N rows of cells, before it is known what the columns are.

    Args:
        name: what the table is called.
        columns: the cells; String columns from text, typed ones from Parquet or frames; null where missing.
        lines: number of the line that each row stands in, from 1, of shape (N,); None where there are no lines.
        notes: every guess that was made, one sentence each.
        every: names of all columns of the file, in its order, also of those in which nothing stands, which ``columns``
            lacks; those of ``columns`` if not given.
    """

    name: str
    columns: pl.DataFrame
    lines: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()
    every: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "every", self.every or tuple(self.columns.columns))

    @property
    def empty(self) -> tuple[str, ...]:
        """Names of the columns in which nothing stands."""
        there = set(self.columns.columns)
        return tuple(name for name in self.every if name not in there)
