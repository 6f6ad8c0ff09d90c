"""Nets of timm by name, where it is installed."""

import pytest
import torch

from vicinal._errors import InputError
from vicinal.models import build

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
