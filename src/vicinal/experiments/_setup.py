"""What was asked of an experiment: scale, seeds, further vicinities, its own options."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vicinal.experiments._names import mixup

Scale = Literal["smoke", "laptop", "paper"]
"""How large a run is: embedded data in minutes, real data and small nets, the paper's own settings."""
SCALES: tuple[Scale, ...] = ("smoke", "laptop", "paper")
"""All scales, the smallest first."""


@dataclass(frozen=True)
class Setup:
    """One wish to run an experiment.

    Args:
        scale: ``"smoke"``, ``"laptop"`` or ``"paper"``.
        seeds: number of seeds, or of splits; None for the experiment's own number at this scale.
        also: canonical names of further vicinities, each a row of its own.
        options: the experiment's own options by name.
    """

    scale: Scale = "smoke"
    seeds: int | None = None
    also: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def number(self, numbers: Mapping[Scale, int]) -> int:
        """Return the number of seeds that was asked for, else the one in ``numbers`` for this scale."""
        return numbers[self.scale] if self.seeds is None else self.seeds

    def mixup(self, alpha: float) -> str:
        """Return mixup's name with the scale's pairing: the paper's at paper scale, in place by halves elsewhere."""
        return mixup(alpha, halves=self.scale != "paper")

    def with_also(self, own: Collection[str]) -> tuple[str, ...]:
        """Return an experiment's own vicinities and then those that were asked for beside them, each once."""
        return tuple(dict.fromkeys((*own, *self.also)))
