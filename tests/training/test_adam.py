"""Adam without an optimiser object against torch's own."""

import pytest
import torch

from vicinal.training._adam import AdamStep

SHAPES = [(), (1,), (3, 1, 5), (2, 4, 4)]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("learning_rate", [0.0, 1e-3, 0.5])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_every_step_is_that_of_torchs_optimiser_bit_for_bit(dtype, learning_rate, weight_decay):
    g = torch.Generator().manual_seed(0)
    mine = [torch.randn(shape, dtype=dtype, generator=g).requires_grad_() for shape in SHAPES]
    theirs = [tensor.detach().clone().requires_grad_() for tensor in mine]
    ours = AdamStep(mine, learning_rate, weight_decay=weight_decay)
    torchs = torch.optim.Adam(theirs, lr=learning_rate, weight_decay=weight_decay, fused=True)
    for _ in range(20):
        gradients = [torch.randn(shape, dtype=dtype, generator=g) for shape in SHAPES]
        ours.step(gradients)
        for tensor, gradient in zip(theirs, gradients, strict=True):
            tensor.grad = gradient.clone()
        torchs.step()
        assert all(map(torch.equal, mine, theirs))


def test_gradients_that_are_not_finite_spoil_their_own_entries_only():
    weights = torch.ones(3, requires_grad=True)
    adam = AdamStep([weights], 0.1)
    adam.step([torch.tensor([1.0, torch.nan, torch.inf])])
    assert weights.isfinite().tolist() == [True, False, False]
