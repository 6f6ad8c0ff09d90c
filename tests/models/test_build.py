"""Nets by name: weights that follow from the seed, and what cannot be made."""

import sys
from typing import Any

import pytest
import torch

from vicinal._errors import InputError
from vicinal.models import build, check_net, hidden_units

PLAIN: dict[str, Any] = {"classes": 5, "channels": 1, "size": 8, "seed": 0}


@pytest.mark.parametrize("name", ["small", "preact-resnet-18", "resnet-50", "lenet-half", "vgg-11-quarter"])
def test_weights_follow_from_the_seed(name):
    one, again, other = (build(name, **{**PLAIN, "size": (16, 20), "seed": seed}).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(tensor, again[key]) for key, tensor in one.items())
    drawn = [key for key, tensor in one.items() if tensor.is_floating_point() and tensor.unique().numel() > 1]
    assert len(drawn) > 5
    assert not any(torch.equal(one[key], other[key]) for key in drawn)


def test_weights_follow_from_the_seed_whatever_was_drawn_before_and_where_tensors_are_made():
    expected = build("small", **PLAIN).state_dict()
    with torch.random.fork_rng():
        torch.manual_seed(5)
        after_a_seed = build("small", **PLAIN).state_dict()
    with torch.device("meta"):
        elsewhere = build("small", **PLAIN).state_dict()
    for found in (after_a_seed, elsewhere):
        assert all(torch.equal(tensor, found[key]) for key, tensor in expected.items())


@pytest.mark.parametrize("name", ["small", "wrn-28-10", "timm:resnet18"])
def test_no_generator_is_moved(name):
    pytest.importorskip("timm" if name.startswith("timm") else "torch")
    state = torch.get_rng_state()
    assert build(name, **PLAIN).training
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("name", ["wrn-28-10", "densenet-bc-190-40"])
def test_convolutions_start_with_the_variance_of_the_paper(name):
    """He et al. 2015, equation 14: the variance is 2 / (outputs · kernel²)."""
    for key, tensor in build(name, **PLAIN).state_dict().items():
        if tensor.ndim == 4 and tensor.numel() > 10_000:
            expected = 2 / (tensor.shape[0] * tensor.shape[2] * tensor.shape[3])
            assert tensor.var().item() == pytest.approx(expected, rel=0.1), key


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("mlp-128", (128,)),
        ("mlp-128-64", (128, 64)),
        ("mlp", None),
        ("mlp-", None),
        ("mlp-0", None),
        ("mlp-012", None),
        ("mlp-128-", None),
        ("mlp-1x2", None),
        ("xmlp-128", None),
        ("small", None),
    ],
)
def test_a_name_says_the_hidden_units(name, units):
    assert hidden_units(name) == units


@pytest.mark.parametrize(
    ("given", "kind", "sentence"),
    [
        ({"name": "smal"}, InputError,
         'no net is called "smal"; did you mean "small"? (there are densenet-bc-190-40, lenet, lenet-half, '
         "preact-resnet-18, resnet-101, resnet-18, resnet-34, resnet-50, resnext-101-32x4d, resnext-101-64x4d, small, "
         "timm:NAME, vgg-11, vgg-11-quarter, wrn-28-10)"),
        ({"name": "resnet-50", "dropout": 0.5}, InputError,
         "dropout must be 0 for resnet-50, got 0.5. small, preact-resnet-18, wrn-28-10 have a place for it."),
        ({"name": "timm:resnet18", "dropout": 0.5}, InputError,
         "dropout must be 0 for timm:resnet18, got 0.5. small, preact-resnet-18, wrn-28-10 have a place for it."),
        ({"name": "small", "pretrained": True}, InputError,
         "small has no pretrained weights; resnet-18, resnet-34, resnet-50, resnet-101, resnext-101-64x4d have, and "
         "most timm:NAME. Train it from scratch."),
        ({"name": "small", "dropout": 1.0}, ValueError, "dropout must be a probability in [0, 1), got 1.0."),
        ({"name": "small", "classes": 1}, ValueError, "classes must be at least 2, got 1."),
        ({"name": "small", "channels": 0}, ValueError, "channels must be at least 1, got 0."),
        ({"name": "small", "size": 7}, ValueError, "size must be at least 8, got 7."),
        ({"name": "vgg-11", "size": (101, 7)}, ValueError, "size must be at least 8, got 7."),
        ({"name": "lenet", "size": (15, 40)}, InputError,
         "the inputs of LeNet must be 16×16 or larger, got 15×40. Name another net."),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_told(given, kind, sentence):
    with pytest.raises(kind) as raised:
        build(**{**PLAIN, **given})
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("name", "pretrained"),
    [("smal", False), ("timm", False), ("mlp-8", False), ("small", True), ("timm:nothing", False)],
)
def test_what_cannot_be_built_is_known_before(name, pretrained):
    pytest.importorskip("timm" if name.startswith("timm:") else "torch")
    with pytest.raises(InputError) as built:
        build(name, **PLAIN, pretrained=pretrained)
    with pytest.raises(InputError) as checked:
        check_net(name, pretrained=pretrained)
    assert str(checked.value) == str(built.value)


@pytest.mark.parametrize(("name", "pretrained"), [("small", False), ("resnet-50", True), ("timm:resnet18", True)])
def test_what_can_be_built_passes(name, pretrained):
    pytest.importorskip("timm" if name.startswith("timm:") else "torch")
    check_net(name, pretrained=pretrained)


@pytest.mark.parametrize(
    ("name", "library", "sentence"),
    [
        ("resnet-50", "torchvision.models.resnet",
         "this net needs torchvision, which is not installed: pip install torchvision."),
        ("timm:resnet18", "timm", "timm:resnet18 needs timm, which is not installed: pip install timm."),
    ],
)  # fmt: skip
def test_a_library_that_is_missing_is_named(monkeypatch, name, library, sentence):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(InputError) as raised:
        build(name, **PLAIN)
    assert str(raised.value) == sentence
