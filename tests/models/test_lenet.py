"""LeNet against its formula, written with functions only, and its weights counted by hand."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.models import build


def formula(net: nn.Module, x: Tensor) -> Tensor:
    """Return the logits without dropout from the net's weights, taken in the order of their making."""
    tensors = iter(net.state_dict().values())
    h = x
    for _ in range(2):
        h = F.conv2d(h, next(tensors), next(tensors))
        h = h.unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5)).clamp_min(0)
    h = F.linear(h.reshape(len(h), -1), next(tensors), next(tensors)).clamp_min(0)
    logits = F.linear(h, next(tensors), next(tensors))
    assert next(tensors, None) is None
    return logits


@pytest.mark.parametrize("size", [(16, 16), (24, 33), (40, 50)])
def test_logits_are_those_of_the_formula(size):
    x = torch.randn(3, 2, *size, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    net = build("lenet-half", classes=5, channels=2, size=size, seed=0).double().eval()
    with torch.no_grad():
        torch.testing.assert_close(net(x), formula(net, x), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "classes", "size", "count"),
    [
        # two convolutions, 20 × 37 × 22 = 16,280 values into 1,000 units, 30 classes: weights and biases of each
        ("lenet", 30, (160, 101), 20 * (25 + 1) + 20 * (20 * 25 + 1) + 1000 * (16_280 + 1) + 30 * (1000 + 1)),
        # 10 × 7 × 9 = 630 values into 500 units
        ("lenet-half", 10, (40, 50), 10 * (25 + 1) + 10 * (10 * 25 + 1) + 500 * (630 + 1) + 10 * (500 + 1)),
    ],
)
def test_the_number_of_weights_is_the_one_counted_by_hand(on_meta, name, classes, size, count):
    assert sum(parameter.numel() for parameter in on_meta(name, classes, 1, size).parameters()) == count
    assert count == {"lenet": 16_321_570, "lenet-half": 323_280}[name]


def test_dropout_of_a_half_stands_behind_the_second_convolution_and_the_dense_layer():
    net = build("lenet-half", classes=5, channels=1, size=(24, 20), seed=0)
    kinds = [type(module) for module in net.modules() if not list(module.children())]
    assert [module.p for module in net.modules() if isinstance(module, nn.Dropout | nn.Dropout2d)] == [0.5, 0.5]
    assert kinds[kinds.index(nn.Dropout2d) - 1] is nn.Conv2d
    assert kinds[: kinds.index(nn.Dropout2d)].count(nn.Conv2d) == 2
    assert kinds[kinds.index(nn.Dropout) - 2 : kinds.index(nn.Dropout)] == [nn.Linear, nn.ReLU]
    x = torch.ones(2, 1, 24, 20)
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(0)
        assert not torch.equal(net(x), net(x))
        assert torch.equal(net.eval()(x), net(x))
