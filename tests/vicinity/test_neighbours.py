"""Partners from outside the batch."""

from collections import Counter

import pytest
import torch
from scipy import stats

from vicinal import Mixup, Neighbours
from vicinal.vicinity import MixupDraw

TABLE = torch.tensor([[1, 2, 3], [0, 2, 3], [3, 1, 0], [2, 0, 1]])


def test_each_neighbour_of_a_row_is_equally_likely_and_no_other_row_is_drawn(generator):
    neighbours = Neighbours(TABLE, generator=generator)
    index = torch.tensor([2, 0, 2])
    drawn = torch.stack([neighbours.sample(index) for _ in range(3_000)])
    assert drawn.dtype == torch.int64
    for row, column in zip(index.tolist(), drawn.T, strict=True):
        counts = Counter(column.tolist())
        assert set(counts) == set(TABLE[row].tolist())
        assert stats.chisquare(list(counts.values())).pvalue > 1e-6
    assert bool((drawn[:, 0] != drawn[:, 2]).any()), "two examples of one row draw by themselves"


def test_fetched_partners_are_mixed_as_a_second_batch(generator):
    data, labels = torch.randn(4, 2, dtype=torch.float64, generator=generator), torch.tensor([0, 1, 2, 3])
    index = torch.tensor([3, 0, 1])
    partner = Neighbours(TABLE, generator=generator).sample(index)
    draw = Mixup(1.0, per="example", generator=generator).draw(3)
    assert isinstance(draw, MixupDraw)
    lam = draw.lam.unsqueeze(1)
    mixed = draw.mix(data[index], data[partner])
    torch.testing.assert_close(mixed, lam * data[index] + (1 - lam) * data[partner], rtol=0, atol=1e-12)
    dense = draw.targets(labels[index], labels[partner]).dense(4)
    expected = lam * torch.eye(4)[index] + (1 - lam) * torch.eye(4)[partner]
    torch.testing.assert_close(dense, expected.float())


@pytest.mark.parametrize("given", [True, False])
def test_only_the_given_generator_moves(generator, given):
    own, default = generator.get_state(), torch.get_rng_state()
    with torch.random.fork_rng():
        Neighbours(TABLE, generator=generator if given else None).sample(torch.arange(4))
        assert torch.equal(torch.get_rng_state(), default) == given
    assert torch.equal(generator.get_state(), own) != given


def test_an_empty_batch_has_no_partners(generator):
    assert Neighbours(TABLE, generator=generator).sample(torch.empty(0, dtype=torch.int64)).shape == (0,)


@pytest.mark.parametrize(
    "table", [torch.zeros(3, dtype=torch.int64), torch.zeros(3, 2), torch.zeros(3, 0, dtype=torch.int64)]
)
def test_a_table_that_is_none_is_refused(table):
    with pytest.raises(ValueError, match="table must be row numbers, int64 of shape"):
        Neighbours(table)
