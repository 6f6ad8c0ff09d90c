"""The densely connected net: every layer sees the outputs of all layers before it (Huang et al. 2017)."""

import torch
from torch import Tensor, nn

from vicinal.models._initial import he_normal_
from vicinal.vicinity import MixPoint


class DenseLayer(nn.Module):
    r"""Appends ``growth`` channels that a bottleneck of 4·growth channels computes from all channels so far.

    .. math:: f(x) = [x, \; W_2 * \mathrm{ReLU}(\mathrm{BN}(W_1 * \mathrm{ReLU}(\mathrm{BN}(x))))]
    """

    def __init__(self, inputs: int, growth: int) -> None:
        super().__init__()
        self.new = nn.Sequential(
            *_activated(inputs),
            nn.Conv2d(inputs, 4 * growth, 1, bias=False),
            *_activated(4 * growth),
            nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, inputs + growth, H, W) for (N, inputs, H, W)."""
        return torch.cat([x, self.new(x)], dim=1)


class DenseNet(nn.Module):
    """DenseNet-BC for 32×32: three dense blocks, between them half the channels, height and width.

    The stem and every block end with a :class:`vicinal.MixPoint`, at which latents are mixed.

    Args:
        channels: of the images.
        classes: number of logits.
        depth: of the whole net, 4 more than a multiple of 6.
        growth: channels that each layer appends.

    Source: arXiv 1608.06993, section 3, "Bottleneck layers" and "Compression" with θ = 0.5.
    """

    def __init__(self, *, channels: int, classes: int, depth: int, growth: int) -> None:
        super().__init__()
        width = 2 * growth
        self.stem = nn.Sequential(nn.Conv2d(channels, width, 3, padding=1, bias=False), MixPoint())
        self.stages = nn.Sequential()
        for number in range(3):
            stage = nn.Sequential()
            if number > 0:
                stage.extend([*_activated(width), nn.Conv2d(width, width // 2, 1, bias=False), nn.AvgPool2d(2)])
                width //= 2
            for _ in range((depth - 4) // 6):
                stage.append(DenseLayer(width, growth))
                width += growth
            self.stages.append(stage.append(MixPoint()))
        self.end = nn.Sequential(*_activated(width))
        self.head = nn.Linear(width, classes)

    @property
    def latents(self) -> tuple[nn.Module, ...]:
        """The points at which the outputs of the stem and of each block pass."""
        return tuple(part[-1] for part in (self.stem, *self.stages))  # pyright: ignore[reportIndexIssue]

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (N, K) for images (N, C, H, W)."""
        return self.head(self.end(self.stages(self.stem(x))).mean((2, 3)))


def densenet_bc_190_40(*, classes: int, channels: int) -> DenseNet:
    """Return DenseNet-BC of depth 190 and growth 40 for 32×32: 25.6 million weights."""
    return he_normal_(DenseNet(channels=channels, classes=classes, depth=190, growth=40))


def _activated(width: int) -> tuple[nn.Module, ...]:
    return nn.BatchNorm2d(width), nn.ReLU(inplace=True)
