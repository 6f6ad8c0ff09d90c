"""A table: columns of numbers, columns of categories, a class for each row."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data._parts import Parts
from vicinal.data._prepare import as_they_are, prepare
from vicinal.data._split import split


@dataclass(frozen=True, eq=False)
class Table:
    """N rows with P columns of numbers, Q columns of categories and one of K classes each.

    Args:
        name: what the table is called.
        numeric: numbers of shape (N, P); NaN where missing.
        numeric_names: the P columns' names.
        categorical: strings of shape (N, Q); "" where missing.
        categorical_names: the Q columns' names.
        target: class of each row, of shape (N,), in [0, K).
        classes: the K classes' names.

    Raises:
        ValueError: the shapes do not fit together, or a class has no name.
    """

    name: str
    numeric: NDArray[np.float64]
    numeric_names: tuple[str, ...]
    categorical: NDArray[np.object_]
    categorical_names: tuple[str, ...]
    target: NDArray[np.int64]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        rows = len(self.target)
        for field, shape in {
            "numeric": (rows, len(self.numeric_names)),
            "categorical": (rows, len(self.categorical_names)),
            "target": (rows,),
        }.items():
            if getattr(self, field).shape != shape:
                raise ValueError(must_be(field, f"of shape {shape}", getattr(self, field).shape))
        if rows and not 0 <= self.target.min() <= self.target.max() < len(self.classes):
            raise ValueError(must_be("target", f"in [0, {len(self.classes)})", np.unique(self.target).tolist()))

    def __len__(self) -> int:
        return len(self.target)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the columns' names, the values and the classes; the table's own name is no part of it."""
        return self._digest

    @cached_property  # which type checkers do not take for the property that Data asks for
    def _digest(self) -> str:
        words = [self.numeric_names, self.categorical_names, self.categorical.tolist(), self.classes]
        numbers = np.where(np.isnan(self.numeric), np.nan, self.numeric + 0.0)  # one NaN, and no −0
        digest = hashlib.sha256(json.dumps(words).encode())
        digest.update(numbers.astype("<f8").tobytes())
        digest.update(self.target.astype("<i8").tobytes())
        return digest.hexdigest()

    def parts(self, *, seed: int, raw: bool = False, test_share: float = 0.25, valid_share: float = 0.2) -> Parts:
        """Divide the rows at random, class by class, and prepare them for a net.

        Args:
            seed: fixes the division; at least 0.
            raw: leave out all preparation: numbers as they are, categories counted from 1, whatever is missing 0.
            test_share: share of all rows that are tested on, in (0, 1).
            valid_share: share of the others that are validated on, in [0, 1).

        Raises:
            InputError: there are too few rows for three parts.
        """
        try:
            rows = split(self.target, seed=seed, test_share=test_share, valid_share=valid_share)
        except InputError as problem:
            raise InputError(f"{self.name}: {problem}") from None
        x = (
            as_they_are(self.numeric, self.categorical)
            if raw
            else prepare(self.numeric, self.categorical, fit_on=rows.train)
        )
        return Parts(
            x_train=x[rows.train],
            y_train=self.target[rows.train],
            x_valid=x[rows.valid],
            y_valid=self.target[rows.valid],
            x_test=x[rows.test],
            y_test=self.target[rows.test],
            classes=self.classes,
        )

    def few(self, n: int) -> tuple[Tensor, Tensor]:
        """Return n prepared rows that seed 0 trains on, at equal distances, and their classes."""
        return self.parts(seed=0).few(n)

    def shown(self, n: int, *, seed: int) -> tuple[Tensor, Tensor]:
        """Return n prepared rows that this seed trains on, and their classes."""
        return self.parts(seed=seed).few(n)
