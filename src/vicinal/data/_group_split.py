"""Whole groups of rows on one side of a division, in parts whose sizes are the same for every seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal.data._split import Rows, cut
from vicinal.vicinity import seed_of

DRAWN = 16
"""Divisions that a seed draws at least, to take the one whose classes are nearest to the whole table's."""
TRIED = 16
"""Seeds that are tried to see what sizes any seed can have."""


@dataclass(frozen=True, eq=False)
class GroupSplit:
    """Divides groups at random into rows that are tested on, validated on and trained on.

    A seed lays the groups in random orders. In each the first ones, as many as come nearest to the wanted number of
    rows, are tested on, the next validated on, the others trained on. Of the orders whose parts are large enough it
    takes the one whose classes are nearest to those of all rows. What a part then has too many is left out at random,
    class by class, so that every seed has parts of the same :attr:`sizes`, which follow from the groups alone.

    Args:
        groups: group of each row, of shape (N,).
        strata: class of each row, of shape (N,).
        shares: of all rows that are tested on, in (0, 1), and that are validated on, in [0, 1).

    Raises:
        InputError: there are fewer groups than parts.
    """

    groups: NDArray[np.int64]
    strata: NDArray[np.int64]
    shares: tuple[float, float]

    def __post_init__(self) -> None:
        needed = 2 + (self.shares[1] > 0)
        if len(self._sizes) < needed:
            found = f"{len(self._sizes)}"
            raise InputError(must_be("the groups", f"{needed} or more, one for each part", found, "Leave out --group"))

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Rows that every seed trains on, validates on and tests on: the fewest of some seeds, each near its share."""
        nearest = [min(_first(self._drawn(-1 - s), DRAWN), key=self._distance) for s in range(TRIED)]
        return np.min([self._filled(sides) for sides in nearest], axis=0)

    def rows(self, seed: int) -> Rows:
        """Return the rows of the three parts for a seed, ascending."""
        drawn = self._drawn(seed)
        large = [sides for sides in _first(drawn, DRAWN) if self._large(sides)]
        large = large or [next(sides for sides in drawn if self._large(sides))]
        sides = min(large, key=self._unlikeness)[self._codes]
        random = np.random.default_rng(seed_of("groups", "left out", seed))
        return Rows(*(self._trimmed(np.flatnonzero(sides == side), int(self.sizes[side]), random) for side in range(3)))

    @cached_property
    def _codes(self) -> NDArray[np.int64]:
        return np.unique(self.groups, return_inverse=True)[1]

    @cached_property
    def _sizes(self) -> NDArray[np.int64]:
        return np.bincount(self._codes)

    @property
    def _wanted(self) -> tuple[int, int]:
        test, valid = (round(share * len(self.groups)) for share in self.shares)
        return max(1, test), max(int(self.shares[1] > 0), valid)

    def _drawn(self, seed: int) -> Iterator[NDArray[np.int64]]:
        """Yield the side of each group in one random division after the other: 0 train, 1 valid, 2 test."""
        random = np.random.default_rng(seed_of("groups", seed))
        (test, valid), most = self._wanted, len(self._sizes) - 1
        while True:
            order = random.permutation(len(self._sizes))
            filled = np.cumsum(self._sizes[order])
            first = _nearest(filled[: most - (valid > 0)], test)
            second = first + _nearest(filled[first:most] - filled[first - 1], valid) if valid else first
            sides = np.zeros(len(order), dtype=np.int64)
            sides[order[:first]], sides[order[first:second]] = 2, 1
            yield sides

    def _filled(self, sides: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(sides, weights=self._sizes, minlength=3).astype(np.int64)

    def _distance(self, sides: NDArray[np.int64]) -> int:
        """Return by how many rows a division misses the wanted sizes, in the part where it is most."""
        test, valid = self._wanted
        _, has_valid, has_test = self._filled(sides)
        return int(max(abs(has_test - test), abs(has_valid - valid)))

    def _large(self, sides: NDArray[np.int64]) -> bool:
        return bool((self._filled(sides) >= self.sizes).all())

    def _unlikeness(self, sides: NDArray[np.int64]) -> float:
        """Return how far the classes of validation and test part are from those of all rows (a χ² of the shares)."""
        classes = int(self.strata.max()) + 1
        counts = np.bincount(sides[self._codes] * classes + self.strata, minlength=3 * classes).reshape(3, classes)
        expected = np.outer(counts.sum(1), counts.sum(0)) / counts.sum()
        return float((np.square(counts - expected) / np.maximum(expected, 1e-9))[1:].sum())

    def _trimmed(self, rows: NDArray[np.int64], size: int, random: np.random.Generator) -> NDArray[np.int64]:
        return cut(rows, self.strata, size, random)[1] if size < len(rows) else rows


def _first(drawn: Iterator[NDArray[np.int64]], n: int) -> Iterator[NDArray[np.int64]]:
    return (next(drawn) for _ in range(n))


def _nearest(filled: NDArray[np.int64], wanted: int) -> int:
    """Return how many groups come nearest to the wanted number of rows, one or more."""
    return 1 + int(np.abs(filled - wanted).argmin())
