"""Which rows are trained on, validated on and tested on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit

from vicinal._errors import InputError, must_be

FEWEST_TO_STRATIFY = 3  # a class with fewer rows cannot be in all three parts


@dataclass(frozen=True, eq=False)
class Rows:
    """Row numbers of the three parts, ascending; together they are every row once."""

    train: NDArray[np.int64]
    valid: NDArray[np.int64]
    test: NDArray[np.int64]


def split(target: NDArray[np.int64], *, seed: int, test_share: float, valid_share: float) -> Rows:
    """Divide the rows by chance, class by class; the sizes of the parts depend on the number of rows only.

    Classes with fewer than three rows are not stratified: each of their rows falls into a part with the probability
    that chance alone gives it, and the other classes fill the part up to its size.

    Args:
        target: class of each row, of shape (N,).
        seed: fixes the division; at least 0.
        test_share: share of all rows that are tested on, in (0, 1).
        valid_share: share of the others that are validated on, in [0, 1).

    Raises:
        InputError: there are too few rows for the number of classes.
    """
    if not 0 < test_share < 1:
        raise ValueError(must_be("test_share", "in (0, 1)", test_share))
    if not 0 <= valid_share < 1:
        raise ValueError(must_be("valid_share", "in [0, 1)", valid_share))
    test_seeds, valid_seeds = np.random.SeedSequence(seed).generate_state(4).reshape(2, 2).tolist()
    rest, test = _cut(np.arange(len(target)), target, round(test_share * len(target)), test_seeds)
    if valid_share == 0:
        return Rows(rest, rest[:0], test)
    train, valid = _cut(rest, target, round(valid_share * len(rest)), valid_seeds)
    return Rows(train, valid, test)


def _cut(
    rows: NDArray[np.int64], target: NDArray[np.int64], size: int, seeds: list[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut ``size`` of the rows off; return the others and these."""
    if not 0 < size < len(rows):
        raise InputError(must_be("the table", "long enough to be divided", f"{len(rows)} rows", "Give it more rows"))
    labels, counts = np.unique(target[rows], return_counts=True)
    common = np.isin(target[rows], labels[counts >= FEWEST_TO_STRATIFY])
    chance = ShuffleSplit(n_splits=1, test_size=size, random_state=seeds[0])
    cut = np.zeros(len(rows), dtype=bool)
    cut[next(chance.split(rows))[1]] = True
    if common.any():
        # Only the rare rows keep the side that chance gave them.
        cut[common] = _stratified(target[rows[common]], size - int(cut[~common].sum()), seeds[1])
    return rows[~cut], rows[cut]


def _stratified(target: NDArray[np.int64], size: int, seed: int) -> NDArray[np.bool_]:
    """Mark ``size`` rows, of each class its share."""
    classes = len(np.unique(target))
    if min(size, len(target) - size) < classes:
        raise InputError(
            must_be(
                "the table",
                "long enough to be divided by class",
                f"{len(target)} rows of {classes} classes",
                "Give it more rows, or fewer classes",
            )
        )
    cut = np.zeros(len(target), dtype=bool)
    splitter = StratifiedShuffleSplit(n_splits=1, test_size=size, random_state=seed)
    cut[next(splitter.split(target, target))[1]] = True
    return cut
