"""Points around a ring, a grid and a roll, drawn by a formula, other ones for every seed: what GANs are tried on."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from vicinal.data._data_set import DataSet
from vicinal.data._points import HELD_OUT, Cloud, Planar, as_points
from vicinal.measure import Places

POINTS = 20_000
_VERSION = 1  # to be raised when the same seed begins to give other points

Place = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Takes numbers u in [0, 1), of shape (N,), and gives the places of the plane that they stand for, of shape (N, 2)."""


def ring(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one of eight places on a circle of radius 2, at equal distances.

    Source: arXiv 1611.02163, whose toy it is (noise of deviation 0.02).
    """
    angle = 2 * np.pi * np.floor(8 * u) / 8
    return 2 * np.column_stack([np.cos(angle), np.sin(angle)])


def grid(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one of 5 × 5 places at distances of 2.

    Source: arXiv 1712.04086, where it is called 2D-grid (noise of deviation 0.05).
    """
    row, column = np.divmod(np.floor(25 * u), 5)
    return 2 * np.column_stack([column, row]) - 4


def swiss_roll(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a place on a spiral of one and a half turns whose radius grows with its angle to 1.9.

    Source: the toy of arXiv 1704.00028 (noise of deviation 1/30): scikit-learn's roll from the side, divided by 7.5.
    """
    angle = np.pi * (1.5 + 3 * u)
    return angle[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]) / 7.5


@dataclass(frozen=True, eq=False)
class Shape(Planar):
    """20,000 points to train on and 2,000 to compare with, for each seed its own.

    Args:
        name: of the data set.
        place: what the points are scattered around.
        sigma: deviation of the points around their places, in each coordinate.
        reach: half of the breadth of the square that is looked at.
        places: how many places are distinguished.
        modes: how many modes there are, or stretches of equal share that a curve is cut into.
    """

    place: Place
    sigma: float
    reach: float
    places: int
    modes: int

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the definition."""
        sizes = f"{POINTS} and {HELD_OUT} points, {self.modes} modes, sigma {self.sigma}, reach {self.reach}"
        return hashlib.sha256(f"{self.name} {_VERSION}: {sizes}".encode()).hexdigest()

    def cloud(self, *, seed: int) -> Cloud:
        """Draw both sets of points; those to compare with come from a child of the seed."""
        u = (np.arange(self.places) + 0.5) / self.places
        mode = torch.from_numpy(np.floor(u * self.modes).astype(np.int64))
        return Cloud(
            as_points(self._drawn(POINTS, np.random.default_rng(seed))),
            as_points(self._drawn(HELD_OUT, np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0]))),
            (-self.reach, self.reach, -self.reach, self.reach),
            Places(as_points(self.place(u)), mode, self.sigma),
        )

    def _drawn(self, n: int, random: np.random.Generator) -> NDArray[np.float64]:
        return self.place(random.random(n)) + random.normal(0, self.sigma, (n, 2))


def _registered(title: str, shape: Shape) -> DataSet[Shape]:
    return DataSet(shape.name, title, "Section 3.7", "drawn by a formula", lambda: shape)


RING = _registered("Ring of eight Gaussians", Shape("ring", ring, 0.02, 2.5, 8, 8))
GRID = _registered("Grid of 25 Gaussians", Shape("grid", grid, 0.05, 5.0, 25, 25))
SWISS_ROLL = _registered("Swiss roll", Shape("swiss-roll", swiss_roll, 1 / 30, 2.5, 2_000, 20))
