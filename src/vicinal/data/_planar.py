"""Points of the plane: a blob inside a ring (Figure 1b), drawn afresh for every seed."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from vicinal._errors import must_be
from vicinal.data._data_set import DataSet
from vicinal.data._parts import Parts

RADIUS = 1.0
RADIAL_NOISE = 0.1
BLOB_SIGMA = 0.2
POINTS = 1000
_VERSION = 1  # to be raised when the same seed begins to give other points


def ring_and_blob(n: int, seed: int | np.random.SeedSequence) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw a ring of radius 1 (radial noise of deviation 0.1) around a Gaussian blob of deviation 0.2.

    Args:
        n: number of points, even; the first half are the ring.
        seed: fixes the points.

    Returns:
        The points, of shape (N, 2), and their classes: 0 the ring, 1 the blob.
    """
    if n < 0 or n % 2:
        raise ValueError(must_be("n", "an even number ≥ 0", n))
    random = np.random.default_rng(seed)
    angle = random.uniform(0, 2 * np.pi, n // 2)
    radius = random.normal(RADIUS, RADIAL_NOISE, n // 2)
    ring = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    blob = random.normal(0, BLOB_SIGMA, (n // 2, 2))
    return np.concatenate([ring, blob]), np.repeat([0, 1], n // 2)


@dataclass(frozen=True)
class RingAndBlob:
    """1,000 points to train on and 1,000 fresh ones to test on, for each seed its own."""

    name: str = "ring-and-blob"
    classes: tuple[str, ...] = ("ring", "blob")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the definition."""
        definition = f"{self.name} {_VERSION}: {POINTS} points, {RADIUS=}, {RADIAL_NOISE=}, {BLOB_SIGMA=}"
        return hashlib.sha256(definition.encode()).hexdigest()

    def parts(self, *, seed: int, raw: bool = False) -> Parts:  # noqa: ARG002 - points need no preparation: always raw
        """Draw both sets of points; none are for validation, since nothing is chosen.

        The points to train on are ``ring_and_blob(1000, seed)``; those to test on come from a child of that seed.
        """
        x_train, y_train = ring_and_blob(POINTS, seed)
        x_test, y_test = ring_and_blob(POINTS, np.random.SeedSequence(seed).spawn(1)[0])
        return Parts(
            x_train=x_train.astype(np.float32),
            y_train=y_train,
            x_valid=np.empty((0, 2), dtype=np.float32),
            y_valid=y_train[:0],
            x_test=x_test.astype(np.float32),
            y_test=y_test,
            classes=self.classes,
        )

    def few(self, n: int) -> tuple[Tensor, Tensor]:
        """Return n points that seed 0 trains on, the first half of the ring, and their classes."""
        return self.parts(seed=0).few(n)

    def shown(self, n: int, *, seed: int) -> tuple[Tensor, Tensor]:
        """Return n points that this seed trains on, and their classes."""
        return self.parts(seed=seed).few(n)


RING_AND_BLOB = DataSet("ring-and-blob", "Ring and blob", "Figure 1(b)", "drawn by a formula", RingAndBlob)
