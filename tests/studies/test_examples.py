"""Examples to look at: pictures as they are in the data, in their own shades, and what mixup makes of them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from vicinal.data import SETS, Images, named
from vicinal.studies import examples, mixed_examples

DIGITS: Images = SETS["digits"].load()


def test_pictures_are_some_of_the_training_pictures_with_their_classes():
    x, y = examples(DIGITS)
    assert (x.shape, x.dtype, y.shape) == ((64, 1, 8, 8), torch.float32, (64,))
    shades = (255 * x).round().to(torch.uint8)
    assert torch.allclose(255 * x, shades.float(), atol=1e-3)
    for picture, label in zip(shades, y.tolist(), strict=True):
        same = (DIGITS.x_train == picture).flatten(1).all(1)
        assert label in DIGITS.y_train[same].tolist()


def test_colours_are_those_of_the_data(tiny):
    x, y = examples(tiny)
    assert x.min() >= 0
    assert x.max() <= 1
    assert len(x) == 53  # there are no more
    order = [int((tiny.x_train == picture).flatten(1).all(1).nonzero()[0]) for picture in (255 * x).round()]
    assert sorted(order) == list(range(53))
    assert y.tolist() == tiny.y_train[order].tolist()


def test_the_seed_says_which():
    first, again, other = (examples(DIGITS, seed=seed)[0] for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_photos_are_shown_larger_than_a_net_takes_them(photos):
    data = named(str(photos)).load()
    x, y = examples(data)
    assert x.shape == (len(data.train), 3, 96, 96)
    for picture, label in zip(x[:3], y.tolist()[:3], strict=True):
        small = np.asarray(Image.fromarray((255 * picture).round().byte().permute(1, 2, 0).numpy()).resize((8, 8)))
        assert small[:, 2 * label + 1].mean() > small.mean() + 30  # a class is bright in a column


def test_rows_of_a_table_are_prepared_ones():
    data = SETS["sklearn-iris"].load()
    x, y = examples(data)
    assert x.shape == (64, 4)
    assert torch.equal(x, data.few(64)[0])
    assert torch.equal(y, data.few(64)[1])


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
