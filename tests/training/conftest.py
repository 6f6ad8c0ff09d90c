"""Data of the tests' own: two clouds of points, other ones for every seed, and tiny pictures that can be learnt."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor

from vicinal.data import Data, Images, Parts


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

    def few(self, n: int) -> tuple[Tensor, Tensor]:
        parts = self.parts(seed=0)
        return torch.from_numpy(parts.x_train[:n]), torch.from_numpy(parts.y_train[:n])


@pytest.fixture
def clouds() -> Data:
    return Clouds()


@pytest.fixture(scope="session")
def tiny() -> Images:
    """Give 8×8 pictures of three classes, 53 to train on and 17 to test on: each class is bright in a place."""
    generator = torch.Generator().manual_seed(0)
    y = torch.randint(3, (70,), generator=generator)
    x = torch.randint(0, 128, (70, 1, 8, 8), generator=generator, dtype=torch.uint8)
    for picture, label in zip(x, y.tolist(), strict=True):
        picture[:, 2 * label + 1 : 2 * label + 3] += 100
    return Images("tiny", x[:53], y[:53], x[53:], y[53:], ("top", "middle", "bottom"))
