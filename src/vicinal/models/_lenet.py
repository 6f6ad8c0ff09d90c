"""The convolutional net of two convolutions and two dense layers (LeCun et al. 1998), as speech commands had it."""

from functools import partial

from torch import Tensor, nn

from vicinal._errors import InputError, must_be
from vicinal.vicinity import MixPoint

KERNEL = 5
DROPOUT = 0.5
SMALLEST = 16
"""Height and width that an input has at least: two convolutions and two poolings leave one value of it."""


class LeNet(nn.Module):
    """Two unpadded 5×5 convolutions, each pooled to half its height and width, a dense layer, a linear one.

    The paper names the net and no more. This is the one that PyTorch code for speech commands had at the time: the
    largest of 2×2 values is taken before the ReLU, dropout of ½ stands behind the second convolution (of whole
    channels) and behind the dense layer. Both stages and the dense layer end with a :class:`vicinal.MixPoint`, at which
    latents are mixed.

    Args:
        channels: of the inputs.
        classes: number of logits.
        size: height and width of the inputs, at least 16 each; the dense layer is made for it.
        width: channels of both convolutions.
        dense: units of the dense layer.

    Raises:
        InputError: the inputs are smaller.

    Source: Gradient-based learning applied to document recognition, 1998, section II; arXiv 1710.09412, section 3.3.
    """

    def __init__(self, *, channels: int, classes: int, size: tuple[int, int], width: int, dense: int) -> None:
        super().__init__()
        if min(size) < SMALLEST:
            raise InputError(
                must_be("the inputs of LeNet", f"{SMALLEST}×{SMALLEST} or larger", f"{size[0]}×{size[1]}",
                        "Name another net")
            )  # fmt: skip
        self.stages = nn.Sequential(
            nn.Sequential(nn.Conv2d(channels, width, KERNEL), *_pooled()),
            nn.Sequential(nn.Conv2d(width, width, KERNEL), nn.Dropout2d(DROPOUT), *_pooled()),
        )
        high, wide = (_left(_left(side)) for side in size)
        self.dense = nn.Sequential(
            nn.Flatten(), nn.Linear(width * high * wide, dense), nn.ReLU(inplace=True), nn.Dropout(DROPOUT), MixPoint()
        )
        self.head = nn.Linear(dense, classes)

    @property
    def latents(self) -> tuple[nn.Module, ...]:
        """The points at which the outputs of both stages and of the dense layer pass."""
        return tuple(part[-1] for part in (*self.stages, self.dense))  # pyright: ignore[reportIndexIssue]

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (N, K) for inputs (N, C, H, W)."""
        return self.head(self.dense(self.stages(x)))


lenet = partial(LeNet, width=20, dense=1000)
"""LeNet with 20 channels and 1,000 dense units: 16,321,570 weights for spectrograms of 160×101 in 30 classes."""

lenet_half = partial(LeNet, width=10, dense=500)
"""LeNet at half its width: 323,280 weights for spectrograms of 40×50 in ten classes."""


def _pooled() -> tuple[nn.Module, ...]:
    return nn.MaxPool2d(2), nn.ReLU(inplace=True), MixPoint()


def _left(side: int) -> int:
    """Return what a convolution and its pooling leave of a height or width."""
    return (side - KERNEL + 1) // 2
