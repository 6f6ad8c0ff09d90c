"""Steps: each example once an epoch, in lanes that make up a minibatch."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from vicinal.training._steps import steps


@given(
    rows=some.integers(1, 200),
    lanes=some.integers(1, 8),
    more=some.integers(0, 50),
    seed=some.integers(0, 2**31),
    epoch=some.integers(0, 500),
)
def test_each_example_comes_once_but_for_a_last_minibatch_that_is_too_small(rows, lanes, more, seed, epoch):
    batch = 2 * lanes + more
    planned = steps(rows, seed=seed, epoch=epoch, batch=batch, lanes=lanes)
    sizes = [sum(map(len, parts)) for parts in planned]
    taken = torch.cat([torch.cat(tuple(parts)) for parts in planned])
    assert len(taken.unique()) == len(taken)
    assert all(len(parts) == lanes for parts in planned)
    assert all(max(map(len, parts)) - min(map(len, parts)) <= 1 for parts in planned)
    rest = rows % batch
    if rows > batch and 0 < rest < 2 * lanes:
        assert sizes == [batch] * (rows // batch)
    else:
        assert sorted(taken.tolist()) == list(range(rows))
        assert sizes == [batch] * (rows // batch) + ([rest] if rest else [])


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_the_minibatches_do_not_depend_on_the_lanes(lanes):
    one = steps(40, seed=3, epoch=2, batch=16, lanes=1)
    cut = steps(40, seed=3, epoch=2, batch=16, lanes=lanes)
    assert [torch.cat(tuple(parts)).tolist() for parts in cut] == [parts[0].tolist() for parts in one]


def test_the_order_follows_from_seed_and_epoch_alone():
    def order(seed: int, epoch: int, batch: int = 16) -> list[int]:
        return torch.cat([parts[0] for parts in steps(48, seed=seed, epoch=epoch, batch=batch, lanes=1)]).tolist()

    before = torch.get_rng_state()
    first = order(3, 2)
    torch.rand(5)
    assert order(3, 2) == order(3, 2, batch=24) == first
    assert len({tuple(order(seed, epoch)) for seed in range(3) for epoch in range(3)}) == 9
    torch.set_rng_state(before)
    order(3, 2)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_stream_of_another_name_is_another_order_cut_alike():
    streams = [{}, {"stream": "order"}, {"stream": "partners"}]
    ours, same, theirs = (steps(48, seed=3, epoch=2, batch=16, lanes=3, **stream) for stream in streams)
    assert [[len(lane) for lane in lanes] for lanes in ours] == [[len(lane) for lane in lanes] for lanes in theirs]
    first, second, other = (torch.cat([lane for lanes in each for lane in lanes]) for each in (ours, same, theirs))
    assert torch.equal(first, second)
    assert sorted(first.tolist()) == sorted(other.tolist())
    assert int((first == other).sum()) < 10
