"""Data of the tests' own: two clouds of points, other ones for every seed, and tiny pictures that can be learnt."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from vicinal.data import Data, Images, Parts
from vicinal.training import Finished, Outcome, Sgd, Task, Trial, load, run, save


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

    def shown(self, n: int, *, seed: int) -> tuple[Tensor, Tensor]:
        return self.parts(seed=seed).few(n)


@pytest.fixture
def clouds() -> Data:
    return Clouds()


@pytest.fixture(autouse=True)
def _cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep tables of neighbours out of the user's cache."""
    monkeypatch.setattr("vicinal.data._nearest.cache", lambda: tmp_path / "cache")


@dataclass(frozen=True)
class Ran:
    """Runs one trial and gives what it left."""

    data: Data

    def __call__(self, trial: Trial, **options: Any) -> Finished:
        (finished,) = run([trial], self.data, **options)
        return finished


def _same_bits(one: Finished, other: Finished) -> bool:
    told = [repr((entry.figures, entry.curve)) for entry in (one, other)]  # NaN is as good as NaN
    return (
        told[0] == told[1]
        and bool(one.weights)
        and one.weights.keys() == other.weights.keys()
        and one.kept.keys() == other.kept.keys()
        and all(torch.equal(tensor, other.kept[name]) for name, tensor in one.kept.items())
        and all(torch.equal(tensor, other.weights[name]) for name, tensor in one.weights.items())
    )


@pytest.fixture(scope="session")
def same_bits() -> Callable[[Finished, Finished], bool]:
    """Tells whether two runs left the same weights, curve, figures and answers, bit for bit."""
    return _same_bits


@pytest.fixture(scope="session")
def ran(tiny: Images) -> Ran:
    """Runs one trial on the tiny pictures."""
    return Ran(tiny)


@pytest.fixture(scope="session")
def task() -> Task:
    """Give a task of two epochs of six steps on the tiny pictures, the last step smaller."""
    return Task(data="tiny", net="small", batch=10, epochs=2, optimiser=Sgd(learning_rate=0.05))


@pytest.fixture(scope="session")
def tiny() -> Images:
    """Give 8×8 pictures of three classes, 53 to train on and 17 to test on: each class is bright in a place."""
    generator = torch.Generator().manual_seed(0)
    y = torch.randint(3, (70,), generator=generator)
    x = torch.randint(0, 128, (70, 1, 8, 8), generator=generator, dtype=torch.uint8)
    for picture, label in zip(x, y.tolist(), strict=True):
        picture[:, 2 * label + 1 : 2 * label + 3] += 100
    return Images("tiny", x[:53], y[:53], x[53:], y[53:], ("top", "middle", "bottom"))


@pytest.fixture
def outcome_of(ran: Ran, task: Task, tiny: Images, tmp_path: Path) -> Callable[..., tuple[Trial, Outcome]]:
    """Train a trial and give it with its outcome, which is kept in a folder."""

    def made(name: str, seed: int = 3) -> tuple[Trial, Outcome]:
        trial, folder = Trial(task, name, seed), tmp_path / f"{name}{seed}"
        save(folder, ran(trial, folder=folder), fingerprint=tiny.fingerprint)
        outcome = load(folder, trial)
        assert outcome is not None
        return trial, outcome

    return made
