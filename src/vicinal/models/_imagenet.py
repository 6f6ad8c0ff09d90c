"""The residual nets of the ImageNet experiment, from torchvision (He et al. 2016; Xie et al. 2017)."""

from functools import partial

from torch import Tensor, nn

from vicinal._errors import InputError, must_be

_PUBLISHED = {"resnet-50": "resnet50", "resnet-101": "resnet101", "resnext-101-64x4d": "resnext101_64x4d"}
"""Nets with weights at torchvision, and what they are called there."""


def _bottlenecks(
    blocks: tuple[int, ...], *, classes: int, channels: int, groups: int = 1, width: int = 64
) -> nn.Module:
    """Return torchvision's ResNet of bottleneck blocks, with a stem for this number of channels.

    The stem is that for 224×224 whatever the size: a 7×7 convolution of stride 2 and a pooling of stride 2.
    """
    try:
        from torchvision.models.resnet import Bottleneck, ResNet
    except ImportError:
        raise InputError("this net needs torchvision, which is not installed: pip install torchvision.") from None
    net = ResNet(Bottleneck, list(blocks), num_classes=classes, groups=groups, width_per_group=width)
    if channels != 3:
        net.conv1 = nn.Conv2d(channels, net.conv1.out_channels, 7, stride=2, padding=3, bias=False)
        nn.init.kaiming_normal_(net.conv1.weight, mode="fan_out", nonlinearity="relu")
    return net


resnet_50 = partial(_bottlenecks, (3, 4, 6, 3))
"""ResNet-50, 25.6 million weights at 1,000 classes; stride in the 3×3 convolution. Source: arXiv 1512.03385."""

resnet_101 = partial(_bottlenecks, (3, 4, 23, 3))
"""ResNet-101, 44.5 million weights at 1,000 classes. Source: arXiv 1512.03385, table 1."""

resnext_101_32x4d = partial(_bottlenecks, (3, 4, 23, 3), groups=32, width=4)
"""ResNeXt-101 with 32 groups of 4 channels, 44.2 million weights at 1,000 classes. Source: arXiv 1611.05431."""

resnext_101_64x4d = partial(_bottlenecks, (3, 4, 23, 3), groups=64, width=4)
"""ResNeXt-101 with 64 groups of 4 channels, 83.5 million weights at 1,000 classes. Source: arXiv 1611.05431."""


def check_published(name: str) -> None:
    """See that torchvision publishes weights of a net.

    Raises:
        InputError: it does not.
    """
    if name not in _PUBLISHED:
        nets = ", ".join(_PUBLISHED)
        raise InputError(f"{name} has no pretrained weights; {nets} have, and most timm:NAME. Train it from scratch.")


def published_weights(name: str, channels: int) -> dict[str, Tensor]:
    """Return torchvision's default weights of a net, downloaded where they are not in torch's cache.

    Args:
        name: of the net.
        channels: 3; or 1, for which the stem's weights are summed over the colours, as if grey images had three
            equal channels.

    Raises:
        InputError: torchvision publishes none for this net, they take other channels, or they could not be fetched.
    """
    check_published(name)
    if channels not in (1, 3):
        raise InputError(must_be("channels", "1 or 3 with pretrained weights", channels))
    from torchvision.models import get_model_weights

    weights = get_model_weights(_PUBLISHED[name]).DEFAULT  # pyright: ignore[reportAttributeAccessIssue]
    try:
        state = dict(weights.get_state_dict(progress=False, check_hash=True, weights_only=True))
    except OSError as failure:  # URLError is one
        raise InputError(
            f"the pretrained weights of {name} could not be fetched ({failure}). Download {weights.url} and give the "
            "file with --weights."
        ) from None
    if channels == 1:
        state["conv1.weight"] = state["conv1.weight"].sum(1, keepdim=True)
    return state
