"""Columns that a net cannot be trained on as they are: said, not changed."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LARGE, SMALL = 100.0, 0.01
MOST = 3
"""How many columns are named."""


class WildScales(UserWarning):
    """Columns are so large or so small that a net learns little from the others, or from these."""


def warn_of_wild_scales(x: NDArray[np.floating], names: Sequence[str] | None) -> None:
    """Warn where the root mean square of a column is above 100, or below 0.01 without being 0.

    Args:
        x: finite inputs of shape (N, D).
        names: the D columns' names; they are counted from 0 if not given.
    """
    size = np.sqrt(np.mean(np.square(x, dtype=np.float64), axis=0))
    wild = np.flatnonzero((size > LARGE) | ((size < SMALL) & (size > 0)))
    if not wild.size:
        return
    told = [f"{column if names is None else repr(names[column])} ({size[column]:.3g})" for column in wild[:MOST]]
    more = f" and {wild.size - MOST} more" if wild.size > MOST else ""
    what = f"the root mean square of {'column' if wild.size == 1 else 'columns'} {', '.join(told)}{more}"
    warnings.warn(
        f"{what} is outside {SMALL:g} to {LARGE:g}; a net learns little from such columns: put a StandardScaler before"
        " this estimator, make_pipeline(StandardScaler(), ...).",
        WildScales,
        stacklevel=5,  # where fit or partial_fit was called
    )
