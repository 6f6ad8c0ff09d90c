"""What feeds have in common, whether their examples lie in memory or in files: labels, classes, preparation."""

from dataclasses import dataclass

from torch import Tensor

from vicinal.data._feed import Part
from vicinal.data._preparation import Preparation


@dataclass(frozen=True, eq=False, kw_only=True)
class HeldFeed:
    """The part of a :class:`Feed` that is held as it is; how batches are made is left to its kinds.

    Args:
        classes: the K classes' names.
        preparation: how an image becomes what the net takes.
        targets: the classes of each part, int64 of shape (N,), on the host.
    """

    classes: tuple[str, ...]
    preparation: Preparation
    targets: dict[Part, Tensor]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what the net takes."""
        return self.preparation.shape

    def size(self, part: Part) -> int:
        """Return the number of examples of a part."""
        return len(self.targets[part])

    def labels(self, part: Part) -> Tensor:
        """Return the classes of a part."""
        return self.targets[part]
