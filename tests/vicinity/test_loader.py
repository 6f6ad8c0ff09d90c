"""Mixing in the workers of a data loader: targets travel, workers draw differently, seeds reproduce."""

import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset, default_collate

from vicinal import Mixup, Targets, Vicinity

ROWS, K = 24, 24


class Collate:
    """Mix where batches are put together; a class, for workers that are spawned can only take what pickles."""

    def __init__(self, vicinity: Vicinity) -> None:
        self.vicinity = vicinity

    def __call__(self, rows: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Targets]:
        return self.vicinity(*default_collate(rows))


def loader(vicinity: Vicinity, *, seed: int, workers: int = 2, pin_memory: bool = False) -> DataLoader:
    """Batches of five of unit vectors, whose mixes tell the shares of their labels; the last batch has four."""
    data = TensorDataset(torch.eye(ROWS), torch.arange(ROWS))
    return DataLoader(
        data, batch_size=5, shuffle=True, num_workers=workers, collate_fn=Collate(vicinity), pin_memory=pin_memory,
        generator=torch.Generator().manual_seed(seed),
    )  # fmt: skip


@pytest.mark.parametrize("mixup", [Mixup(1.0), Mixup(1.0, per="example", partner="other-class")], ids=str)
def test_targets_come_back_from_workers_whole(mixup):
    sizes = []
    for x, targets in loader(mixup, seed=1):
        assert isinstance(targets, Targets)
        torch.testing.assert_close(targets.dense(K), x)
        sizes.append(len(targets))
    assert sizes == [5, 5, 5, 5, 4]


def test_workers_and_epochs_draw_differently_and_a_seed_reproduces_them():
    def epochs(seed: int) -> list[float]:
        batches = loader(Mixup(1.0), seed=seed)
        return [targets.weights[0].item() for _ in range(2) for _, targets in batches]

    first = epochs(1)
    assert len(set(first)) == 10
    assert epochs(1) == first
    assert epochs(2) != first


def test_a_loader_without_workers_takes_the_default_generator():
    def weights() -> list[float]:
        return [targets.weights[0].item() for _, targets in loader(Mixup(1.0), seed=1, workers=0)]

    with torch.random.fork_rng():
        torch.manual_seed(5)
        first = weights()
        torch.manual_seed(5)
        assert weights() == first


@pytest.mark.skipif(not torch.cuda.is_available(), reason="pinned memory needs a GPU")
@pytest.mark.parametrize("workers", [0, 2])
def test_a_loader_pins_the_targets(workers):
    for x, targets in loader(Mixup(1.0, per="example"), seed=1, workers=workers, pin_memory=True):
        assert all(tensor.is_pinned() for tensor in (x, *targets.labels, *targets.weights))
