"""Any net of the library timm, where that is installed: ``timm:NAME``."""

from typing import Any

import torch
from torch import nn

from vicinal._errors import InputError, unknown
from vicinal.models._weights import warn_of_fresh

PREFIX = "timm:"


def check_timm(name: str) -> None:
    """See that timm is there and knows a net by this name, as :func:`timm_net` takes it.

    Raises:
        InputError: timm is not installed, or knows no such net.
    """
    try:
        import timm
    except ImportError:
        raise InputError(f"{PREFIX}{name} needs timm, which is not installed: pip install timm.") from None
    if not timm.is_model(name):
        names = [PREFIX + each for each in timm.list_models()]
        raise InputError(unknown("net", PREFIX + name, names, see="timm.list_models()"))


def timm_net(name: str, *, classes: int, channels: int, size: tuple[int, int], pretrained: bool) -> nn.Module:
    """Return a net that timm knows by this name.

    Args:
        name: as timm has it, with or without the tag of its weights: ``"resnet18"``, ``"resnet18.a1_in1k"``.
        classes: number of logits.
        channels: of the images.
        size: height and width of the images; for nets that are made for one size, such as vision transformers.
        pretrained: with the weights that timm publishes; the last layer is fresh where the classes differ, of
            which a :class:`FreshLayer` warns. They expect images normalised as ``timm.data.resolve_model_data_config``
            says, which is not for every net by ImageNet's mean and deviation.

    Raises:
        InputError: timm is not installed, knows no such net, or cannot make it so.
    """
    check_timm(name)
    import timm
    from timm.models import get_pretrained_cfg

    try:
        published = get_pretrained_cfg(name)
        sized: dict[str, Any] = {"img_size": size} if published is not None and published.fixed_input_size else {}
        net = timm.create_model(name, pretrained=pretrained, num_classes=classes, in_chans=channels, **sized).eval()
        with torch.no_grad():
            net(torch.zeros(1, channels, *size))  # many nets are made for any size and take only some
    except Exception as failure:  # timm and the hub behind it raise whatever they meet
        what = "with its pretrained weights " if pretrained else ""
        reason = " ".join(str(failure).split()).removesuffix(".")
        raise InputError(f"{PREFIX}{name} cannot be made {what}for {size[0]}×{size[1]} images: {reason}.") from None
    if pretrained and published is not None and published.num_classes != classes:
        warn_of_fresh(f"the pretrained weights of {PREFIX}{name}", classes=classes, instead_of=published.num_classes)
    return net.train()
