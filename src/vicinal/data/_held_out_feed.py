"""A feed of which a part of the training examples is held out to choose by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data._feed import Batches, Feed, Part
from vicinal.data._preparation import Preparation
from vicinal.data._sound_preparation import SoundPreparation
from vicinal.data._split import cut
from vicinal.vicinity import seed_of


@dataclass(frozen=True, eq=False)
class HeldOutFeed:
    """A :class:`Feed` with a part ``"valid"`` that is cut, class by class, from another feed's training part.

    Args:
        feed: the other one, which has no such part.
        numbers: the examples of the other's training part that are in each part of this one, int64 on the host.
    """

    feed: Feed
    numbers: dict[Part, Tensor]

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
        return len(self.numbers[part]) if part in self.numbers else self.feed.size(part)

    def labels(self, part: Part) -> Tensor:
        """Return the classes of a part."""
        return self.feed.labels("train")[self.numbers[part]] if part in self.numbers else self.feed.labels(part)

    def batches(self, epoch: int, picked: Sequence[Tensor]) -> Batches:
        """Yield augmented batches to train on."""
        return self.feed.batches(epoch, [self.numbers["train"][numbers] for numbers in picked])

    def plain(self, part: Part, picked: Sequence[Tensor]) -> Batches:
        """Yield batches of a part as they are."""
        if part not in self.numbers:
            return self.feed.plain(part, picked)
        return self.feed.plain("train", [self.numbers[part][numbers] for numbers in picked])

    def finish(self, x: Tensor) -> Tensor:
        """Return what the net takes for a batch that has been mixed."""
        return self.feed.finish(x)


def held_out(feed: Feed, share: float, *, seed: int) -> HeldOutFeed:
    """Hold a share of the training part out, of every class its own, rounded up or down.

    Args:
        feed: without a part to choose by.
        share: in (0, 1).
        seed: fixes which examples.

    Raises:
        InputError: there are too few examples.
    """
    labels = feed.labels("train").numpy()
    size = round(share * len(labels))
    if not 0 < size < len(labels):
        raise InputError(must_be("the training part", "large enough to be divided", f"{len(labels)} examples"))
    random = np.random.default_rng(seed_of("held out", seed))
    train, valid = cut(np.arange(len(labels)), labels, size, random)
    return HeldOutFeed(feed, {"train": torch.from_numpy(train), "valid": torch.from_numpy(valid)})
