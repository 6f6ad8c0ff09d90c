"""What feeds have in common that are made of another: with other labels, or with fewer examples."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from vicinal.data._feed import Batches, Feed, Part
from vicinal.data._preparation import Preparation
from vicinal.data._sound_preparation import SoundPreparation


@dataclass(frozen=True, eq=False)
class DerivedFeed(ABC):
    """A :class:`Feed` that gives another's examples with labels of its own; its kinds say with which.

    Args:
        feed: gives the examples.
    """

    feed: Feed

    @property
    def classes(self) -> tuple[str, ...]:
        """The K classes' names."""
        return self.feed.classes

    @property
    def preparation(self) -> Preparation | SoundPreparation:
        """How an example becomes what the net takes."""
        return self.feed.preparation

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what the net takes."""
        return self.feed.shape

    def size(self, part: Part) -> int:
        """Return the number of examples of a part."""
        return self.feed.size(part)

    @abstractmethod
    def labels(self, part: Part) -> Tensor:
        """Return the labels of a part as they are given."""

    def batches(self, epoch: int, picked: Sequence[Tensor]) -> Batches:
        """Yield augmented batches to train on."""
        for numbers, (x, _) in zip(picked, self.feed.batches(epoch, picked), strict=True):
            yield x, self.labels("train")[numbers]

    def plain(self, part: Part, picked: Sequence[Tensor]) -> Batches:
        """Yield batches of a part as they are."""
        for numbers, (x, _) in zip(picked, self.feed.plain(part, picked), strict=True):
            yield x, self.labels(part)[numbers]

    def finish(self, x: Tensor) -> Tensor:
        """Return what the net takes for a batch to train on that has been mixed."""
        return self.feed.finish(x)
