"""Streams of randomness from counters."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vicinal import Mixup, rank_generator
from vicinal.vicinity import seed_of

counters = st.lists(st.integers() | st.text(st.characters(min_codepoint=33, max_codepoint=126)), max_size=4)


@given(counters)
def test_a_seed_fits_a_generator_and_is_the_same_each_time(some):
    assert 0 <= seed_of(*some) < 2**63
    assert seed_of(*some) == seed_of(*some)
    torch.Generator().manual_seed(seed_of(*some))


@given(counters, counters)
def test_other_counters_or_another_order_give_another_seed(some, others):
    if list(map(str, some)) != list(map(str, others)) and some and others:
        assert seed_of(*some) != seed_of(*others)


def test_seeds_of_successive_counters_are_spread_evenly():
    seeds = [seed_of("trial", 7, step) / 2**63 for step in range(5_000)]
    assert stats.kstest(seeds, "uniform").pvalue > 1e-6
    assert abs(np.corrcoef(seeds[1:], seeds[:-1])[0, 1]) < 5 / 5_000**0.5


def test_ranks_draw_independently_and_reproducibly():
    def weights(rank: int) -> list[float]:
        mixup = Mixup(1.0, generator=rank_generator(3, rank))
        return [mixup(torch.zeros(2), torch.zeros(2))[1].weights[0].item() for _ in range(500)]

    first, second = weights(0), weights(1)
    assert weights(0) == first
    assert not set(first) & set(second)
    assert abs(np.corrcoef(first, second)[0, 1]) < 5 / 500**0.5
    assert torch.rand(1, generator=rank_generator(3, 0)) != torch.rand(1, generator=rank_generator(4, 0))


def test_making_a_rank_generator_moves_no_other():
    before = torch.get_rng_state()
    rank_generator(3, 0)
    assert torch.equal(torch.get_rng_state(), before)
