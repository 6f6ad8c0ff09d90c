"""What gives a trial its batches of pictures, whether they lie in memory or are read from files."""

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from torch import Tensor

from vicinal.data._preparation import Preparation

Part = Literal["train", "test"]
Batches = Iterator[tuple[Tensor, Tensor]]
"""Batches of n pictures: float32 of shape (n, C, H, W) on the device, int64 classes of shape (n,) on the host."""


class Feed(Protocol):
    """Pictures of one data set, divided, prepared and augmented as one trial asked for."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The K classes' names; a class is its position here."""
        ...

    @property
    def preparation(self) -> Preparation:
        """How a picture becomes what the net takes."""
        ...

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what the net takes."""
        ...

    def size(self, part: Part) -> int:
        """Return the number of pictures of a part."""
        ...

    def labels(self, part: Part) -> Tensor:
        """Return the classes of a part, int64 of shape (N,), on the host."""
        ...

    def batches(self, epoch: int, picked: Sequence[Tensor]) -> Batches:
        """Yield augmented batches to train on.

        The augmentation of picture i follows from (seed, epoch, i) alone: not from the batch that it is in, nor from
        the process that reads it.

        Args:
            epoch: number of the epoch, from 0.
            picked: for each batch the numbers of its pictures in the training part, int64 on the host.
        """
        ...

    def plain(self, part: Part, picked: Sequence[Tensor]) -> Batches:
        """Yield batches as they are for testing, without augmentation.

        Args:
            part: which part the numbers are of.
            picked: for each batch the numbers of its pictures, int64 on the host.
        """
        ...
