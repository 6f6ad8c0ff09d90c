"""C-Mixup: mixup for regression, with partners whose target is close (Yao et al. 2022)."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from itertools import groupby
from numbers import Real

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.vicinity._beta import check_alpha, draw_minor_weight
from vicinal.vicinity._dirac import DiracDraw
from vicinal.vicinity._mixup import MixupDraw, concatenated
from vicinal.vicinity._partners import checked_numbers, of_close_target
from vicinal.vicinity._vicinity import Vicinity, checked_size

AT_ONCE = 2**20
"""Pairs of rows whose closeness is computed together: 8 MB."""


@dataclass(frozen=True, eq=False, repr=False)
class CMixup(Vicinity):
    r"""Mixes each example with a partner that is the likelier the closer its target is; one lambda a batch.

    .. math::
        \tilde x = \lambda x_i + (1 - \lambda) x_j, \quad \tilde y = \lambda y_i + (1 - \lambda) y_j, \quad
        p(j \mid i) \propto \exp\left(-\frac{(y_i - y_j)^2}{2 \sigma^2}\right), \quad
        \lambda \sim \mathrm{Beta}(\alpha, \alpha)

    The partner is another example of the batch: in a batch of 16 the example itself, which is the closest of all, would
    often be its own partner and nothing be mixed. A bandwidth far above the spread of the targets draws partners as
    mixup with ``per="batch"`` does, but not as a permutation: an example may be the partner of several.

    Args:
        alpha: strength of the mixing, in [0, inf); 0 mixes nothing.
        bandwidth: the distance σ in the unit of the targets, in (0, inf). The default is meant for targets of
            deviation 1: half of the partners are closer than about half a deviation.
        generator: source of randomness; torch's default CPU generator if not given.

    Raises:
        ValueError: an argument is out of its range.

    Example:
        >>> x, targets = CMixup(alpha=2.0)(torch.randn(4, 3), torch.tensor([0.1, 0.2, 2.1, 2.2]))
        >>> targets.dense().shape
        torch.Size([4])

    Source: arXiv 2210.05775, section 3; there the partners are drawn from all training examples.
    """

    alpha: float
    bandwidth: float = 1.0
    _: KW_ONLY
    generator: torch.Generator | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", check_alpha(self.alpha))
        found = self.bandwidth
        if isinstance(found, bool) or not isinstance(found, Real) or not 0 < found < math.inf:
            raise ValueError(must_be("bandwidth", "a number > 0", repr(found)))
        object.__setattr__(self, "bandwidth", float(found))

    def draw(
        self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None
    ) -> MixupDraw | DiracDraw:
        """Draw partners and a weight for ``n`` examples; arguments as in :meth:`Vicinity.draw`.

        Raises:
            ValueError: ``y`` holds no numbers of shape (N,).
        """
        n = checked_size(n)
        if self.alpha == 0:
            return DiracDraw(n)
        y = self._home(y)
        weight, side = draw_minor_weight(self.alpha, (), self.generator)
        rows = of_close_target(y.unsqueeze(0), self.bandwidth, self.generator).squeeze(0)
        draw = MixupDraw(n, rows, weight, side, folded=False)
        return draw if device is None else draw.to(device)

    def draw_in_turn(self, sizes: Sequence[int], *, y: Tensor | None = None) -> MixupDraw:
        """Draw for several batches that lie one behind the other; mixing stays within each of them.

        The law is that of as many calls of :meth:`draw`, in a few tensor operations for all of one size.

        Args:
            sizes: the number of examples in each batch, at least one batch.
            y: the targets of all examples in the same order.
        """
        if self.alpha == 0:
            return concatenated([DiracDraw(sum(sizes))])
        return concatenated(list(self._in_turn(sizes, self._home(y))))

    def _in_turn(self, sizes: Sequence[int], y: Tensor) -> Iterator[MixupDraw]:
        start = 0
        for n, equal in groupby(sizes):
            batches = sum(1 for _ in equal)
            for some in y[start : start + batches * n].view(batches, n).split(max(1, AT_ONCE // max(1, n * n))):
                yield self._several(some)
            start += batches * n

    def _several(self, y: Tensor) -> MixupDraw:
        batches, n = y.shape
        weight, side = draw_minor_weight(self.alpha, (batches,), self.generator)
        starts = torch.arange(batches, device=y.device).mul_(n).unsqueeze(1)
        rows = of_close_target(y, self.bandwidth, self.generator).add_(starts).flatten()
        weight, side = weight.repeat_interleave(n), side.repeat_interleave(n)
        return MixupDraw(batches * n, rows, weight, side, folded=False)

    def _home(self, y: Tensor | None) -> Tensor:
        """Return the targets where the generator draws."""
        return checked_numbers(y, "cmixup").to("cpu" if self.generator is None else self.generator.device)
