"""The two nets of a GAN of points: fully connected, ReLU units in the hidden layers."""

import re
from collections.abc import Sequence

from torch import nn

from vicinal.models._mlp import MLP
from vicinal.vicinity import seed_of

NOISE = 2
"""Numbers that the generator makes a point of, each from a normal distribution."""


class Gan(nn.Module):
    """A generator, which maps noise (N, 2) to points (N, 2), and a discriminator, which maps points to logits (N, 1).

    Args:
        units: of the hidden layers of both.
        seed: the initial weights follow from it, uniform in ±1/√inputs; no generator is moved.

    Example:
        >>> import torch
        >>> gan = Gan([128, 128, 128], seed=0)
        >>> gan.discriminator(gan.generator(torch.zeros(16, 2))).shape
        torch.Size([16, 1])

    Source: arXiv 1710.09412, section 3.7: three hidden layers of 512 units, two-dimensional normal noise.
    """

    def __init__(self, units: Sequence[int], *, seed: int) -> None:
        super().__init__()
        self.generator = _mlp([NOISE, *units, 2], seed_of("generator", seed))
        self.discriminator = _mlp([2, *units, 1], seed_of("discriminator", seed))


def _mlp(sizes: Sequence[int], seed: int) -> nn.Sequential:
    return MLP(sizes, seeds=[seed]).replica(0)


def gan_units(name: str) -> tuple[int, ...] | None:
    """Return the units of the hidden layers that a name like ``"gan-512-512-512"`` says, or None for another name.

    Example:
        >>> gan_units("gan-128-64"), gan_units("mlp-128-64")
        ((128, 64), None)
    """
    if not re.fullmatch(r"gan(-[1-9][0-9]*)+", name):
        return None
    return tuple(int(units) for units in name.split("-")[1:])
