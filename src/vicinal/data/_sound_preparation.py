"""How a sound becomes what a net takes, so that it can be kept with a run and repeated on anybody's recording."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.data._preparation import Preparation
from vicinal.data._sound import FULL, read_sound, seconds_of
from vicinal.data._spectrogram import BINS, HOP, RATE, WINDOW, frames_of, spectrograms

_NEAR = 0.05
"""Seconds by which a sound may be longer or shorter than a clip without a word."""


@dataclass(frozen=True)
class SoundPreparation:
    """Length and size of what a net takes; window, hop and rate are written down beside them.

    Args:
        samples: of a clip, at 16 kHz; a longer one is cut, a shorter one is followed by zeros.
        size: height and width that the spectrogram is pooled to; its own, (160, 1 + samples // 160), is left as it is.

    Example:
        >>> SoundPreparation(16_000).shape
        (1, 160, 101)
        >>> preparation_of(SoundPreparation(16_000, (40, 50)).settings())
        SoundPreparation(samples=16000, size=(40, 50))
    """

    samples: int
    size: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        whole = (BINS, frames_of(self.samples))
        if self.size == (0, 0):
            object.__setattr__(self, "size", whole)
        if not all(1 <= side <= most for side, most in zip(self.size, whole, strict=True)):
            raise ValueError(must_be("size", f"at most {whole[0]}×{whole[1]}, the spectrogram's own", self.size))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what the net takes."""
        return 1, *self.size

    def settings(self) -> dict[str, Any]:
        """Return all that was done as plain data, for JSON."""
        kind = {"kind": "sound", "channels": 1, "rate": RATE, "window": WINDOW, "hop": HOP}
        return {**kind, **asdict(self), "size": list(self.size)}

    def of_waves(self, waves: Tensor) -> Tensor:
        """Return clips as a net takes them.

        Args:
            waves: int16, or floating in [-1, 1], of shape (N, samples).

        Returns:
            float32 of shape (N, 1, H, W), on the same device.
        """
        return spectrograms(waves if waves.is_floating_point() else waves / FULL, self.size)

    def of_file(self, path: str | Path) -> Tensor:
        """Return a sound's file as a net takes it, float32 of shape (1, H, W).

        Raises:
            InputError: it cannot be read.
        """
        return self.of_waves(torch.from_numpy(read_sound(path, self.samples))[None])[0]

    def heard(self, path: str | Path) -> str:
        """Return which part of a sound's file is heard, where it is longer or shorter than a clip; "" elsewhere.

        Raises:
            InputError: the file cannot be read.
        """
        there, clip = seconds_of(path), self.samples / RATE
        if abs(there - clip) < _NEAR:
            return ""
        return (
            f"the first {clip:.2f} of {there:.2f} s" if there > clip else f"{there:.2f} s and silence up to {clip:.2f}"
        )


def preparation_of(settings: dict[str, Any]) -> Preparation | SoundPreparation:
    """Return the preparation that gave these settings."""
    if settings.get("kind") != "sound":
        return Preparation(**settings)
    height, width = settings["size"]
    return SoundPreparation(settings["samples"], (height, width))
