"""Points of the plane without classes, which a generator is to imitate: what every such data set offers."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vicinal.data._parts import Data
from vicinal.measure import Places

CLASSES = ("points",)
"""The one class that they all have."""
HELD_OUT = 2_000
"""Points that generated ones are compared with, and that are never trained on."""


@dataclass(frozen=True, eq=False)
class Cloud:
    """The points of one seed.

    Args:
        train: points to train on, float32 of shape (N, 2).
        held_out: others to compare with, float32 of shape (M, 2).
        extent: left, right, bottom, top of the rectangle that is looked at.
        places: where the points of the distribution are; None where nobody knows.
    """

    train: Tensor
    held_out: Tensor
    extent: tuple[float, float, float, float]
    places: Places | None = None


@runtime_checkable
class Points(Data, Protocol):
    """Data whose examples are points of the plane."""

    def cloud(self, *, seed: int) -> Cloud:
        """Return the points of this seed."""
        ...


@dataclass(frozen=True, eq=False)
class Planar:
    """What the points of a plane have in common, however they come about: one class, a cloud a seed."""

    name: str

    @property
    def classes(self) -> tuple[str, ...]:
        """The one class."""
        return CLASSES

    def cloud(self, *, seed: int) -> Cloud:
        """Return the points of this seed."""
        raise NotImplementedError

    def few(self, n: int) -> tuple[Tensor, Tensor]:
        """Return n points that seed 0 trains on, and their class."""
        return self.shown(n, seed=0)

    def shown(self, n: int, *, seed: int) -> tuple[Tensor, Tensor]:
        """Return n points that this seed trains on, and their class."""
        x = self.cloud(seed=seed).train[:n]
        return x, torch.zeros(len(x), dtype=torch.int64)


def as_points(values: NDArray[np.float64]) -> Tensor:
    """Return points as nets take them, float32."""
    return torch.from_numpy(values.astype(np.float32))
