"""A part of the rows of a stack of replicas: what the nets answer on it, and how good that is."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.data import Part, Parts
from vicinal.models import MLP

AT_ONCE = 2**25
"""Outputs of a layer that are there at once when a large part is evaluated: 128 MB."""


@dataclass(frozen=True, eq=False)
class StackPart:
    """One part of S sets of rows, for R replicas.

    Args:
        name: the part's.
        x: of shape (S, n, D).
        y: classes, or standardised numbers, of shape (S, n).
        sets: which of the sets each replica has, int64 of shape (R,).
        means: of the numbers, in their own unit, float64 of shape (R, 1).
        deviations: by which they were divided, likewise.
        rows: the numbers that the rows have in the table, of shape (S, n); (S, 0) where it has no rows.
    """

    name: Part
    x: Tensor
    y: Tensor
    sets: Tensor
    means: Tensor
    deviations: Tensor
    rows: Tensor

    @classmethod
    def of(cls, parts: Sequence[Parts], name: Part, *, sets: Sequence[int], device: str) -> "StackPart":
        """Stack this part of several sets."""

        def stacked(what: str) -> Tensor:
            return torch.stack([torch.from_numpy(getattr(part, f"{what}_{name}")) for part in parts])

        own = [parts[number] for number in sets]
        means, deviations = ([getattr(part, f"target_{what}") for part in own] for what in ("mean", "sd"))
        return cls(
            name=name,
            x=stacked("x").to(device),
            y=stacked("y").to(device),
            sets=torch.tensor(sets, device=device),
            means=torch.tensor(means, dtype=torch.float64).unsqueeze(1),
            deviations=torch.tensor(deviations, dtype=torch.float64).unsqueeze(1),
            rows=stacked("rows"),
        )

    @property
    def is_numbers(self) -> bool:
        """Whether numbers are predicted, not classes."""
        return self.y.is_floating_point()

    @torch.no_grad()
    def outputs(self, net: MLP) -> Tensor:
        """Return what the nets put out, of shape (R, n, K), in evaluation mode; a large part is cut."""
        was_training = net.training
        net.eval()
        most = max(1, AT_ONCE // (len(self.sets) * max(net.sizes)))
        found = torch.cat([net(some.index_select(0, self.sets)) for some in self.x.split(most, 1)], 1)
        net.train(was_training)
        return found

    def figures(self, outputs: Tensor) -> dict[str, Tensor]:
        """Return each replica's figures, by name: error in per cent and negative log-likelihood in nats.

        Of numbers the root of the mean squared error and the mean absolute error, in the unit of the target.
        """
        y = self.y.index_select(0, self.sets)
        if self.is_numbers:
            wrong = (outputs.squeeze(2) - y).cpu().double() * self.deviations
            return {f"{self.name}_rmse": wrong.square().mean(1).sqrt(), f"{self.name}_mae": wrong.abs().mean(1)}
        nll = F.cross_entropy(outputs.flatten(0, 1), y.flatten(), reduction="none").unflatten(0, y.shape)
        wrong = 100 * (outputs.argmax(2) != y).float()
        return {f"{self.name}_error": wrong.mean(1), f"{self.name}_nll": nll.mean(1)}

    def answers(self, outputs: Tensor) -> Tensor:
        """Return logits (R, n, K), float32, or numbers (R, n), float64, in the unit of the target."""
        return self._in_unit(outputs.squeeze(2).cpu()) if self.is_numbers else outputs.float().cpu()

    def told(self, r: int) -> dict[str, Tensor]:
        """Return the target of a replica's rows and, where they are known, their numbers, by name."""
        mine = self.y.index_select(0, self.sets).cpu()
        target = {f"{self.name}_target": (self._in_unit(mine) if self.is_numbers else mine)[r].clone()}
        rows = self.rows[int(self.sets[r])]
        return target | ({f"{self.name}_rows": rows.clone()} if len(rows) == self.x.shape[1] else {})

    def _in_unit(self, numbers: Tensor) -> Tensor:
        return numbers.double() * self.deviations + self.means
