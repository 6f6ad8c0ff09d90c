"""VGG-11 against torchvision's convolutions of configuration A, and its weights counted by hand."""

import pytest
import torch
from torch import nn

from vicinal.models import build
from vicinal.models._vgg import VGG


@pytest.mark.parametrize("size", [(32, 32), (40, 50)])
def test_logits_are_those_of_torchvisions_convolutions_with_the_same_weights_and_a_linear_layer(size):
    vgg = pytest.importorskip("torchvision.models.vgg")
    x = torch.randn(3, 3, *size, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        ours = VGG(channels=3, classes=5, size=size).double()
        theirs = vgg.make_layers(vgg.cfgs["A"], batch_norm=True).double()
    for mine, of_them in zip(convolutions(ours), convolutions(theirs), strict=True):
        of_them.weight, of_them.bias = mine.weight, nn.Parameter(torch.zeros(mine.out_channels, dtype=torch.float64))
    for training in (True, False):
        expected = ours.head(theirs.train(training)(x).flatten(1))
        torch.testing.assert_close(ours.train(training)(x), expected)


def convolutions(net: nn.Module) -> list[nn.Conv2d]:
    return [module for module in net.modules() if isinstance(module, nn.Conv2d)]


FULL = (64, 128, 256, 256, 512, 512, 512, 512)


@pytest.mark.parametrize(
    ("name", "part", "classes", "size", "values", "count"),
    [("vgg-11", 1, 30, (160, 101), 5 * 3, 9_452_510), ("vgg-11-quarter", 4, 10, (40, 50), 1, 578_810)],
)
def test_the_number_of_weights_is_the_one_counted_by_hand(on_meta, name, part, classes, size, values, count):
    widths = [full // part for full in FULL]
    by_hand = sum(9 * inputs * outputs for inputs, outputs in zip((1, *widths), widths, strict=False))
    by_hand += sum(2 * width for width in widths)  # scale and shift of the normalisation
    by_hand += (values * widths[-1] + 1) * classes
    assert sum(parameter.numel() for parameter in on_meta(name, classes, 1, size).parameters()) == by_hand == count


@pytest.mark.parametrize(
    ("size", "left"),
    [((8, 8), (1, 1)), ((24, 24), (1, 1)), ((31, 63), (1, 1)), ((63, 64), (1, 2)), ((8, 101), (1, 3))],
)
def test_a_side_is_halved_five_times_or_until_one_value_is_left(size, left):
    net = build("vgg-11-quarter", classes=5, channels=1, size=size, seed=0).eval()
    with torch.no_grad():
        seen = net.get_submodule("stages")(torch.zeros(2, 1, *size))
    assert seen.shape == (2, 128, *left)
