"""The deep net of 3×3 convolutions, configuration A (Simonyan & Zisserman 2015), normalised by batches."""

from functools import partial

from torch import Tensor, nn

from vicinal.vicinity import MixPoint

A = ((64,), (128,), (256, 256), (512, 512), (512, 512))
"""Channels of the convolutions of each stage in configuration A."""


class VGG(nn.Module):
    """Five stages of padded 3×3 convolutions, each followed by batch normalisation and ReLU, and a linear layer.

    Every stage ends with a pooling that takes the largest of 2×2 values, along a side as long as there are two left,
    then a :class:`vicinal.MixPoint`, at which latents are mixed. The three dense layers of configuration A, made for
    224×224 photos of 1,000 classes, are left out but for the last: a linear layer on all that the last pooling gives.
    In PyTorch code for speech commands of the time two dense layers stood there with nothing between, which together
    are one linear map, too. Configuration A has no batch normalisation; it is from 2015 as well, and that code had it.

    Args:
        channels: of the inputs.
        classes: number of logits.
        size: height and width of the inputs; the linear layer is made for it.
        part: the width is this part of configuration A's.

    Source: arXiv 1409.1556, table 1, column A; of batch normalisation, arXiv 1502.03167; arXiv 1710.09412, section 3.3.
    """

    def __init__(self, *, channels: int, classes: int, size: tuple[int, int], part: int = 1) -> None:
        super().__init__()
        self.stages = nn.Sequential()
        width, sides = channels, size
        for of_stage in A:
            stage = nn.Sequential()
            for outputs in (full // part for full in of_stage):
                convolution = nn.Conv2d(width, outputs, 3, padding=1, bias=False)
                stage.extend([convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)])
                width = outputs
            of_two = (min(2, sides[0]), min(2, sides[1]))
            sides = (sides[0] // of_two[0], sides[1] // of_two[1])
            self.stages.append(stage.extend([nn.MaxPool2d(of_two), MixPoint()]))
        self.head = nn.Linear(width * sides[0] * sides[1], classes)

    @property
    def latents(self) -> tuple[nn.Module, ...]:
        """The points at which the outputs of each stage pass."""
        return tuple(stage[-1] for stage in self.stages)  # pyright: ignore[reportIndexIssue]

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (N, K) for inputs (N, C, H, W)."""
        return self.head(self.stages(x).flatten(1))


vgg_11 = VGG
"""VGG-11: 9,452,510 weights for spectrograms of 160×101 in 30 classes."""

vgg_11_quarter = partial(VGG, part=4)
"""VGG-11 at a quarter of its width: 578,810 weights for spectrograms of 40×50 in ten classes."""
