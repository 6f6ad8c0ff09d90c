"""A table's columns as numbers for a net; what is fitted is fitted on the rows trained on only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import StandardScaler

MISSING = ""  # a missing category; a missing number is NaN
_BLOCK = 64
"""Columns, or thousands of cells, that are worked on at a time: scikit-learn's copies are six times the table."""

Categories = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Scale:
    """What is known of P columns of numbers from the rows trained on; all of shape (P,).

    Args:
        medians: what a missing number is taken as.
        means: what is taken off.
        deviations: what is divided by.
        varies: 1, or 0 for a column that was constant where it was trained on. It has no scale: another value of it
            would come through in its own unit, hundreds of deviations away.
    """

    medians: NDArray[np.float64]
    means: NDArray[np.float64]
    deviations: NDArray[np.float64]
    varies: NDArray[np.float64]

    def of(self, numeric: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return numbers of shape (N, P), standardised, with nothing missing."""
        filled = np.where(np.isnan(numeric), self.medians, numeric)
        filled -= self.means
        filled /= self.deviations
        filled *= self.varies
        return filled


def prepare(
    numeric: NDArray[np.float64], categorical: NDArray[np.object_], fit_on: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return every row prepared: numbers imputed and standardised, categories one-hot.

    The lists of categories come from all rows, so that their columns are the same for every split; they tell nothing
    about a label. Nothing else is learned from rows outside ``fit_on``.

    Args:
        numeric: of shape (N, P); NaN where missing.
        categorical: strings of shape (N, Q); "" where missing.
        fit_on: numbers of the rows that medians, means and deviations are taken of.

    Returns:
        Shape (N, D): P numbers, then the categories column by column; D is the same for every ``fit_on``.
    """
    categories = categories_of(categorical)
    return encoded(numeric, coded(categorical, categories), scale_of(numeric, fit_on), categories)


def as_they_are(numeric: NDArray[np.float64], codes: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return every row with nothing learned: numbers unchanged, categories counted from 1, whatever is missing 0.

    Returns:
        Shape (N, P + Q).
    """
    return np.hstack([np.nan_to_num(numeric), codes + 1], dtype=np.float32)


def categories_of(categorical: NDArray[np.object_]) -> Categories:
    """Return the categories of each column, sorted."""
    return tuple(tuple(sorted(set(column) - {MISSING})) for column in categorical.T)


def coded(categorical: NDArray[np.object_], categories: Categories) -> NDArray[np.int32]:
    """Return the place of each cell among its column's categories, of shape (N, Q); −1 for what is none of them."""
    codes = np.empty(categorical.shape, dtype=np.int32)
    for column, names in enumerate(categories):
        places = {name: place for place, name in enumerate(names)}
        codes[:, column] = [places.get(word, -1) for word in categorical[:, column]]
    return codes


def scale_of(numeric: NDArray[np.float64], fit_on: NDArray[np.int64]) -> Scale:
    """Return medians, means and deviations of some rows, as scikit-learn's imputer and scaler have them.

    Where nothing is missing in the whole table the medians are those that nothing needs: NaN. Those of 10,000 columns
    take five times as long as all the rest; :func:`with_medians` adds them.
    """
    scale = Scale(*(np.full(numeric.shape[1], fill) for fill in (np.nan, np.nan, np.nan, 0.0)))
    holed = bool(np.isnan(numeric).any())
    for columns in _column_blocks(numeric.shape[1]):
        block = np.ascontiguousarray(numeric[fit_on, columns])
        if holed:
            from sklearn.impute import SimpleImputer  # takes half a second, which tables without gaps need not wait for

            imputer = SimpleImputer(strategy="median", keep_empty_features=True)
            block = imputer.fit_transform(block)
            scale.medians[columns] = imputer.statistics_
        scaler = StandardScaler()
        block = scaler.fit_transform(block)
        scale.means[columns], scale.deviations[columns] = scaler.mean_, scaler.scale_
        scale.varies[columns] = np.ptp(block, axis=0) > 0
    return scale


def with_medians(scale: Scale, numeric: NDArray[np.float64], fit_on: NDArray[np.int64]) -> Scale:
    """Return a scale that knows the medians too, for rows that are not in the table."""
    if not np.isnan(scale.medians).any():
        return scale
    medians = [np.median(numeric[fit_on, columns], axis=0) for columns in _column_blocks(numeric.shape[1])]
    return Scale(np.concatenate(medians), scale.means, scale.deviations, scale.varies)


def encoded(
    numeric: NDArray[np.float64],
    codes: NDArray[np.int32],
    scale: Scale,
    categories: Categories,
    rows: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """Return some rows, or all, with their numbers standardised and their categories one-hot, of shape (N, D).

    Args:
        numeric: of shape (N, P); NaN where missing.
        codes: of shape (N, Q); −1 where missing.
        scale: of the numbers.
        categories: of each column.
        rows: numbers of those wanted.
    """
    wanted = np.arange(len(numeric)) if rows is None else rows
    sizes = np.array([len(names) for names in categories], dtype=np.int64)
    starts = numeric.shape[1] + np.cumsum(sizes) - sizes
    x = np.zeros((len(wanted), numeric.shape[1] + int(sizes.sum())), dtype=np.float32)
    step = max(1, 1000 * _BLOCK // max(1, numeric.shape[1]))
    for first in range(0, len(wanted), step):
        some = slice(first, first + step)
        x[some, : numeric.shape[1]] = scale.of(numeric[wanted[some]])
    for column, start in enumerate(starts):
        own = codes[wanted, column]
        here = np.flatnonzero(own >= 0)
        x[here, start + own[here]] = 1
    return x


def _column_blocks(columns: int) -> Iterator[slice]:
    """Yield blocks of columns; none is of one column unless that is all, since NumPy sums such a one otherwise."""
    blocks: Sequence[NDArray[np.int64]] = np.array_split(np.arange(columns), -(-columns // _BLOCK)) if columns else []
    yield from (slice(int(block[0]), int(block[-1]) + 1) for block in blocks)
