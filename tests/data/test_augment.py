from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps
from scipy.stats import chisquare
from torch import Tensor
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as tv

from vicinal.data._augment import Moves, by_index, by_slices, moved, moves
from vicinal.data._preparation import as_tensor

FORMS = (by_slices, by_index)


def pictures(n: int, channels: int = 3, side: int = 6) -> Tensor:
    generator = torch.Generator().manual_seed(n)
    return torch.randint(1, 256, (n, channels, side, side), dtype=torch.uint8, generator=generator)


def every_move(pad: int) -> Moves:
    """Each offset, once as it is and once flipped."""
    side = torch.arange(2 * pad + 1)
    offsets = torch.cartesian_prod(side, side).repeat(2, 1)
    return Moves(offsets, torch.arange(len(offsets)) < len(offsets) // 2, pad)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("side", "pad"), [(6, 2), (5, 4), (1, 0), (1, 1), (3, 3), (2, 5)])
def test_every_offset_and_flip_is_that_of_torchvision_on_pictures(form, channels, side, pad):
    drawn = every_move(pad)
    x = pictures(len(drawn.flips), channels, side)
    picked = torch.arange(len(x)).flip(0)
    ours = form(x, picked, drawn)
    assert ours.dtype == torch.uint8
    for got, number, (top, left), flipped in zip(ours, picked, drawn.offsets.tolist(), drawn.flips, strict=True):
        picture = Image.fromarray(x[number].permute(1, 2, 0).squeeze(2).numpy())
        wide: Any = ImageOps.expand(picture, border=pad, fill=0)
        cropped: Any = tv.crop(wide, top, left, side, side)
        expected: Any = tv.horizontal_flip(cropped) if flipped else cropped
        torch.testing.assert_close(got, as_tensor(expected))


@given(st.integers(1, 6), st.integers(0, 4), st.booleans(), st.integers(0, 2**32), st.lists(st.integers(0, 9)))
def test_both_forms_give_the_same(side, pad, flip, seed, numbers):
    x, picked = pictures(10, 3, side), torch.tensor(numbers, dtype=torch.int64)
    drawn = moves(10, pad=pad, flip=flip, seed=seed, epoch=0).of(picked)
    torch.testing.assert_close(by_slices(x, picked, drawn), by_index(x, picked, drawn))
    torch.testing.assert_close(moved(x, picked, drawn), by_index(x, picked, drawn))


def test_torchvisions_random_crop_can_give_nothing_else():
    """What RandomCrop(padding) and a flip draw on a picture is always one of our moves."""
    x = pictures(1, 3, 4)
    ours = {tuple(form.flatten().tolist()) for form in by_slices(x, torch.zeros(18, dtype=torch.int64), every_move(1))}
    augment = v2.Compose([v2.RandomCrop(4, padding=1), v2.RandomHorizontalFlip()])
    picture = Image.fromarray(x[0].permute(1, 2, 0).numpy())
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        theirs = {tuple(as_tensor(augment(picture)).flatten().tolist()) for _ in range(400)}
    assert ours == theirs


@pytest.mark.parametrize("pad", [1, 4])
def test_every_offset_and_flip_is_equally_likely(pad):
    """For all pictures of an epoch and for one picture over the epochs."""
    side = 2 * pad + 1
    cells, wanted = 2 * side**2, 200 * side**2
    for drawn in (
        [moves(wanted, pad=pad, flip=True, seed=3, epoch=5)],
        [moves(3, pad=pad, flip=True, seed=3, epoch=epoch).of(torch.tensor([1])) for epoch in range(40 * cells)],
    ):
        offsets, flips = torch.cat([each.offsets for each in drawn]), torch.cat([each.flips for each in drawn])
        code = (offsets[:, 0] * side + offsets[:, 1]) * 2 + flips
        assert chisquare(np.bincount(code.numpy(), minlength=cells)).pvalue > 1e-4


def test_neighbours_in_an_epoch_and_epochs_of_a_picture_are_independent():
    drawn = [moves(4000, pad=1, flip=True, seed=8, epoch=epoch) for epoch in (0, 1)]
    codes = [(each.offsets[:, 0] * 3 + each.offsets[:, 1]) * 2 + each.flips for each in drawn]
    for one, other in ((codes[0][:-1], codes[0][1:]), (codes[0], codes[1])):
        counts = np.bincount((one * 18 + other).numpy(), minlength=18**2)
        assert chisquare(counts).pvalue > 1e-4


def test_moves_follow_from_seed_and_epoch_alone():
    state = torch.get_rng_state()
    first = moves(50, pad=4, flip=True, seed=1, epoch=2)
    torch.rand(3, generator=torch.Generator())
    again = moves(50, pad=4, flip=True, seed=1, epoch=2)
    assert torch.equal(first.offsets, again.offsets)
    assert torch.equal(first.flips, again.flips)
    for other in (moves(50, pad=4, flip=True, seed=2, epoch=2), moves(50, pad=4, flip=True, seed=1, epoch=3)):
        assert not torch.equal(first.offsets, other.offsets)
        assert not torch.equal(first.flips, other.flips)
    assert torch.equal(state, torch.get_rng_state())


def test_without_padding_and_flip_nothing_moves():
    x, picked = pictures(5), torch.tensor([4, 0, 0])
    drawn = moves(5, pad=0, flip=False, seed=0, epoch=0).of(picked)
    torch.testing.assert_close(moved(x, picked, drawn), x[picked])


def test_what_is_fed_is_a_copy():
    x = pictures(5)
    before = x.clone()
    for pad in (0, 1):
        moved(x, torch.arange(5), moves(5, pad=pad, flip=True, seed=0, epoch=0)).zero_()
    assert torch.equal(x, before)
