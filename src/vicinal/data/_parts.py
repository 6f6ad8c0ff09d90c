"""What a trial is trained, validated and tested on, and what every data set offers to get there."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Parts:
    """The three parts of a data set for one seed.

    The sizes are the same for every seed, so that parts of several seeds can be stacked.

    Args:
        x_train: rows that are trained on, contiguous, of shape (N, D).
        y_train: their classes, of shape (N,), in [0, K).
        x_valid: rows that choose (a length, an α) and are never trained on; there may be none.
        y_valid: their classes.
        x_test: rows that only judge.
        y_test: their classes.
        classes: the K classes' names.
    """

    x_train: NDArray[np.float32]
    y_train: NDArray[np.int64]
    x_valid: NDArray[np.float32]
    y_valid: NDArray[np.int64]
    x_test: NDArray[np.float32]
    y_test: NDArray[np.int64]
    classes: tuple[str, ...]


class Data(Protocol):
    """What a loaded data set offers, whether it was read from files or is drawn afresh."""

    @property
    def name(self) -> str:
        """The data set's name."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes' names; a class is its position here."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content: data with the same fingerprint have the same parts for every seed."""
        ...

    def parts(self, *, seed: int, raw: bool = False) -> Parts:
        """Return the parts of this seed, prepared for a net unless ``raw``."""
        ...
