"""Where the latents of a net pass, so that they can be mixed or looked at."""

from torch import nn

from vicinal._errors import InputError
from vicinal.models._densenet import DenseNet
from vicinal.models._lenet import LeNet
from vicinal.models._preact import PreActNet
from vicinal.models._vgg import VGG

_RESNET = ("maxpool", "layer1", "layer2", "layer3", "layer4")
"""Stem and stages as torchvision's and timm's residual nets call them."""


def latents(net: nn.Module) -> tuple[nn.Module, ...]:
    """Return the modules whose outputs are latents, in the order in which a batch passes them.

    Each is passed once in a forward pass: ``with draw.at(latents(net)[k - 1]):`` mixes after layer k. The nets of this
    package end these parts with a :class:`vicinal.MixPoint`, which works under ``torch.compile``, too.

    Args:
        net: of this package: the stem, then each stage, and LeNet's dense layer; LeNet and VGG-11 have no stem. A
            residual net of torchvision or timm: the stem with its pooling, then each stage. Another of timm: the
            modules that timm lists as its features.

    Raises:
        InputError: nothing is known of the net's parts.

    Example:
        >>> from vicinal.models import build
        >>> len(latents(build("small", classes=10, channels=1, size=28, seed=0)))
        4
    """
    if isinstance(net, PreActNet | DenseNet | LeNet | VGG):
        return net.latents
    parts = dict(net.named_modules())
    if all(name in parts for name in _RESNET):
        return tuple(parts[name] for name in _RESNET)
    features = [each.get("module") for each in getattr(net, "feature_info", None) or ()]
    if features and all(name in parts for name in features):
        return tuple(parts[name] for name in features)
    raise InputError(f"the latents of {type(net).__name__} are not known. Name a net of vicinal, torchvision or timm.")
