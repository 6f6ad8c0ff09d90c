"""Which rows of somebody's table are trained, validated and tested on: at random, by groups, by time, or as given."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal.data._group_split import GroupSplit
from vicinal.data._split import Rows, check_shares, cut, split
from vicinal.vicinity import seed_of


@dataclass(frozen=True, eq=False)
class Division:
    """How the rows of a table are divided; the sizes of the parts are the same for every seed.

    Args:
        strata: class of each row, of shape (N,), all 0 where there are none.
        groups: group of each row, of shape (N,): no group is in two parts.
        times: time of each row, of shape (N,): what is tested on is later than all else, and what is validated on
            later than what is trained on. Nothing is random then.
        test: which rows are tested on, bool of shape (N,); a share of them all if not given.
        test_share: that share, in (0, 1).
        valid_share: share of the other rows that are validated on, in [0, 1).
    """

    strata: NDArray[np.int64]
    groups: NDArray[np.int64] | None = None
    times: NDArray[np.float64] | None = None
    test: NDArray[np.bool_] | None = None
    test_share: float = 0.25
    valid_share: float = 0.2

    def __post_init__(self) -> None:
        check_shares(self.test_share, self.valid_share)

    def rows(self, seed: int) -> Rows:
        """Return the rows of the three parts, each in ascending order.

        Raises:
            InputError: there are too few rows, groups or times for three parts.
        """
        if self.test is not None:
            return self._rest_divided(self.test, seed)
        if self.times is not None:
            return self._by_time(self.times)
        if self.groups is not None:
            return self._by_group.rows(seed)
        return split(self.strata, seed=seed, test_share=self.test_share, valid_share=self.valid_share)

    @cached_property
    def _by_group(self) -> GroupSplit:
        assert self.groups is not None
        shares = (self.test_share, (1 - self.test_share) * self.valid_share)
        return GroupSplit(self.groups, self.strata, shares)

    def _by_time(self, times: NDArray[np.float64]) -> Rows:
        order = np.argsort(times, kind="stable")
        rest, test = _latest(order, times, self.test_share)
        train, valid = _latest(rest, times, self.valid_share) if self.valid_share else (rest, rest[:0])
        return Rows(np.sort(train), np.sort(valid), np.sort(test))

    def _rest_divided(self, test: NDArray[np.bool_], seed: int) -> Rows:
        """Return the rows where the test part is given: the others are divided as the whole table would be."""
        rest, tested = np.flatnonzero(~test), np.flatnonzero(test)
        size = round(self.valid_share * len(rest))
        if not len(tested) or size == len(rest) or (size == 0 and self.valid_share > 0):
            found = f"{len(rest)} rows to train on and {len(tested)} to test on"
            raise InputError(must_be("a table", "long enough to be divided", found, "Give it more rows"))
        if not size:
            return Rows(rest, rest[:0], tested)
        if self.times is not None:
            train, valid = _latest(rest[np.argsort(self.times[rest], kind="stable")], self.times, self.valid_share)
        elif self.groups is not None:
            found = self._rest_by_group.rows(seed)
            train, valid = rest[found.train], rest[found.test]
        else:
            train, valid = cut(rest, self.strata, size, np.random.default_rng(seed))
        return Rows(np.sort(train), np.sort(valid), tested)

    @cached_property
    def _rest_by_group(self) -> GroupSplit:
        assert self.groups is not None
        assert self.test is not None
        rest = ~self.test
        return GroupSplit(self.groups[rest], self.strata[rest], (self.valid_share, 0.0))


def fewer(rows: Rows, strata: NDArray[np.int64], wanted: int, seed: int) -> Rows:
    """Return the parts with so many of the rows trained on, of every class its share, rounded up or down.

    Raises:
        InputError: there are fewer than that.
    """
    n = len(rows.train)
    if not 1 <= wanted <= n:
        raise InputError(must_be("the number of rows to train on", f"in [1, {n}], all of them", wanted))
    random = np.random.default_rng(seed_of("rows", "train", seed))
    return rows if wanted == n else replace(rows, train=cut(rows.train, strata, wanted, random)[1])


def _latest(
    order: NDArray[np.int64], times: NDArray[np.float64], share: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut the latest share off rows in their order of time; rows of one time stay together, so it may be more or less.

    Raises:
        InputError: all rows have one time.
    """
    wanted = len(order) - round(share * len(order))
    changes = 1 + np.flatnonzero(np.diff(times[order]) > 0)
    if not len(changes):
        raise InputError(
            must_be("the times", "three different ones or more, to be divided", "fewer", "Leave out --time")
        )
    at = int(changes[np.abs(changes - wanted).argmin()])
    return order[:at], order[at:]
