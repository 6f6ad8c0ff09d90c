"""Sums over the steps of an epoch that stay on the device, so that no step waits for one to be read."""

from dataclasses import dataclass

import torch
from torch import Tensor

from vicinal.vicinity import precise


@dataclass(frozen=True)
class Tallied:
    """What the steps so far came to.

    Args:
        loss: mean training loss.
        accuracy: expected accuracy under mixing, in [0, 1].
        broken: the first step whose loss was not finite, −1 where all were.
    """

    loss: float
    accuracy: float
    broken: int


class Tally:
    """Adds up loss, expected accuracy and number of examples, and keeps the first step that was not finite.

    Args:
        device: where the losses are.
        sums: the sums of an epoch that goes on, float64 (float32 where the device has no other) of shape (4,): loss,
            accuracy, examples, first broken step.
    """

    def __init__(self, device: torch.device, sums: Tensor | None = None) -> None:
        fresh = torch.tensor([0.0, 0.0, 0.0, -1.0])
        self.sums = (fresh if sums is None else sums).to(device, precise(device))

    def add(self, step: int, loss: Tensor, accuracy: Tensor, examples: int) -> None:
        """Add a step's mean loss and accuracy, both of shape (), over so many examples."""
        sums = self.sums
        # a number that torch.where takes is sent to the device, which waits for it; masked_fill takes it as it is
        broken = sums[3].masked_fill((sums[3] < 0) & ~loss.isfinite(), step)
        more = torch.stack([loss.detach() * examples, accuracy.detach() * examples])
        self.sums = torch.cat([sums[:2] + more, (sums[2] + examples)[None], broken[None]])

    def read(self) -> Tallied:
        """Return the means; this waits for the device."""
        loss, accuracy, examples, broken = self.sums.tolist()
        return Tallied(loss / max(1, examples), accuracy / max(1, examples), int(broken))
