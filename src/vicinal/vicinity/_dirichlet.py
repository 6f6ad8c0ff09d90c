"""Convex combinations of three and more examples, with Dirichlet weights (named in the paper's section 2)."""

from dataclasses import KW_ONLY, dataclass, field
from functools import reduce
from typing import Self

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.vicinity._beta import check_alpha, precise
from vicinal.vicinity._dirac import DiracDraw
from vicinal.vicinity._draw import Draw
from vicinal.vicinity._lerp import mixed
from vicinal.vicinity._partners import permutation
from vicinal.vicinity._targets import Targets, send
from vicinal.vicinity._vicinity import Vicinity, checked_size


@dataclass(frozen=True, eq=False)
class DirichletDraw(Draw):
    """Partners and shares of one batch; the example's own share is the largest.

    Args:
        n: number of examples.
        partners: row numbers of the other k − 1 examples, int64 (k − 1, N).
        weights: their shares, float64 (k − 1,), the heaviest first.
    """

    n: int
    partners: Tensor
    weights: Tensor

    @property
    def weight(self) -> Tensor:
        """The share of all partners together, float64, of shape ()."""
        return self.weights.sum()

    @property
    def lam(self) -> Tensor:
        """The example's own share, float64, of shape ()."""
        return 1 - self.weight

    def to(self, device: torch.device | str) -> Self:
        """Return the same draw with its tensors on another device, sent without waiting for it."""
        device = torch.device(device)
        return type(self)(self.n, send(self.partners, device), send(self.weights, device))

    def _mix_rows(self, x: Tensor) -> Tensor:
        theirs = (x.index_select(0, rows) for rows in send(self.partners, x.device))
        return mixed([x, *theirs], self.weights.unbind())

    def _join_rows(self, mask: Tensor) -> Tensor:
        theirs = (mask.index_select(0, rows) for rows in send(self.partners, mask.device))
        return reduce(torch.maximum, theirs, mask)

    def _mix_labels(self, y: Tensor) -> Targets:
        theirs = tuple(y.index_select(0, rows) for rows in self.partners.to(y.device))
        return Targets((y, *theirs), self.weights.unbind())


@dataclass(frozen=True, eq=False, repr=False)
class Dirichlet(Vicinity):
    r"""Mixes k examples, each with partners from k − 1 permutations of the batch; one weight vector a batch.

    .. math:: \tilde x = \sum_{m=1}^k w_m x_{i_m}, \quad \tilde y = \sum_{m=1}^k w_m y_{i_m}, \quad
        w \sim \mathrm{Dirichlet}(\alpha, \ldots, \alpha)

    The largest weight is the example's own: relabelling independent permutations leaves the law of the batch as it is.

    Args:
        alpha: parameter of the law, in [0, inf); 0 mixes nothing.
        k: number of examples that are mixed, at least 3 (two are :class:`Mixup`).
        generator: source of randomness; torch's default CPU generator if not given.

    Example:
        >>> x, targets = Dirichlet(alpha=1.0, k=3)(torch.randn(5, 2), torch.arange(5))
        >>> len(targets.labels)
        3

    Source: arXiv 1710.09412, section 2; Gamma variates are kept as logarithms: a small alpha underflows else.
    """

    alpha: float
    k: int = 3
    _: KW_ONLY
    generator: torch.Generator | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", check_alpha(self.alpha))
        if isinstance(self.k, bool) or not isinstance(self.k, int) or self.k < 3:
            raise ValueError(must_be("k", "an integer ≥ 3", self.k, "Two examples are mixed by Mixup(alpha)"))

    def draw(self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None) -> Draw:  # noqa: ARG002
        """Draw partners and weights; arguments as in :meth:`Vicinity.draw`."""
        n = checked_size(n)
        if self.alpha == 0:
            return DiracDraw(n)
        weights = draw_dirichlet(self.alpha, self.k, self.generator).sort(descending=True).values[1:]
        partners = torch.stack([permutation(n, self.generator) for _ in range(self.k - 1)])
        draw = DirichletDraw(n, partners, weights)
        return draw if device is None else draw.to(device)


def draw_dirichlet(alpha: float, k: int, generator: torch.Generator | None = None) -> Tensor:
    """Draw one vector of Dirichlet(alpha, ..., alpha), float64 of shape (k,); it sums to 1 for every alpha > 0."""
    device = "cpu" if generator is None else generator.device
    shape = torch.full((k,), alpha + 1, dtype=precise(device), device=device)
    uniform = torch.rand(k, dtype=shape.dtype, device=device, generator=generator)
    # torch.distributions takes no generator, its kernel does
    gamma = torch._standard_gamma(shape, generator)  # pyright: ignore[reportPrivateUsage]
    return torch.softmax(torch.log(gamma) + torch.log1p(-uniform) / alpha, 0)
