"""Nets for images and sounds by name. A new one is a function that makes it and a line here."""

from collections.abc import Callable

import torch
from torch import nn

from vicinal._errors import InputError, must_be, unknown
from vicinal.models import _imagenet
from vicinal.models._densenet import densenet_bc_190_40
from vicinal.models._lenet import lenet, lenet_half
from vicinal.models._preact import preact_resnet_18, small
from vicinal.models._timm import PREFIX, check_timm, timm_net
from vicinal.models._vgg import vgg_11, vgg_11_quarter
from vicinal.models._weights import put
from vicinal.models._wide_resnet import wrn_28_10
from vicinal.vicinity import seed_of

_WITH_DROPOUT: dict[str, Callable[..., nn.Module]] = {
    "small": small,
    "preact-resnet-18": preact_resnet_18,
    "wrn-28-10": wrn_28_10,
}
FOR_A_SIZE: dict[str, Callable[..., nn.Module]] = {
    "lenet": lenet,
    "lenet-half": lenet_half,
    "vgg-11": vgg_11,
    "vgg-11-quarter": vgg_11_quarter,
}
"""Those of the nets that are made for a height and a width of their inputs."""
NETS: dict[str, Callable[..., nn.Module]] = {
    **_WITH_DROPOUT,
    **FOR_A_SIZE,
    "densenet-bc-190-40": densenet_bc_190_40,
    "resnet-18": _imagenet.resnet_18,
    "resnet-34": _imagenet.resnet_34,
    "resnet-50": _imagenet.resnet_50,
    "resnet-101": _imagenet.resnet_101,
    "resnext-101-32x4d": _imagenet.resnext_101_32x4d,
    "resnext-101-64x4d": _imagenet.resnext_101_64x4d,
}
"""Every net for images or sounds that has a name.

Each is made from ``classes`` and ``channels``, some with ``dropout``, those ``FOR_A_SIZE`` with ``size``.
"""

SMALLEST = 8
"""Height and width of an input at least; the nets halve it up to five times, and no less is worth a convolution."""


def check_net(name: str, *, pretrained: bool = False) -> None:
    """See that there is such a net, before anything that takes long is done for it.

    Args:
        name: as for :func:`build`.
        pretrained: see that there are published weights of it, too; of timm's nets that is only known once one is made.

    Raises:
        InputError: no net has this name, it has no published weights, or timm is not installed.
    """
    if name.startswith(PREFIX):
        check_timm(name.removeprefix(PREFIX))
    elif name not in NETS:
        raise InputError(unknown("net", name, [*NETS, f"{PREFIX}NAME"]))
    elif pretrained:
        _imagenet.check_published(name)


def build(
    name: str,
    *,
    classes: int,
    channels: int,
    size: int | tuple[int, int],
    seed: int,
    dropout: float = 0.0,
    pretrained: bool = False,
) -> nn.Module:
    """Return a net for images or spectrograms (N, C, H, W), in training mode, on the CPU.

    Stem and strides are those of the papers whatever the size; global pooling, or a linear layer that is made for the
    size, makes the rest fit.

    Args:
        name: in ``NETS``, or ``"timm:NAME"`` where timm is installed.
        classes: number of logits, at least 2.
        channels: of the inputs, 1 of a spectrogram; at least 1.
        size: height and width of the inputs, or one number for both, at least 8: pixels, or bins and frames.
        seed: the initial weights follow from it; no generator is moved.
        dropout: probability of dropping a unit between the two convolutions of every block, in [0, 1); for the
            pre-activation nets.
        pretrained: with the weights that torchvision or timm publish; only what is left fresh follows from the seed.
            For another number of classes that is the last layer, of which a :class:`FreshLayer` warns. Some nets of
            timm were trained on images whose mean and deviation were called 0.5; :class:`~vicinal.data.Photos` are
            normalised by ImageNet's whatever the net, which these make up for only as they are trained further.

    Raises:
        InputError: no net has this name, it has no place for dropout, no published weights, takes larger inputs only,
            or a library is missing.
        ValueError: a number is out of its range.

    Example:
        >>> build("small", classes=10, channels=1, size=28, seed=0)(torch.zeros(2, 1, 28, 28)).shape
        torch.Size([2, 10])
    """
    for what, least, found in (
        ("classes", 2, classes),
        ("channels", 1, channels),
        ("size", SMALLEST, min(sides(size))),
    ):
        if found < least:
            raise ValueError(must_be(what, f"at least {least}", found))
    if not 0 <= dropout < 1:
        raise ValueError(must_be("dropout", "a probability in [0, 1)", dropout))
    if not name.startswith(PREFIX):  # which is seen where timm makes the net
        check_net(name)
    if dropout > 0 and name not in _WITH_DROPOUT:
        raise InputError(
            must_be("dropout", f"0 for {name}", dropout, f"{', '.join(_WITH_DROPOUT)} have a place for it")
        )
    with torch.random.fork_rng(devices=()), torch.device("cpu"):
        torch.default_generator.manual_seed(seed_of("net", seed))
        if name.startswith(PREFIX):
            return timm_net(
                name.removeprefix(PREFIX), classes=classes, channels=channels, size=sides(size), pretrained=pretrained
            )
        further: dict[str, object] = {"dropout": dropout} if dropout > 0 else {}
        further |= {"size": sides(size)} if name in FOR_A_SIZE else {}
        net = NETS[name](classes=classes, channels=channels, **further)
        if pretrained:
            put(net, _imagenet.published_weights(name, channels), source=f"the pretrained weights of {name}")
        return net


def sides(size: int | tuple[int, int]) -> tuple[int, int]:
    """Return height and width for a size, which is one number for a square.

    Example:
        >>> sides(32), sides((160, 101))
        ((32, 32), (160, 101))
    """
    return (size, size) if isinstance(size, int) else size
