"""Which rows are trained on, validated on and tested on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be

FEWEST_TO_STRATIFY = 3  # a class with fewer rows cannot be in all three parts


@dataclass(frozen=True, eq=False)
class Rows:
    """Row numbers of the three parts, ascending; together they are every row once."""

    train: NDArray[np.int64]
    valid: NDArray[np.int64]
    test: NDArray[np.int64]


def split(target: NDArray[np.int64], *, seed: int, test_share: float, valid_share: float) -> Rows:
    """Divide the rows at random, class by class; the sizes of the parts depend on the number of rows only.

    Args:
        target: class of each row, of shape (N,).
        seed: fixes the division; at least 0.
        test_share: share of all rows that are tested on, in (0, 1).
        valid_share: share of the others that are validated on, in [0, 1).

    Raises:
        InputError: there are too few rows for three parts.
    """
    check_shares(test_share, valid_share)
    n_test = round(test_share * len(target))
    n_rest = len(target) - n_test
    n_valid = round(valid_share * n_rest)
    if n_test == 0 or n_valid == n_rest or (n_valid == 0 and valid_share > 0):
        raise InputError(must_be("a table", "long enough to be divided", f"{len(target)} rows", "Give it more rows"))
    random = np.random.default_rng(seed)
    rest, test = cut(np.arange(len(target)), target, n_test, random)
    train, valid = cut(rest, target, n_valid, random) if n_valid else (rest, rest[:0])
    return Rows(train, valid, test)


def check_shares(test_share: float, valid_share: float) -> None:
    """See that two shares are such as rows can be divided by."""
    if not 0 < test_share < 1:
        raise ValueError(must_be("test_share", "in (0, 1)", test_share))
    if not 0 <= valid_share < 1:
        raise ValueError(must_be("valid_share", "in [0, 1)", valid_share))


def cut(
    rows: NDArray[np.int64], target: NDArray[np.int64], size: int, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut some rows off by systematic sampling; return the others and these, both in the order they had.

    The classes are laid end to end, each in random order, and rows are taken at equal distances from a random start.
    Thus every row is taken with probability size/N, and of every class its share, rounded up or down. Classes with
    fewer than three rows are laid together as if they were one. (scikit-learn's stratified splitters would refuse a
    class with one row, and parts with fewer rows than classes.)

    Args:
        rows: numbers of N rows.
        target: class of each row of the table.
        size: how many to take, in [1, N].
        random: source of randomness.

    Source: Madow and Madow 1944, On the theory of systematic sampling.
    """
    n = len(rows)
    _, codes, counts = np.unique(target[rows], return_inverse=True, return_counts=True)
    strata = np.where(counts[codes] < FEWEST_TO_STRATIFY, -1, codes)
    shuffled = random.permutation(n)
    laid = shuffled[np.argsort(strata[shuffled], kind="stable")]
    taken = np.zeros(n, dtype=bool)
    taken[laid[(np.arange(size) * n + random.integers(n)) // size]] = True
    return rows[~taken], rows[taken]
