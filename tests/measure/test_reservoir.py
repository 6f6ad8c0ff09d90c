"""What is kept of a stream: each example as likely as any other, with its own class, whatever the batches."""

import pytest
import torch
from scipy import stats

from vicinal.measure._reservoir import Reservoir


def kept(n: int, size: int, *, batch: int, seed: int) -> list[int]:
    reservoir = Reservoir(size, torch.Generator().manual_seed(seed))
    for numbers in torch.arange(n).split(batch):
        reservoir.add(numbers[:, None].double(), numbers % 7)
    x, y = reservoir.kept()
    assert reservoir.seen == n
    assert (x[:, 0].long() % 7).equal(y)
    return x[:, 0].long().tolist()


@pytest.mark.parametrize("n", [1, 5, 10])
def test_all_of_a_short_stream_are_kept_in_their_order(n):
    assert kept(n, 10, batch=3, seed=0) == list(range(n))


@pytest.mark.parametrize("batch", [4, 40])
def test_every_example_of_a_long_one_is_as_likely(batch):
    counts = torch.zeros(20)
    for seed in range(1200):
        found = kept(20, 5, batch=batch, seed=seed)
        assert len(set(found)) == 5
        counts[found] += 1
    # drawn without replacement, so that counts vary less than those of chi-squared: too uniform is not the worry
    assert stats.chisquare(counts.numpy()).pvalue > 1e-4


def test_what_is_kept_is_a_copy():
    x = torch.zeros(3, 2)
    reservoir = Reservoir(3, torch.Generator())
    reservoir.add(x, torch.zeros(3, dtype=torch.int64))
    x += 1
    assert reservoir.kept()[0].sum() == 0
