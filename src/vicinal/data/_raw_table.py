"""A table as it was read: cells in columns, and whatever was guessed on the way."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class RawTable:
    """N rows of cells, before it is known what the columns are.

    Args:
        name: what the table is called.
        columns: the cells; String columns from text, typed ones from Parquet or frames; null where missing.
        lines: number of the line that each row stands in, from 1, of shape (N,); None where there are no lines.
        notes: every guess that was made, one sentence each.
        empty: names of the columns in which nothing stands, which are left out.
    """

    name: str
    columns: pl.DataFrame
    lines: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
