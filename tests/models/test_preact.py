"""Pre-activation nets against their papers' formulas, written with functions only."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.models import build


@dataclass
class Formula:
    """The net as a function of its weights, taken one after the other in the order of their making."""

    widths: tuple[int, ...]
    blocks: int
    stem_stride: int = 1
    stem_activated: bool = False
    activated_shortcuts: bool = False
    end_activated: bool = True

    def logits(self, net: nn.Module, x: Tensor) -> Tensor:
        tensors = iter(tensor for name, tensor in net.state_dict().items() if "num_batches" not in name)

        def active(h: Tensor) -> Tensor:
            weight, bias, mean, variance = (next(tensors)[:, None, None] for _ in range(4))
            return ((h - mean) / (variance + 1e-5).sqrt() * weight + bias).clamp_min(0)

        h = F.conv2d(x, next(tensors), stride=self.stem_stride, padding=1)
        h = active(h) if self.stem_activated else h
        inputs = h.shape[1]
        for number, width in enumerate(self.widths):
            for block in range(self.blocks):
                stride = 2 if number > 0 and block == 0 else 1
                a = active(h)
                residual = F.conv2d(a, next(tensors), stride=stride, padding=1)
                residual = F.conv2d(active(residual), next(tensors), padding=1)
                if stride > 1 or inputs != width:
                    h = F.conv2d(a, next(tensors), stride=stride) + residual
                else:
                    h = (a if self.activated_shortcuts else h) + residual
                inputs = width
        h = active(h) if self.end_activated else h
        logits = F.linear(h.flatten(2).sum(2) / (h.shape[2] * h.shape[3]), next(tensors), next(tensors))
        assert next(tensors, None) is None
        return logits


FORMULAS = {
    "small": Formula(widths=(16, 32, 64), blocks=1, stem_stride=2),
    "preact-resnet-18": Formula(
        widths=(64, 128, 256, 512), blocks=2, stem_activated=True, activated_shortcuts=True, end_activated=False
    ),
    "wrn-28-10": Formula(widths=(160, 320, 640), blocks=4),
}


def trained_a_little(name: str, channels: int, dropout: float = 0.0) -> nn.Module:
    """Return a net whose normalisations are not those of the start, in float64."""
    net = build(name, classes=5, channels=channels, size=8, seed=0, dropout=dropout).double()
    generator = torch.Generator().manual_seed(2)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            for tensor in (module.weight.data, module.bias.data, module.running_mean, module.running_var):
                tensor.copy_(torch.rand(len(tensor), generator=generator) + 0.5)
    return net


@pytest.mark.parametrize("name", FORMULAS)
def test_logits_are_those_of_the_formula(images, name):
    x = images(2, 3, 8, torch.float64)
    net = trained_a_little(name, 3).eval()
    with torch.no_grad():
        logits, expected = net(x), FORMULAS[name].logits(net, x)
    torch.testing.assert_close(logits, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["small", "preact-resnet-18"])
def test_dropout_changes_training_only(images, name):
    x = images(3, 1, 8, torch.float64)
    with_it, without = trained_a_little(name, 1, dropout=0.5), trained_a_little(name, 1)
    assert list(with_it.state_dict()) == list(without.state_dict())
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(0)
        assert not torch.equal(with_it(x), with_it(x))
        with_it.load_state_dict(without.state_dict())
        assert torch.equal(with_it.eval()(x), without.eval()(x))


@pytest.mark.parametrize(("name", "blocks"), [("small", 3), ("preact-resnet-18", 8), ("wrn-28-10", 12)])
def test_dropout_stands_between_the_two_convolutions_of_every_block(name, blocks):
    net = build(name, classes=5, channels=1, size=8, seed=0, dropout=0.3)
    kinds = [(type(module), getattr(module, "p", None)) for module in net.modules()]
    convolutions = [i for i, (kind, _) in enumerate(kinds) if kind is nn.Conv2d]
    drops = [i for i, (kind, _) in enumerate(kinds) if kind is nn.Dropout]
    assert [kinds[i][1] for i in drops] == [0.3] * blocks
    assert all(i + 1 in convolutions for i in drops)


def test_without_dropout_training_moves_no_generator(images):
    net, state = build("small", classes=5, channels=1, size=8, seed=0), torch.get_rng_state()
    net(images(3, 1, 8)).sum().backward()
    assert torch.equal(torch.get_rng_state(), state)
