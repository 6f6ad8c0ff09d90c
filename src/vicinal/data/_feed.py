"""What gives a trial its batches of pictures or sounds, whether they lie in memory or are read from files."""

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from torch import Tensor

from vicinal.data._preparation import Preparation
from vicinal.data._sound_preparation import SoundPreparation

Part = Literal["train", "valid", "test"]
"""To train on; to choose by, where there is such a part; to judge by."""
Batches = Iterator[tuple[Tensor, Tensor]]
"""Batches of n examples: float32 of shape (n, C, H, W) on the device, int64 classes of shape (n,) on the host."""


class Feed(Protocol):
    """Examples of one data set, divided, prepared and augmented as one trial asked for."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The K classes' names; a class is its position here."""
        ...

    @property
    def preparation(self) -> Preparation | SoundPreparation:
        """How a picture or a sound becomes what the net takes."""
        ...

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what the net takes."""
        ...

    def size(self, part: Part) -> int:
        """Return the number of examples of a part; 0 of one that there is not."""
        ...

    def labels(self, part: Part) -> Tensor:
        """Return the classes of a part, int64 of shape (N,), on the host."""
        ...

    def batches(self, epoch: int, picked: Sequence[Tensor]) -> Batches:
        """Yield augmented batches to train on; once they have been mixed, :meth:`finish` makes what the net takes.

        The augmentation of example i follows from (seed, epoch, i) alone: not from the batch that it is in, nor from
        the process that reads it.

        Args:
            epoch: number of the epoch, from 0.
            picked: for each batch the numbers of its examples in the training part, int64 on the host.
        """
        ...

    def plain(self, part: Part, picked: Sequence[Tensor]) -> Batches:
        """Yield batches as they are for testing, without augmentation.

        Args:
            part: which part the numbers are of.
            picked: for each batch the numbers of its examples, int64 on the host.
        """
        ...

    def finish(self, x: Tensor) -> Tensor:
        """Return what the net takes for a batch to train on that has been mixed: itself, unless it is of waveforms."""
        ...
