"""A net that makes adversarial examples: for itself, and for those nets that it attacks from outside."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from vicinal.data import Preparation
from vicinal.measure import EPS, STEPS, AttackWarning, Normalised, sweep

ATTACKS = ("fgsm", "ifgsm")

Made = tuple[tuple[Tensor, ...], ...]
"""For every size the examples of each attack, made from one batch."""


@dataclass(eq=False)
class Maker:
    """A net that takes pictures in [0, 1] and makes examples of them, batch by batch.

    Args:
        net: takes prepared pictures, in evaluation mode.
        preparation: what it was trained with.
        device: where to compute.
        kept: what it made before, one entry a batch; what it makes now is added.
    """

    net: nn.Module
    preparation: Preparation
    device: str
    kept: list[Made] = field(default_factory=list)

    def __post_init__(self) -> None:
        normalised = Normalised(self.net, self.preparation.mean, self.preparation.std)
        # the channels of a pixel side by side: a pass of the small net takes 0.77 of the time
        self.model = normalised.to(self.device).to(memory_format=torch.channels_last)

    def examples(self, number: int, x: Tensor, y: Tensor, *, keep: bool) -> Iterator[tuple[str, Tensor]]:
        """Yield the examples of a batch under every attack, with a name for each.

        Args:
            number: of the batch, from 0.
            x: its pictures, in [0, 1].
            y: their classes.
            keep: whether to keep them for the next nets.
        """
        if number < len(self.kept):
            made = self.kept[number]
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", AttackWarning)  # where no gradient shows the way, the figures show it
                made = sweep(self.model, x, y, EPS, STEPS, batch=len(x))
            if keep:
                self.kept.append(made)
        for eps, of_attacks in zip(EPS, made, strict=True):
            yield from ((f"{name}_{eps:g}", each) for name, each in zip(ATTACKS, of_attacks, strict=True))
