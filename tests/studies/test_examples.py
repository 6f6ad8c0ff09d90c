"""Examples to look at: what mixup makes of them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from vicinal.data import SETS, Images, named
from vicinal.studies import mixed_examples

DIGITS: Images = SETS["digits"].load()


@pytest.mark.parametrize("data", ["digits", "sklearn-iris"])
@pytest.mark.parametrize("alpha", [0.2, 1.0])
def test_mixed_examples_are_combinations_of_two_with_a_share_of_their_own(data, alpha):
    loaded = SETS[data].load()
    found = mixed_examples(loaded, alpha=alpha)
    assert len(found.lam) == len(set(found.lam.tolist())) == 8
    lam = found.lam.reshape(8, *[1] * (found.mixed.ndim - 1))
    exact = lam * found.first + (1 - lam) * found.second
    assert np.abs(found.mixed - exact).max() < (1.01 if found.mixed.dtype == np.uint8 else 1e-5)
    assert found.alpha == alpha
    assert {name for pair in found.names for name in pair} <= set(loaded.classes)
    assert found.caption == f"Examples of {data} as mixup with α = {alpha:g} makes them, beside the law of λ"


def test_an_alpha_of_zero_mixes_nothing():
    found = mixed_examples(DIGITS, alpha=0.0)
    assert found.lam.tolist() == [1.0] * 8
    assert found.alpha is None
    assert np.array_equal(found.mixed, found.first)


def test_the_shares_follow_from_the_seed():
    first, again, other = (mixed_examples(DIGITS, alpha=1.0, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first.mixed, again.mixed)
    assert first.lam.tolist() == again.lam.tolist() != other.lam.tolist()


def test_looking_moves_no_generator(photos: Path):
    before = torch.get_rng_state()
    for data in (DIGITS, named(str(photos)).load(), SETS["sklearn-iris"].load()):
        mixed_examples(data, alpha=1.0)
    assert torch.equal(torch.get_rng_state(), before)
