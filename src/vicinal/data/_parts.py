"""What every data set offers, and the parts that a trial of a table is trained, validated and tested on."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vicinal.data._feed import Feed

Target = NDArray[np.int64] | NDArray[np.float32]
"""Classes in [0, K), or standardised numbers, of shape (N,)."""


def _no_rows() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Parts:
    """The three parts of a table for one seed.

    The sizes are the same for every seed, so that parts of several seeds can be stacked.

    Args:
        x_train: rows that are trained on, contiguous, of shape (N, D).
        y_train: their targets, of shape (N,): classes in [0, K), or, for regression, float32 numbers of which the
            training part's mean is taken off and which are divided by its deviation.
        x_valid: rows that choose (a length, an α) and are never trained on; there may be none.
        y_valid: their targets.
        x_test: rows that only judge.
        y_test: their targets.
        classes: the K classes' names; none for regression.
        target_mean: what was taken off the targets, in their own unit.
        target_sd: what they were divided by then, so that ``y * target_sd + target_mean`` has their own unit.
        rows_train: the numbers that the rows trained on have in the table, of shape (N,); none where it has no rows.
        rows_valid: those of the rows that choose.
        rows_test: those of the rows that judge.
    """

    x_train: NDArray[np.float32]
    y_train: Target
    x_valid: NDArray[np.float32]
    y_valid: Target
    x_test: NDArray[np.float32]
    y_test: Target
    classes: tuple[str, ...]
    target_mean: float = 0.0
    target_sd: float = 1.0
    rows_train: NDArray[np.int64] = field(default_factory=_no_rows)
    rows_valid: NDArray[np.int64] = field(default_factory=_no_rows)
    rows_test: NDArray[np.int64] = field(default_factory=_no_rows)

    def few(self, n: int) -> tuple[Tensor, Tensor]:
        """Return n rows that are trained on, at equal distances, since many a table is sorted, and their targets."""
        rows = np.linspace(0, len(self.y_train), min(n, len(self.y_train)), endpoint=False).astype(np.int64)
        return torch.from_numpy(self.x_train[rows]), torch.from_numpy(self.y_train[rows])


class Data(Protocol):
    """What every loaded data set offers, whether it was read from files or is drawn afresh."""

    @property
    def name(self) -> str:
        """The data set's name."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes' names; a class is its position here. There are none where the target is a number."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content: data with the same fingerprint have the same parts for every seed."""
        ...

    def few(self, n: int) -> tuple[Tensor, Tensor]:
        """Return n prepared examples to train on, float32 of shape (n, ...), and their classes, int64 of shape (n,).

        They are the same ones each time; there are fewer where the training part has fewer.
        """
        ...

    def shown(self, n: int, *, seed: int) -> tuple[Tensor, Tensor]:
        """Return n examples to train on as a person would look at them, and their classes.

        Args:
            n: how many; there are fewer where the training part has fewer.
            seed: which of them.

        Returns:
            Pictures in [0, 1] of shape (n, C, H, W), or prepared rows (n, D), float32; classes int64 of shape (n,).
        """
        ...


@runtime_checkable
class Tabular(Data, Protocol):
    """Data whose examples are rows of numbers, small enough for several seeds' parts to be stacked."""

    def parts(self, *, seed: int, raw: bool = False) -> Parts:
        """Return the parts of this seed, prepared for a net unless ``raw``; tables take more options."""
        ...


@runtime_checkable
class Pictures(Data, Protocol):
    """Data whose examples are pictures, or sounds as pictures, which are fed batch by batch."""

    def feed(
        self,
        *,
        seed: int,
        rows: int | None = None,
        pad: int = 0,
        flip: bool = False,
        size: int | tuple[int, int] | None = None,
        valid: float = 0.0,
        test: float = 0.0,
        device: str | torch.device = "cpu",
        workers: int = 0,
    ) -> Feed:
        """Divide and prepare the pictures for one trial.

        Args:
            seed: fixes the rows trained on and every augmentation; at least 0.
            rows: how many pictures to train on, drawn class by class; all if not given.
            pad: rows and columns of black around a picture before it is cropped at random to its size.
            flip: mirror each picture with probability ½.
            size: height and width of what the net takes; one number for a square.
            valid: share of what is not tested on that is held out to choose by, in [0, 1), where there is no such part.
            test: share of all pictures that is tested on, drawn anew, in [0, 1); the part that is given where 0.
            device: where the batches are wanted.
            workers: processes that read files; 0 reads in this one.
        """
        ...
