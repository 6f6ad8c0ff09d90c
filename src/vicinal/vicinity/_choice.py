"""One of several vicinities a batch, by chance; with Dirac among them, a probability of mixing."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.vicinity._beta import precise
from vicinal.vicinity._draw import Draw
from vicinal.vicinity._vicinity import Vicinity, checked_size, checked_vicinity, restore, state_of, tell_epoch


@dataclass(frozen=True, eq=False, repr=False)
class Choice(Vicinity):
    """Draws from one of several vicinities, chosen anew for each batch.

    Args:
        vicinities: at least one.
        p: their probabilities, at least 0, with a sum of 1; equal ones if not given.
        generator: source of the choice; torch's default CPU generator if not given. The members have their own.

    Raises:
        ValueError: the probabilities do not fit.

    Example:
        >>> from vicinal import CutMix, Dirac, Mixup
        >>> half_the_batches = Choice([Mixup(0.8), Dirac()], p=[0.5, 0.5])
        >>> either = Choice([Mixup(0.8), CutMix(1.0)])
    """

    vicinities: Sequence[Vicinity]
    p: Sequence[float] | None = None
    _: KW_ONLY
    generator: torch.Generator | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        members = [checked_vicinity(vicinity) for vicinity in self.vicinities]
        if not members:
            raise ValueError(must_be("vicinities", "at least one", "none"))
        p = [1 / len(members)] * len(members) if self.p is None else [float(share) for share in self.p]
        if len(p) != len(members) or not (min(p) >= 0 and abs(sum(p) - 1) <= 1e-6):
            raise ValueError(must_be("p", f"{len(members)} probabilities ≥ 0 with the sum 1", p))
        object.__setattr__(self, "vicinities", members)
        object.__setattr__(self, "p", p)

    def draw(self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None) -> Draw:
        """Choose a vicinity and draw from it; arguments as in :meth:`Vicinity.draw`."""
        n = checked_size(n)
        home = "cpu" if self.generator is None else self.generator.device
        p = torch.tensor(self.p, dtype=precise(home), device=home)
        chosen = int(torch.multinomial(p, 1, generator=self.generator))
        return self.vicinities[chosen].draw(n, y=y, device=device)

    def set_epoch(self, epoch: int) -> None:
        """Tell the epoch to every member."""
        for vicinity in self.vicinities:
            tell_epoch(vicinity, epoch)

    def state_dict(self) -> dict[str, Any]:
        """Return the states of the given generators: of the choice and of the members."""
        members = [state_of(vicinity) for vicinity in self.vicinities]
        return super().state_dict() | ({"vicinities": members} if any(members) else {})

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Set the given generators to the states that :meth:`state_dict` returned."""
        super().load_state_dict(state)
        for vicinity, member in zip(self.vicinities, state.get("vicinities", []), strict=False):
            restore(vicinity, member)
