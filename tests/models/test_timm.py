"""Nets of timm by name, where it is installed."""

import warnings
from typing import Any

import pytest
import torch

from vicinal._errors import InputError
from vicinal.models import FreshLayer, build

timm = pytest.importorskip("timm")


@pytest.mark.parametrize(
    ("name", "channels", "size"),
    [("resnet18", 1, 28), ("resnet18.a1_in1k", 3, 32), ("vit_tiny_patch16_224", 1, 32), ("convnext_atto", 3, 64)],
)
def test_nets_have_the_classes_channels_and_size_that_are_asked_for(images, name, channels, size):
    one, again = (build(f"timm:{name}", classes=5, channels=channels, size=size, seed=1) for _ in range(2))
    assert one(images(2, channels, size)).shape == (2, 5)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), again.parameters(), strict=True))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("resnet8", 'no net is called "timm:resnet8"; did you mean "timm:resnet18"? (timm.list_models() shows all)'),
        ("resnet18.mine", "timm:resnet18.mine cannot be made for 8×8 images: Invalid pretrained tag (mine) for "
                          "resnet18."),
        ("vit_tiny_patch16_224", "timm:vit_tiny_patch16_224 cannot be made for 8×8 images: "),
    ],
)  # fmt: skip
def test_what_timm_cannot_make_is_told(name, sentence):
    with pytest.raises(InputError) as raised:
        build(f"timm:{name}", classes=5, channels=1, size=8, seed=0)
    assert str(raised.value).startswith(sentence)


def test_a_last_layer_that_is_left_fresh_is_said(monkeypatch):
    """The weights themselves, which are far away, are not fetched."""
    real = timm.create_model

    def created(name: str, *, pretrained: bool, **options: Any) -> torch.nn.Module:
        assert pretrained
        return real(name, pretrained=False, **options)

    monkeypatch.setattr(timm, "create_model", created)
    sentence = "the pretrained weights of timm:resnet18: the last layer is left fresh, with 5 classes instead of 1000."
    with pytest.warns(FreshLayer, match=f"^{sentence}$"):
        build("timm:resnet18", classes=5, channels=3, size=32, seed=0, pretrained=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build("timm:resnet18", classes=1000, channels=3, size=32, seed=0, pretrained=True)
