"""The rows that an estimator is trained on, as the trainer takes them."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data import cut

VALID_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Rows:
    """N rows to train on.

    Args:
        x: inputs, float32, of shape (N, D).
        y: class indices, int64, or standardised targets, float32, of shape (N,).
        weights: how much each row counts, float32, above 0, of shape (N,); None where every row counts 1.
        outputs: units of the net's last layer: the number of classes, or 1.
        unit: what a loss of 1 is in the target's own unit.
    """

    x: Tensor
    y: Tensor
    weights: Tensor | None
    outputs: int
    unit: float = 1.0

    def __len__(self) -> int:
        return len(self.y)

    def picked(self, rows: NDArray[np.int64]) -> Self:
        """Return some of the rows."""
        picked = torch.from_numpy(rows)
        weights = None if self.weights is None else self.weights[picked]
        return replace(self, x=self.x[picked], y=self.y[picked], weights=weights)

    def divided(self, seed: int) -> tuple[Self, Self]:
        """Return four fifths of the rows, and the others, class by class where there are classes.

        Raises:
            InputError: there is one row only.
        """
        if len(self) < 2:
            raise InputError(must_be("X", 'of two rows or more with alpha="auto"', "one row", "Give alpha a number"))
        strata = np.zeros(len(self), dtype=np.int64) if self.y.is_floating_point() else self.y.numpy()
        size = max(1, round(VALID_SHARE * len(self)))
        train, valid = cut(np.arange(len(self)), strata, size, np.random.default_rng(seed))
        return self.picked(train), self.picked(valid)


def counted(weights: NDArray[np.float64]) -> Tensor | None:
    """Return weights as float32, or None where every row counts 1."""
    return None if (weights == 1).all() else torch.from_numpy(weights.astype(np.float32))


def as_inputs(x: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return a float32 copy that may be written to, since the caller's array may be a read-only map of a file.

    Raises:
        InputError: a number is too large for float32.
    """
    with np.errstate(over="ignore"):
        copy = np.array(x, dtype=np.float32, order="C")
    if not np.isfinite(copy).all():
        raise InputError(must_be("X", "of numbers below 3e38", f"{np.abs(x).max():.3g}", "Scale the columns"))
    return copy


def as_weights(sample_weight: Any, n: int) -> NDArray[np.float64]:
    """Return the weights of n rows: given ones, or 1 for each.

    Raises:
        InputError: they are not n finite numbers, none below 0 and some above.
    """
    if sample_weight is None:
        return np.ones(n)
    weights = np.array(sample_weight, dtype=np.float64)  # a copy
    if weights.ndim == 0:
        weights = np.full(n, weights)
    if weights.shape != (n,):
        raise InputError(must_be("sample_weight", f"of shape ({n},)", f"{weights.shape}"))
    if not np.isfinite(weights).all() or weights.min() < 0:
        raise InputError(must_be("sample_weight", "of finite numbers ≥ 0", f"{weights.min():g}"))
    if not weights.any():
        raise InputError(must_be("sample_weight", "above zero for some row", "zero weight for all"))
    return weights
