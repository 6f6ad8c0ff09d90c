"""A feed whose training labels are corrupted, and which knows the real ones."""

from dataclasses import dataclass

from torch import Tensor

from vicinal.data._derived_feed import DerivedFeed
from vicinal.data._feed import Part


@dataclass(frozen=True, eq=False)
class CorruptedFeed(DerivedFeed):
    """A :class:`Feed` that gives other labels to train on than those that are true; test labels stay clean.

    Args:
        feed: gives the examples.
        given: labels to train on, int64 of shape (N,), on the host.
        replaced: which of them were drawn at random, bool of shape (N,).
    """

    given: Tensor
    replaced: Tensor

    @property
    def real(self) -> Tensor:
        """The true labels of the training part, int64 of shape (N,)."""
        return self.feed.labels("train")

    def labels(self, part: Part) -> Tensor:
        """Return the labels of a part, those to train on as they are given."""
        return self.given if part == "train" else self.feed.labels(part)
