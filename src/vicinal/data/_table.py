"""A table: columns of numbers, columns of categories, a class or a number to be predicted for each row."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data._column import Column
from vicinal.data._corrupt import corrupt_labels
from vicinal.data._divide import Division, fewer
from vicinal.data._encoding import Encoding
from vicinal.data._feed import Part
from vicinal.data._parts import Parts, Target
from vicinal.data._prepare import Categories, as_they_are, categories_of, coded, encoded, scale_of, with_medians
from vicinal.data._split import Rows
from vicinal.vicinity import seed_of

TEST_SHARE, VALID_SHARE = 0.25, 0.2
"""Of all rows those that are tested on, and of the others those that are validated on, where nobody says."""
_BLOCK = 4096
"""Rows that are hashed at a time, so that there is no second table of float64."""


@dataclass(frozen=True, eq=False)
class Table:
    """N rows with P columns of numbers, Q columns of categories and one of K classes, or a number, each.

    Args:
        name: what the table is called.
        numeric: numbers of shape (N, P); NaN where missing.
        numeric_names: the P columns' names.
        categorical: strings of shape (N, Q); "" where missing.
        categorical_names: the Q columns' names.
        target: class of each row, of shape (N,), in [0, K); for regression floating numbers, none of them missing.
        classes: the K classes' names; none for regression.
        groups: group of each row, of shape (N,): no group is in two parts.
        times: time of each row, of shape (N,): the latest rows are tested on.
        test: which rows are tested on, bool of shape (N,), where that is given.
        columns: how each column of a file becomes one of the table's, in the order numbers, categories; those of a
            table from elsewhere are read as numbers and as words.
        target_name: name of the column that is predicted; empty where nobody knows.
        notes: what was decided when the table was made, a sentence each.
        warnings: what is doubtful about it, a sentence each.

    Raises:
        ValueError: the shapes do not fit together, a class has no name, or a target or time is not finite.
    """

    name: str
    numeric: NDArray[np.float64]
    numeric_names: tuple[str, ...]
    categorical: NDArray[np.object_]
    categorical_names: tuple[str, ...]
    target: NDArray[np.int64] | NDArray[np.float64]
    classes: tuple[str, ...]
    groups: NDArray[np.int64] | None = None
    times: NDArray[np.float64] | None = None
    test: NDArray[np.bool_] | None = None
    columns: tuple[Column, ...] = ()
    target_name: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        rows = len(self.target)
        for field, shape in {
            "numeric": (rows, len(self.numeric_names)),
            "categorical": (rows, len(self.categorical_names)),
            "target": (rows,),
            **{name: (rows,) for name in ("groups", "times", "test") if getattr(self, name) is not None},
        }.items():
            if getattr(self, field).shape != shape:
                raise ValueError(must_be(field, f"of shape {shape}", getattr(self, field).shape))
        if self.is_regression:
            _check_finite("target", self.target)
        elif rows and not 0 <= self.target.min() <= self.target.max() < len(self.classes):
            raise ValueError(must_be("target", f"in [0, {len(self.classes)})", np.unique(self.target).tolist()))
        if self.times is not None:
            _check_finite("times", self.times)
        names = tuple(column.name for column in self.columns)
        if self.columns and names != self.numeric_names + self.categorical_names:
            raise ValueError(must_be("columns", "called as the table's are", f"{names}"))

    def __len__(self) -> int:
        return len(self.target)

    @property
    def is_regression(self) -> bool:
        """Whether what is predicted is a number: the target is floating and there are no classes."""
        return not self.classes and bool(np.issubdtype(self.target.dtype, np.floating))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the columns' names, the values, the target and how rows are divided, not of the table's name."""
        return self._digest

    @cached_property  # which type checkers do not take for the property that Data asks for
    def _digest(self) -> str:
        words = [self.numeric_names, self.categorical_names, self.categorical.tolist(), self.classes]
        digest = hashlib.sha256(json.dumps(words).encode())
        for first in range(0, len(self), _BLOCK):
            some = self.numeric[first : first + _BLOCK] + 0.0  # no −0
            some[np.isnan(some)] = np.nan  # and one NaN
            digest.update(some.astype("<f8").tobytes())
        digest.update((self.target + 0.0).astype("<f8").tobytes() if self.is_regression
                      else self.target.astype("<i8").tobytes())  # fmt: skip
        for name, given, kind in (
            ("groups", self.groups, "<i8"),
            ("times", self.times, "<f8"),
            ("test", self.test, "?"),
        ):
            if (
                given is not None
            ):  # so that a table without them keeps the fingerprint that it had before there were any
                digest.update(f"\0{name}\0".encode())
                digest.update((given + 0.0 if name == "times" else given).astype(kind).tobytes())
        return digest.hexdigest()

    @property
    def tested(self) -> NDArray[np.bool_] | None:
        """Which rows are tested on whatever the seed, bool of shape (N,); None where they are drawn by it."""
        if self.test is not None or self.times is None:
            return self.test
        return np.isin(np.arange(len(self)), self._divided(0, (TEST_SHARE, VALID_SHARE)).test)

    def parts(
        self,
        *,
        seed: int,
        raw: bool = False,
        rows: int | None = None,
        label_noise: float = 0.0,
        test_share: float = TEST_SHARE,
        valid_share: float = VALID_SHARE,
    ) -> Parts:
        """Divide the rows and prepare them for a net.

        They are divided at random, class by class. Where there are groups, each is in one part only; where there are
        times, what is later is tested on and nothing is random; where the rows to test on are given, the others are
        divided so.

        Args:
            seed: fixes the division; at least 0.
            raw: leave out all preparation: numbers as they are, categories counted from 1, whatever is missing 0.
            rows: how many rows to train on, drawn class by class; all of the training part if not given.
            label_noise: share of the labels trained and validated on that are drawn anew among all classes, in [0, 1];
                those tested on stay as they are.
            test_share: share of all rows that are tested on, in (0, 1).
            valid_share: share of the others that are validated on, in [0, 1).

        Raises:
            InputError: there are too few rows for three parts or for ``rows``, or there are no labels to be noisy.
        """
        divided = self._divided(seed, (test_share, valid_share), rows)
        x_train, x_valid, x_test = self._inputs(divided, raw=raw)
        mean, sd = self._unit(divided.train)
        y_train, y_valid, y_test = self._targets(divided, mean, sd)
        if label_noise:
            if self.is_regression:
                raise InputError(must_be("label noise", "0 where a number is predicted, not a class", label_noise))
            classes = np.arange(len(self.classes))
            y_train = corrupt_labels(y_train, label_noise, seed=seed, classes=classes).labels
            y_valid = corrupt_labels(y_valid, label_noise, seed=seed_of("valid", seed), classes=classes).labels
        return Parts(
            x_train=x_train,
            y_train=y_train,
            x_valid=x_valid,
            y_valid=y_valid,
            x_test=x_test,
            y_test=y_test,
            classes=self.classes,
            target_mean=mean,
            target_sd=sd,
            rows_train=divided.train,
            rows_valid=divided.valid,
            rows_test=divided.test,
        )

    def targets(self, *, seed: int) -> dict[Part, NDArray[np.int64] | NDArray[np.float64]]:
        """Return the targets of the three parts that :meth:`parts` has by default: classes, or numbers as they are."""
        divided = self._divided(seed, (TEST_SHARE, VALID_SHARE))
        return {"train": self.target[divided.train], "valid": self.target[divided.valid],
                "test": self.target[divided.test]}  # fmt: skip

    def whole(self) -> Parts:
        """Return every row as one to train on, prepared as they all say; none chooses, none judges."""
        every, none = np.arange(len(self)), np.arange(0)
        x, *_ = self._inputs(Rows(every, none, none), raw=False)
        mean, sd = self._unit(every)
        y, *_ = self._targets(Rows(every, none, none), mean, sd)
        return Parts(x, y, x[:0], y[:0], x[:0], y[:0], self.classes, mean, sd, every, none, none)

    def encoding(self, rows: NDArray[np.int64]) -> Encoding:
        """Return how a net takes the columns of any file, fitted on these rows; :meth:`parts` fits on those trained on.

        Args:
            rows: their numbers.
        """
        columns = self.columns or (
            *(Column(name, "number") for name in self.numeric_names),
            *(Column(name, "category") for name in self.categorical_names),
        )
        return Encoding(columns, with_medians(scale_of(self.numeric, rows), self.numeric, rows), self._categories)

    def few(self, n: int) -> tuple[Tensor, Tensor]:
        """Return n prepared rows that seed 0 trains on, at equal distances, and their targets."""
        return self.parts(seed=0).few(n)

    def shown(self, n: int, *, seed: int) -> tuple[Tensor, Tensor]:
        """Return n prepared rows that this seed trains on, and their targets."""
        return self.parts(seed=seed).few(n)

    def _divided(self, seed: int, shares: tuple[float, float], rows: int | None = None) -> Rows:
        if shares not in self._divisions:
            self._divisions[shares] = Division(self._strata, self.groups, self.times, self.test, *shares)
        try:
            divided = self._divisions[shares].rows(seed)
            return divided if rows is None else fewer(divided, self._strata, rows, seed)
        except InputError as problem:
            raise InputError(f"{self.name}: {problem}") from None

    @cached_property
    def _divisions(self) -> dict[tuple[float, float], Division]:
        return {}

    @cached_property
    def _strata(self) -> NDArray[np.int64]:
        return np.zeros(len(self), dtype=np.int64) if self.is_regression else self.target.astype(np.int64, copy=False)

    @cached_property
    def _categories(self) -> Categories:
        return categories_of(self.categorical)

    @cached_property
    def _codes(self) -> NDArray[np.int32]:
        return coded(self.categorical, self._categories)

    def _inputs(self, rows: Rows, *, raw: bool) -> list[NDArray[np.float32]]:
        """Return what a net takes of the three parts; no more of the table is prepared than that."""
        parts = rows.train, rows.valid, rows.test
        if raw:
            return [as_they_are(self.numeric[part], self._codes[part]) for part in parts]
        scale = scale_of(self.numeric, rows.train)
        return [encoded(self.numeric, self._codes, scale, self._categories, part) for part in parts]

    def _unit(self, train: NDArray[np.int64]) -> tuple[float, float]:
        """Return mean and deviation of the target where it is a number; a deviation of 0 divides nothing."""
        if not self.is_regression:
            return 0.0, 1.0
        return float(self.target[train].mean()), float(self.target[train].std()) or 1.0

    def _targets(self, rows: Rows, mean: float, sd: float) -> tuple[Target, Target, Target]:
        train, valid, test = (self.target[part] for part in (rows.train, rows.valid, rows.test))
        if not self.is_regression:
            return train, valid, test  # pyright: ignore[reportReturnType] - classes
        return tuple(((part - mean) / sd).astype(np.float32) for part in (train, valid, test))  # pyright: ignore[reportReturnType] - three


def _check_finite(what: str, values: NDArray[np.int64] | NDArray[np.float64]) -> None:
    if not np.isfinite(values).all():
        raise ValueError(must_be(what, "finite numbers", f"{int((~np.isfinite(values)).sum())} that are not"))
