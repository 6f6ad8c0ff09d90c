"""What holds for every net that has a name: shapes for all inputs, the published number of weights, its stages."""

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from vicinal.models import NETS, latents

CLASSES = {name: 1000 if name.startswith("resne") else 10 for name in NETS}
MILLIONS = {
    "preact-resnet-18": 11.2,
    "wrn-28-10": 36.5,
    "densenet-bc-190-40": 25.6,
    "resnet-18": 11.7,
    "resnet-34": 21.8,
    "resnet-50": 25.6,
    "resnet-101": 44.5,
    "resnext-101-32x4d": 44.2,
    "resnext-101-64x4d": 83.5,
}
"""Published numbers of weights: CIFAR-10 nets with 10 classes, ImageNet nets with 1,000."""
STAGES = {
    "small": ((28, 28), 1, [(16, 14), (16, 14), (32, 7), (64, 4)]),
    "preact-resnet-18": ((32, 32), 3, [(64, 32), (64, 32), (128, 16), (256, 8), (512, 4)]),
    "wrn-28-10": ((32, 32), 3, [(16, 32), (160, 32), (320, 16), (640, 8)]),
    "densenet-bc-190-40": ((32, 32), 3, [(80, 32), (1320, 32), (1900, 16), (2190, 8)]),
    **{
        name: ((224, 224), 3, [(64, 56), (64, 56), (128, 28), (256, 14), (512, 7)])
        for name in ("resnet-18", "resnet-34")
    },
    **{
        name: ((224, 224), 3, [(64, 56), (256, 56), (512, 28), (1024, 14), (2048, 7)])
        for name in ("resnet-50", "resnet-101", "resnext-101-32x4d", "resnext-101-64x4d")
    },
    "lenet": ((160, 101), 1, [(20, 78, 48), (20, 37, 22), (1000,)]),
    "lenet-half": ((40, 50), 1, [(10, 18, 23), (10, 7, 9), (500,)]),
    "vgg-11": ((160, 101), 1, [(64, 80, 50), (128, 40, 25), (256, 20, 12), (512, 10, 6), (512, 5, 3)]),
    "vgg-11-quarter": ((40, 50), 1, [(16, 20, 25), (32, 10, 12), (64, 5, 6), (128, 2, 3), (128, 1, 1)]),
}
"""Size and channels of the inputs each net was made for; channels and size of the outputs of its stem, its stages and
its dense layer. One number of pixels stands for both sides."""
LEAST = {"lenet": 16, "lenet-half": 16}
"""Height and width of the smallest inputs of nets that do not take 8×8."""


def weights(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize(("channels", "size"), [(1, (8, 8)), (3, (64, 64)), (1, (24, 24)), (1, (160, 101))])
def test_every_net_takes_inputs_small_and_large_square_and_not(on_meta, name, channels, size):
    high, wide = (max(side, LEAST.get(name, 8)) for side in size)
    x = torch.zeros(2, channels, high, wide, device="meta")
    assert on_meta(name, CLASSES[name], channels, (high, wide))(x).shape == (2, CLASSES[name])


@pytest.mark.parametrize("name", ["small", "preact-resnet-18"])
@pytest.mark.parametrize("size", [9, 27, 28, 32])
def test_odd_sizes_and_those_of_the_data_sets_are_taken(on_meta, name, size):
    assert on_meta(name, 10, 1)(torch.zeros(2, 1, size, size, device="meta")).shape == (2, 10)


@pytest.mark.parametrize(("name", "millions"), MILLIONS.items())
def test_the_number_of_weights_is_the_published_one(on_meta, name, millions):
    assert round(weights(on_meta(name, CLASSES[name], 3)) / 1e6, 1) == millions


def test_the_small_net_has_77562_weights(on_meta):
    assert weights(on_meta("small", 10, 1)) == 77_562


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("resnet-18", "resnet18"),
        ("resnet-34", "resnet34"),
        ("resnet-50", "resnet50"),
        ("resnet-101", "resnet101"),
        ("resnext-101-64x4d", "resnext101_64x4d"),
    ],
)
def test_nets_of_torchvision_are_those_of_its_published_weights(on_meta, name, theirs):
    models = pytest.importorskip("torchvision.models")
    with torch.device("meta"):
        expected = {name: tensor.shape for name, tensor in models.get_model(theirs).state_dict().items()}
    assert {name: tensor.shape for name, tensor in on_meta(name, 1000, 3).state_dict().items()} == expected
    assert weights(on_meta(name, 1000, 3)) == models.get_model_weights(theirs).DEFAULT.meta["num_params"]


def test_resnet_50_multiplies_4100_million_times_for_an_image(on_meta):
    with FlopCounterMode(display=False) as counter:
        on_meta("resnet-50", 1000, 3)(torch.zeros(1, 3, 224, 224, device="meta"))
    assert counter.get_total_flops() / 2 == pytest.approx(4.1e9, rel=0.01)


@pytest.mark.parametrize("name", NETS)
def test_latents_are_passed_once_in_order_and_have_the_shapes_of_the_papers(on_meta, name):
    size, channels, expected = STAGES[name]
    net, seen = on_meta(name, CLASSES[name], channels, size), []

    def remember(module: nn.Module, _inputs: object, output: Tensor) -> None:
        seen.append((module, tuple(output.shape)))

    handles = [module.register_forward_hook(remember) for module in latents(net)]
    net(torch.zeros(2, channels, *size, device="meta"))
    for handle in handles:
        handle.remove()
    assert [module for module, _ in seen] == list(latents(net))
    assert [shape for _, shape in seen] == [(2, *each, *(each[1:] if len(each) == 2 else ())) for each in expected]
