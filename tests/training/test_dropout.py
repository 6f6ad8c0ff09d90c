"""Masks of dropout: nn.Dropout's law, from counters alone."""

import math

import pytest
import torch
from torch import Tensor, nn

from vicinal.training._dropout import masks

LIKE = torch.zeros(())


def drawn(dropout: float, *, units: tuple[int, ...] = (40, 30), seeds: tuple[int, ...] = (0, 1), n: int = 50) -> Tensor:
    of_step = masks(units, dropout, seeds=seeds, epoch=0, like=LIKE)
    return torch.cat([torch.cat([mask.flatten(1) for mask in of_step(n)], 1) for _ in range(10)], 1)


@pytest.mark.parametrize("dropout", [0.1, 0.5, 0.9])
def test_units_are_dropped_with_this_probability_and_the_others_grow_as_those_of_torchs_module(dropout):
    found = drawn(dropout)
    torchs = nn.Dropout(dropout)(torch.ones(1000))
    torch.testing.assert_close(found.unique(), torchs.unique())
    share, n = (found == 0).double().mean().item(), found.numel()
    assert abs(share - dropout) < 5 * math.sqrt(dropout * (1 - dropout) / n)


def test_masks_of_steps_layers_and_replicas_are_independent():
    of_step = masks([64, 64], 0.5, seeds=[0, 1], epoch=0, like=LIKE)
    values = [mask[r].flatten() - 1 for _ in range(2) for mask in of_step(16) for r in range(2)]
    values += [mask[0].flatten() - 1 for mask in masks([64, 64], 0.5, seeds=[0], epoch=1, like=LIKE)(16)]
    for a, one in enumerate(values):
        for other in values[:a]:
            assert abs((one * other).mean().item()) < 5 / math.sqrt(len(one))


def test_a_replicas_masks_follow_from_its_seed_and_the_epoch_alone():
    alone = drawn(0.3, seeds=(5,))
    assert torch.equal(alone[0], drawn(0.3, seeds=(1, 5, 2))[1])
    assert not torch.equal(alone, drawn(0.3, seeds=(6,)))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_masks_have_the_shape_of_the_layers_and_the_dtype_of_the_inputs(dtype):
    first, second = masks([4, 3], 0.5, seeds=[0, 1], epoch=0, like=torch.zeros((), dtype=dtype))(7)
    assert (first.shape, second.shape) == ((2, 7, 4), (2, 7, 3))
    assert first.dtype == second.dtype == dtype


def test_without_dropout_or_hidden_layers_nothing_is_multiplied():
    assert masks([4], 0.0, seeds=[0], epoch=0, like=LIKE)(7) == ()
    assert list(masks([], 0.5, seeds=[0], epoch=0, like=LIKE)(7)) == []


def test_drawing_masks_moves_nobodys_generator():
    before = torch.get_rng_state()
    drawn(0.5)
    assert torch.equal(torch.get_rng_state(), before)
