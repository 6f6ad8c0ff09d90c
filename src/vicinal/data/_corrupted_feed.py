"""A feed whose training labels are corrupted, and which knows the real ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from vicinal.data._feed import Batches, Feed, Part
from vicinal.data._preparation import Preparation
from vicinal.data._sound_preparation import SoundPreparation


@dataclass(frozen=True, eq=False)
class CorruptedFeed:
    """A :class:`Feed` that gives other labels to train on than those that are true; test labels stay clean.

    Args:
        feed: gives the examples.
        given: labels to train on, int64 of shape (N,), on the host.
        replaced: which of them were drawn at random, bool of shape (N,).
    """

    feed: Feed
    given: Tensor
    replaced: Tensor

    @property
    def real(self) -> Tensor:
        """The true labels of the training part, int64 of shape (N,)."""
        return self.feed.labels("train")

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

    def labels(self, part: Part) -> Tensor:
        """Return the labels of a part, those to train on as they are given."""
        return self.given if part == "train" else self.feed.labels(part)

    def batches(self, epoch: int, picked: Sequence[Tensor]) -> Batches:
        """Yield augmented batches to train on."""
        for numbers, (x, _) in zip(picked, self.feed.batches(epoch, picked), strict=True):
            yield x, self.given[numbers]

    def plain(self, part: Part, picked: Sequence[Tensor]) -> Batches:
        """Yield batches as they are for testing."""
        for numbers, (x, y) in zip(picked, self.feed.plain(part, picked), strict=True):
            yield x, self.given[numbers] if part == "train" else y

    def finish(self, x: Tensor) -> Tensor:
        """Return what the net takes for a batch to train on that has been mixed."""
        return self.feed.finish(x)
