"""Data of the tests' own: two clouds of points, other ones for every seed."""

from dataclasses import dataclass

import numpy as np
import pytest

from vicinal.data import Data, Parts


@dataclass(frozen=True)
class Clouds:
    name: str = "clouds"
    classes: tuple[str, ...] = ("left", "right")
    fingerprint: str = "clouds"
    rows: tuple[int, int, int] = (40, 12, 20)

    def parts(self, *, seed: int, raw: bool = False) -> Parts:
        random = np.random.default_rng(seed)
        labels = [random.integers(0, 2, n) for n in self.rows]
        points = [(random.normal(0, 1, (len(y), 3)) + 2 * y[:, None]).astype(np.float32) for y in labels]
        (x_train, x_valid, x_test), (y_train, y_valid, y_test) = points, labels
        return Parts(x_train, y_train, x_valid, y_valid, x_test, y_test, self.classes)


@pytest.fixture
def clouds() -> Data:
    return Clouds()
