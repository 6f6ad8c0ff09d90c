"""What feeds have in common, whether their examples lie in memory or in files: labels, classes, preparation."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor

from vicinal.data._feed import Part
from vicinal.data._preparation import Preparation
from vicinal.data._sound_preparation import SoundPreparation

Prepared = TypeVar("Prepared", Preparation, SoundPreparation)
_NONE = torch.empty(0, dtype=torch.int64)  # examples of a part that there is not


@dataclass(frozen=True, eq=False, kw_only=True)
class HeldFeed(Generic[Prepared]):
    """The part of a :class:`Feed` that is held as it is; how batches are made is left to its kinds.

    Args:
        classes: the K classes' names.
        preparation: how an image or a sound becomes what the net takes.
        targets: the classes of each part, int64 of shape (N,), on the host.
    """

    classes: tuple[str, ...]
    preparation: Prepared
    targets: dict[Part, Tensor]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what the net takes."""
        return self.preparation.shape

    def size(self, part: Part) -> int:
        """Return the number of examples of a part; 0 of one that there is not."""
        return len(self.labels(part))

    def labels(self, part: Part) -> Tensor:
        """Return the classes of a part."""
        return self.targets.get(part, _NONE)

    def finish(self, x: Tensor) -> Tensor:
        """Return the batch as it is."""
        return x
