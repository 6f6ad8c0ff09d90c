"""A stack of replicas against ordinary nets of torch's own modules."""

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from vicinal.models import MLP, ordinary_mlp

SIZES = [5, 16, 8, 3]


def stack(*seeds: int, sizes: list[int] = SIZES) -> MLP:
    return MLP(sizes, seeds=seeds).double()


def inputs(replicas: int, n: int = 7) -> Tensor:
    return torch.randn(replicas, n, SIZES[0], dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def ordinary(net: MLP, r: int) -> nn.Sequential:
    """Build the net a textbook would, from the stack's own weights."""
    layers: list[nn.Module] = []
    for (n_in, n_out), weight, bias in zip(pairwise(net.sizes), net.weights, net.biases, strict=True):
        linear = nn.Linear(n_in, n_out, dtype=torch.float64)
        linear.weight.data, linear.bias.data = weight[r].T.detach().clone(), bias[r, 0].detach().clone()
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("n", [0, 1, 7])
def test_every_replica_is_the_ordinary_net_forward_and_backward(replicas, n):
    net, x = stack(*range(replicas)), inputs(replicas, n)
    ours = net(x)
    assert ours.shape == (replicas, n, 3)
    ours.square().sum().backward()
    for r in range(replicas):
        single = ordinary(net, r)
        logits = single(x[r])
        torch.testing.assert_close(ours[r], logits, rtol=0, atol=1e-12)
        logits.square().sum().backward()
        linears = [layer for layer in single if isinstance(layer, nn.Linear)]
        for linear, weight, bias in zip(linears, net.weights, net.biases, strict=True):
            assert linear.weight.grad is not None
            assert weight.grad is not None
            assert bias.grad is not None
            torch.testing.assert_close(weight.grad[r].T, linear.weight.grad, rtol=0, atol=1e-12)
            torch.testing.assert_close(bias.grad[r, 0], linear.bias.grad, rtol=0, atol=1e-12)


def test_masks_multiply_what_the_hidden_layers_put_out():
    net, x = stack(0, 1), inputs(2)
    g = torch.Generator().manual_seed(2)
    masks = [torch.rand(2, 7, units, dtype=torch.float64, generator=g) for units in SIZES[1:-1]]
    for r in range(2):
        h, linears = x[r], ordinary(net, r)[::2]
        for mask, linear in zip(masks, linears, strict=False):
            h = linear(h).relu() * mask[r]
        torch.testing.assert_close(net(x, masks)[r], linears[-1](h), rtol=0, atol=1e-12)


@pytest.mark.parametrize("sizes", [[5, 3], [5, 16, 3], SIZES])
def test_a_replica_taken_out_gives_the_same_logits(sizes):
    net = MLP(sizes, seeds=[3, 4])
    x = inputs(2).float()
    for r in range(2):
        single = net.replica(r)
        torch.testing.assert_close(single(x[r]), net(x)[r], rtol=0, atol=1e-6)
        assert list(single.state_dict()) == list(ordinary_mlp(sizes).state_dict())


def test_a_replica_taken_out_shares_no_memory_with_the_stack():
    net = MLP(SIZES, seeds=[0])
    before = net(inputs(1).float())
    for parameter in net.replica(0).parameters():
        parameter.data.zero_()
    assert torch.equal(net(inputs(1).float()), before)


def test_one_replicas_inputs_change_no_other_replicas_outputs():
    net, x = stack(0, 1, 2), inputs(3)
    before = net(x)
    x[1] = math.inf
    after = net(x)
    assert torch.equal(after[[0, 2]], before[[0, 2]])
    assert not torch.equal(after[1], before[1])


def test_one_replicas_weights_change_no_other_replicas_outputs_or_gradients():
    net, x = stack(0, 1, 2), inputs(3)

    def outputs_and_gradients() -> list[Tensor]:
        net.zero_grad()
        logits = net(x)
        logits.square().sum().backward()
        return [logits.detach(), *(p.grad.clone() for p in net.parameters() if p.grad is not None)]

    before = outputs_and_gradients()
    for parameter in net.parameters():
        parameter.data[1] = math.nan
    after = outputs_and_gradients()
    for one, other in zip(before, after, strict=True):
        assert torch.equal(one[[0, 2]], other[[0, 2]])
    assert after[0][1].isnan().all()


def test_equal_seeds_give_equal_weights_whatever_the_stack():
    alone, first, last = MLP(SIZES, seeds=[7]), MLP(SIZES, seeds=[7, 0, 1]), MLP(SIZES, seeds=[2, 3, 7])
    for one, two, three in zip(alone.parameters(), first.parameters(), last.parameters(), strict=True):
        assert torch.equal(one[0], two[0])
        assert torch.equal(one[0], three[2])
        assert not torch.equal(two[0], two[1])


def test_initial_weights_are_uniform_within_one_over_the_root_of_the_inputs():
    net = MLP([100, 200, 10], seeds=[0])
    for inputs_, weight, bias in zip((100, 200), net.weights, net.biases, strict=True):
        bound = 1 / math.sqrt(inputs_)
        assert weight.abs().max() <= bound
        assert bias.abs().max() <= bound
        scaled = weight / bound
        assert abs(scaled.mean()) < 5 / math.sqrt(3 * scaled.numel())
        assert abs(scaled.square().mean() - 1 / 3) < 5 * math.sqrt(4 / 45 / scaled.numel())


def test_making_a_stack_and_taking_a_replica_out_move_no_generator():
    before = torch.get_rng_state()
    MLP(SIZES, seeds=[0, 1]).replica(1)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("sizes", [[], [5], [5, 0], [0, 3]])
def test_sizes_that_make_no_net_are_refused(sizes):
    with pytest.raises(ValueError, match="sizes must be two or more numbers of units, each at least 1, got"):
        MLP(sizes, seeds=[0])
