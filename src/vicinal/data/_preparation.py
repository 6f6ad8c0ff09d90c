"""How a picture becomes what a net takes, so that it can be kept with a run and repeated on anybody's picture."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data._picture import read_picture

_LONGEST = 4  # sides of a picture that are looked at, as a multiple of the shorter one


@dataclass(frozen=True)
class Preparation:
    """Size, channels and scale of what a net takes.

    Args:
        channels: 3 for colours, 1 for shades of grey.
        size: height and width in pixels.
        mean: of each channel, where black is 0 and white is 1.
        std: deviation of each channel, in the same unit.
        resize: length in pixels of a picture's shorter side when the centre is cut out of it; at least ``size``.

    Example:
        >>> preparation = Preparation(channels=1, size=2, mean=(0.5,), std=(0.25,), resize=2)
        >>> preparation.of_picture(Image.new("L", (6, 4), 255)).tolist()
        [[[2.0, 2.0], [2.0, 2.0]]]
        >>> Preparation(**preparation.settings()) == preparation
        True
    """

    channels: int
    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    resize: int

    def __post_init__(self) -> None:
        for field in ("mean", "std"):  # JSON knows lists only
            object.__setattr__(self, field, tuple(float(value) for value in getattr(self, field)))
        if self.channels not in (1, 3):
            raise ValueError(must_be("channels", "1 or 3", self.channels))
        if not 1 <= self.size <= self.resize:
            raise ValueError(must_be("size", f"in [1, {self.resize}], the length of the shorter side", self.size))
        for field in ("mean", "std"):
            if len(getattr(self, field)) != self.channels:
                raise ValueError(must_be(field, f"{self.channels} numbers", getattr(self, field)))
        if min(self.std) <= 0:
            raise ValueError(must_be("std", "positive", self.std))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what the net takes."""
        return self.channels, self.size, self.size

    def settings(self) -> dict[str, Any]:
        """Return the fields as plain data, for JSON."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    def in_mode(self, picture: Image.Image) -> Image.Image:
        """Return a picture in colours or in shades of grey, as the channels want it."""
        mode = "RGB" if self.channels == 3 else "L"
        return picture if picture.mode == mode else picture.convert(mode)

    def pixels(self, picture: Image.Image) -> Tensor:
        """Return the centre of a picture, resized, as uint8 of shape (C, H, W).

        As torchvision does it: the shorter side to ``resize`` by bilinear interpolation, then a central crop. Of a
        picture more than four times as long as wide only the middle is resized: a line of pixels would fill the memory.
        """
        picture = _middle(self.in_mode(picture))
        width, height = picture.size
        shorter = min(width, height)
        scaled = (self.resize * width // shorter, self.resize * height // shorter)
        if scaled != picture.size:
            picture = picture.resize(scaled, Image.Resampling.BILINEAR)
        left, top = (round((side - self.size) / 2) for side in picture.size)
        return as_tensor(picture.crop((left, top, left + self.size, top + self.size)))

    def of_picture(self, picture: Image.Image) -> Tensor:
        """Return a picture as a net takes it, float32 of shape (C, H, W)."""
        return self.normalise(self.pixels(picture))

    def of_file(self, path: str | Path) -> Tensor:
        """Return a picture's file as a net takes it, float32 of shape (C, H, W).

        Raises:
            InputError: it cannot be read.
        """
        return self.of_picture(read_picture(path))

    def normalise(self, x: Tensor) -> Tensor:
        """Subtract the mean and divide by the deviation.

        Args:
            x: uint8, or floating in [0, 1], of shape (..., C, H, W).

        Returns:
            A new float32 tensor of the same shape, on the same device.
        """
        top = 255.0 if x.dtype == torch.uint8 else 1.0
        scale = [1 / (top * std) for std in self.std]
        shift = [-mean / std for mean, std in zip(self.mean, self.std, strict=True)]
        out = x.to(torch.float32, copy=True)
        if (
            self.channels == 1
        ):  # a plain number needs no tensor on the device, whose sending would have to be waited for
            return out.mul_(scale[0]).add_(shift[0])
        for channel, plane in enumerate(out.unbind(-3)):
            plane.mul_(scale[channel]).add_(shift[channel])
        return out

    def undone(self, x: Tensor) -> Tensor:
        """Return the bytes that :meth:`normalise` made prepared pictures of.

        Args:
            x: floating, of shape (..., C, H, W).

        Returns:
            A uint8 tensor of the same shape, on the same device.
        """
        out = x.to(torch.float32, copy=True)
        for channel, plane in enumerate(out.unbind(-3)):
            plane.mul_(255 * self.std[channel]).add_(255 * self.mean[channel])
        return out.round_().clamp_(0, 255).to(torch.uint8)


def square(size: int | tuple[int, int] | None) -> int | None:
    """Return the side that pictures are to have.

    Raises:
        InputError: height and width differ.
    """
    if isinstance(size, tuple):
        raise InputError(must_be("the size of pictures", "one number, since they are square", size))
    return size


def as_tensor(picture: Image.Image) -> Tensor:
    """Return a picture in colours or in shades of grey as uint8 of shape (C, H, W)."""
    pixels = np.array(picture)  # a copy, since what Pillow lends cannot be written to
    return torch.from_numpy(pixels if pixels.ndim == 3 else pixels[:, :, None]).permute(2, 0, 1).contiguous()


def scale_of(pixels: Tensor, chosen: Tensor | None = None) -> tuple[Sequence[float], Sequence[float]]:
    """Return mean and deviation of each channel, where black is 0 and white is 1.

    Args:
        pixels: uint8 of shape (N, C, H, W).
        chosen: numbers of the pictures that count; all if not given.

    Returns:
        C means and C deviations; the deviation of a channel that is constant is 1.
    """
    shades = torch.arange(256, dtype=torch.float64) / 255
    means, deviations = [], []
    for channel in range(pixels.shape[1]):
        plane = pixels[:, channel] if chosen is None else pixels[chosen, channel]
        share = torch.bincount(plane.flatten(), minlength=256).double() / plane.numel()
        mean = float(share @ shades)
        means.append(mean)
        deviations.append(float(share @ (shades - mean) ** 2) ** 0.5 or 1.0)
    return means, deviations


def _middle(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    side = _LONGEST * min(width, height)
    if max(width, height) <= side:
        return picture
    left, top = max(0, (width - side) // 2), max(0, (height - side) // 2)
    return picture.crop((left, top, min(width, left + side), min(height, top + side)))
