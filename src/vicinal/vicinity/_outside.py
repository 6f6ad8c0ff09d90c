"""mixup with partners from outside the batch: near neighbours in the data set, or a second loader."""

from dataclasses import KW_ONLY, dataclass, field
from typing import Literal, NoReturn, Self

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.vicinity._beta import check_alpha
from vicinal.vicinity._draw import Draw
from vicinal.vicinity._mixup import Mixup
from vicinal.vicinity._targets import Targets
from vicinal.vicinity._vicinity import Vicinity

NEAREST = 200
"""How many neighbours the paper draws a partner from."""


@dataclass(frozen=True, eq=False)
class OutsideDraw(Draw):
    """How much is mixed, for a batch whose partners come from elsewhere: ``mix(x, other)``, ``targets(y, other)``.

    Without the partners both raise ``ValueError``, so that nothing else is mixed instead.

    Args:
        n: number of examples.
        inner: the shares; λ, not folded, is that of the first batch.
    """

    n: int
    inner: Draw

    def to(self, device: torch.device | str) -> Self:
        """Return the same draw with its tensors on another device, sent without waiting for it."""
        return type(self)(self.n, self.inner.to(device))

    def _mix_rows(self, x: Tensor) -> Tensor:  # noqa: ARG002 - there is nothing to mix it with
        self._alone()

    def _mix_two(self, x: Tensor, other: Tensor) -> Tensor:
        return self.inner.mix(x, other)

    def _mix_labels(self, y: Tensor) -> Targets:  # noqa: ARG002
        self._alone()

    def _mix_two_labels(self, y: Tensor, other: Tensor) -> Targets:
        return self.inner.targets(y, other)

    def _alone(self) -> NoReturn:
        raise ValueError(
            "partners from outside the batch must be given beside it: draw.mix(x, x_partner) and "
            "draw.targets(y, y_partner), with rows that vicinal.Neighbours drew or from a second loader."
        )


@dataclass(frozen=True, eq=False, repr=False)
class Outside(Vicinity):
    r"""Mixes each example with a partner from the whole data set, and their labels with the same share.

    .. math::
        \tilde x = \lambda x_i + (1 - \lambda) x_j, \quad \tilde y = \lambda y_i + (1 - \lambda) y_j, \quad
        \lambda \sim \mathrm{Beta}(\alpha, \alpha)

    A batch alone does not hold the partners, so that calling this vicinity on one raises ``ValueError``. In a loop of
    one's own they are fetched and given: ``draw.mix(x, x_partner)``, ``draw.targets(y, y_partner)``; what says here
    who they are is for the trainer, which fetches them itself, with their own augmentation.

    Args:
        alpha: strength of the mixing, in [0, inf); 0 mixes nothing. One λ a batch.
        partner: ``"neighbours"``: one of the k nearest in the training part, each equally likely; ``"loader"``: what a
            second, differently shuffled pass over the training part gives at the same place.
        k: how many neighbours, at least 1; all others where there are fewer.
        same_class: neighbours of the example's own class alone. With ``mix="inputs"`` that is SMOTE's form.
        mix: ``"both"``, or ``"inputs"``: the label is then the heavier input's.
        generator: source of randomness; torch's default CPU generator if not given.

    Raises:
        ValueError: an argument is out of its range, or speaks of neighbours where there are none.

    Example:
        >>> from vicinal import Neighbours
        >>> data, labels, near = torch.randn(3, 2), torch.arange(3), torch.tensor([[1], [0], [1]])
        >>> rows = torch.tensor([2, 0])
        >>> others, draw = Neighbours(near).sample(rows), Outside(1.0).draw(len(rows))
        >>> x, y = draw.mix(data[rows], data[others]), draw.targets(labels[rows], labels[others])

    Source: arXiv 1710.09412, sections 2 (two loaders) and 3.8 (the 200 nearest); of SMOTE arXiv 1106.1813.
    """

    alpha: float
    _: KW_ONLY
    partner: Literal["neighbours", "loader"] = "neighbours"
    k: int = NEAREST
    same_class: bool = False
    mix: Literal["both", "inputs"] = "both"
    generator: torch.Generator | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", check_alpha(self.alpha))
        if self.partner not in ("neighbours", "loader"):
            raise ValueError(must_be("partner", '"neighbours" or "loader"', self.partner))
        if self.mix not in ("both", "inputs"):
            raise ValueError(must_be("mix", '"both" or "inputs"', self.mix))
        if isinstance(self.k, bool) or not isinstance(self.k, int) or self.k < 1:
            raise ValueError(must_be("k", "an integer ≥ 1", self.k))
        if not isinstance(self.same_class, bool):
            raise ValueError(must_be("same_class", "True or False", self.same_class))
        if self.partner == "loader" and (self.k != NEAREST or self.same_class):
            raise ValueError(must_be("k and same_class", 'left out with partner="loader"', f"{self!r}"))

    def draw(self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None) -> OutsideDraw:
        """Draw how much is mixed; arguments as in :meth:`Vicinity.draw`."""
        shares = Mixup(self.alpha, partner="halves", mix=self.mix, generator=self.generator)  # halves draw no partners
        return OutsideDraw(n, shares.draw(n, y=y, device=device))
