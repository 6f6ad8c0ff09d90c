"""What the adapters are tested on: scikit-learn's digits, and a net small enough for seconds."""

from collections.abc import Callable, Iterator

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.utils.data import TensorDataset


@pytest.fixture(scope="session")
def digits() -> tuple[TensorDataset, TensorDataset]:
    """Images (1, 8, 8) in [0, 1] with their classes: 1,437 to train on, and every fifth to test on."""
    images, classes = load_digits(return_X_y=True)
    x = torch.tensor(images / 16, dtype=torch.float32).reshape(-1, 1, 8, 8)
    y = torch.tensor(classes, dtype=torch.int64)
    held = torch.arange(len(x)) % 5 == 0
    return TensorDataset(x[~held], y[~held]), TensorDataset(x[held], y[held])


@pytest.fixture
def small_net() -> Callable[[], nn.Module]:
    """Return a function that makes the same net at every call."""

    def make() -> nn.Module:
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(0)
            return nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))

    return make


@pytest.fixture
def accuracy(digits: tuple[TensorDataset, TensorDataset]) -> Callable[[nn.Module], float]:
    """Return a function that gives the share of the test images that a net knows."""
    x, y = digits[1].tensors

    def measure(net: nn.Module) -> float:
        with torch.no_grad():
            return float((net.eval()(x).argmax(1) == y).float().mean())

    return measure


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    """Give every test the same start of torch's default generator, and put it back."""
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        yield


def same_weights(one: nn.Module, other: nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


@pytest.fixture
def equal_weights() -> Callable[[nn.Module, nn.Module], bool]:
    """Return a function that tells whether two nets have the same weights to the last bit."""
    return same_weights


@pytest.fixture
def rows() -> tuple[Tensor, Tensor]:
    """24 unit vectors and their numbers: a mix of them tells the shares of its labels."""
    return torch.eye(24), torch.arange(24)
