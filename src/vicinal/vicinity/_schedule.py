"""Vicinities that hold for a part of the training: after a warm-up, or until a last stretch."""

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.vicinity._dirac import DiracDraw
from vicinal.vicinity._draw import Draw
from vicinal.vicinity._vicinity import Vicinity, checked_size, checked_vicinity, restore, state_of, tell_epoch


@dataclass(eq=False, repr=False)
class Scheduled(Vicinity):
    """A vicinity in the epochs in which it holds, and nothing mixed in the others.

    Raises:
        RuntimeError: a draw is asked for before :meth:`set_epoch`.
    """

    vicinity: Vicinity
    now: int | None = field(default=None, init=False, repr=False)

    @abstractmethod
    def holds(self, epoch: int) -> bool:
        """Tell whether the vicinity holds in this epoch."""

    def set_epoch(self, epoch: int) -> None:
        """Tell the epoch, counted from 0, to this vicinity and to the one in it."""
        self.now = checked_count("epoch", epoch)
        tell_epoch(self.vicinity, epoch)

    def draw(self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None) -> Draw:
        """Draw from the vicinity where it holds; arguments as in :meth:`Vicinity.draw`."""
        if self.now is None:
            raise RuntimeError(f"{self!r} must be told the epoch before a draw: call set_epoch(epoch) in each epoch.")
        return self.vicinity.draw(n, y=y, device=device) if self.holds(self.now) else DiracDraw(checked_size(n))

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the vicinity; the epoch is the trainer's to tell."""
        return state_of(self.vicinity)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Set the vicinity to the state that :meth:`state_dict` returned."""
        restore(self.vicinity, state)


@dataclass(eq=False, repr=False)
class Warmup(Scheduled):
    """Mixes nothing in the first epochs.

    Args:
        vicinity: what holds afterwards.
        epochs: number of epochs without mixing, at least 0.

    Example:
        >>> from vicinal import Mixup
        >>> warmup = Warmup(Mixup(0.2), epochs=5)
        >>> warmup.set_epoch(4)
        >>> float(warmup.draw(8).lam)
        1.0

    Source: arXiv 1710.09412, section 3.3.
    """

    epochs: int = 5

    def __post_init__(self) -> None:
        checked_vicinity(self.vicinity)
        checked_count("epochs", self.epochs)

    def holds(self, epoch: int) -> bool:
        """Tell whether the warm-up is over."""
        return epoch >= self.epochs


@dataclass(eq=False, repr=False)
class Until(Scheduled):
    """Mixes nothing from an epoch on.

    Args:
        vicinity: what holds before.
        epoch: first epoch without mixing, at least 0.

    Example:
        >>> from vicinal import Mixup
        >>> until = Until(Mixup(1.0), epoch=185)
        >>> until.set_epoch(185)
        >>> float(until.draw(8).lam)
        1.0
    """

    epoch: int = 185

    def __post_init__(self) -> None:
        checked_vicinity(self.vicinity)
        checked_count("epoch", self.epoch)

    def holds(self, epoch: int) -> bool:
        """Tell whether the last stretch has not begun."""
        return epoch < self.epoch


def checked_count(name: str, count: int) -> int:
    """Return ``count``, or raise ``ValueError`` where it is no integer at or above 0."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ValueError(must_be(name, "an integer ≥ 0", count))
    return count
