"""Empirical risk minimisation as a vicinity: a Dirac delta at each training example."""

from dataclasses import dataclass
from typing import ClassVar, Self

import torch
from torch import Tensor

from vicinal.vicinity._draw import Draw
from vicinal.vicinity._targets import Targets
from vicinal.vicinity._vicinity import Vicinity, checked_size


@dataclass(frozen=True, eq=False)
class DiracDraw(Draw):
    """A draw that mixes nothing: inputs and labels come back as they are."""

    n: int
    folded: ClassVar[bool] = True

    @property
    def weight(self) -> Tensor:
        """The minor weight, 0."""
        return torch.zeros((), dtype=torch.float64)

    @property
    def share(self) -> Tensor:
        """The partner's share, 0."""
        return self.weight

    @property
    def lam(self) -> Tensor:
        """The example's own share, 1."""
        return 1 - self.weight

    @property
    def side(self) -> Tensor:
        """Whose the minor share is; of a share of 0 it makes no difference."""
        return torch.ones((), dtype=torch.bool)

    @property
    def theirs(self) -> Tensor:
        """The minor share is the partner's, as in a folded draw."""
        return self.side

    @property
    def partner(self) -> Tensor:
        """Every example is its own partner."""
        return torch.arange(self.n)

    @property
    def given(self) -> Self:
        """This draw as two given batches see it: the first has the whole share."""
        return self

    def to(self, device: torch.device | str) -> Self:  # noqa: ARG002 - nothing to send
        """Return this draw, which holds no tensors."""
        return self

    def _mix_rows(self, x: Tensor) -> Tensor:
        return x

    def _mix_two(self, x: Tensor, other: Tensor) -> Tensor:  # noqa: ARG002 - the first batch has the whole share
        return x

    def _join_rows(self, mask: Tensor) -> Tensor:
        return mask

    def _mix_labels(self, y: Tensor) -> Targets:
        return Targets((y,))

    def _mix_two_labels(self, y: Tensor, other: Tensor) -> Targets:  # noqa: ARG002
        return Targets((y,))


@dataclass(frozen=True, eq=False, repr=False)
class Dirac(Vicinity):
    r"""Mixes nothing, so that the mean loss over its draws is the empirical risk (ERM).

    .. math:: \nu(\tilde x, \tilde y \mid x, y) = \delta(\tilde x = x, \tilde y = y)

    Example:
        >>> x, targets = Dirac()(torch.ones(2, 3), torch.tensor([0, 1]))
        >>> targets.major
        tensor([0, 1])

    Source: arXiv 1710.09412, section 2.
    """

    def draw(self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None) -> DiracDraw:  # noqa: ARG002
        """Return the draw that changes nothing; arguments as in :meth:`Vicinity.draw`."""
        return DiracDraw(checked_size(n))
