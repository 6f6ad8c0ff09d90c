"""mixup: each example is replaced by a convex combination with a partner, labels alike (Zhang et al. 2018)."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from itertools import accumulate, takewhile
from typing import Literal, Self

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.vicinity._beta import check_alpha, draw_minor_weight
from vicinal.vicinity._dirac import DiracDraw
from vicinal.vicinity._draw import Draw
from vicinal.vicinity._lerp import amount, lerp_halves, lerp_pairs_, lerp_rows, swap_halves
from vicinal.vicinity._partners import (
    checked_classes,
    checked_partner,
    halves,
    matching,
    of_other_class,
    of_same_class,
    permutation,
)
from vicinal.vicinity._targets import Targets, send
from vicinal.vicinity._vicinity import Vicinity, checked_size

PartnerRule = Callable[[int, Tensor | None, torch.Generator | None], Tensor]
PARTNERS = ("permutation", "halves", "other-class", "same-class")


@dataclass(frozen=True, eq=False)
class MixupDraw(Draw):
    """Weights and partners of one batch.

    Args:
        n: number of examples.
        rows: partners as row numbers, int64 (N,); None for halves, which need none.
        weight: the minor share, min(lam, 1 − lam), float64 of shape () or (N,).
        side: bool of the same shape, True where the minor share is the partner's.
        folded: the minor share is the partner's whatever ``side`` says. A batch whose partners are a permutation or a
            matching with one weight a cycle has the same law either way; two given batches have not.
        inputs_only: the label is the heavier input's.
        inplace: ``mix`` overwrites its argument.
    """

    n: int
    rows: Tensor | None
    weight: Tensor
    side: Tensor
    folded: bool
    inputs_only: bool = False
    inplace: bool = False

    @property
    def partner(self) -> Tensor:
        """The row number of each example's partner, int64 (N,)."""
        return halves(self.n, self.weight.device) if self.rows is None else self.rows

    @property
    def theirs(self) -> Tensor:
        """Where the minor share is the partner's inside the batch, bool of the shape of ``weight``."""
        return torch.ones_like(self.side) if self.folded else self.side

    @property
    def share(self) -> Tensor:
        """The partner's share, 1 − lam, float64 of the shape of ``weight``."""
        return self.weight if self.folded else torch.where(self.side, self.weight, 1 - self.weight)

    @property
    def lam(self) -> Tensor:
        """The example's own share, the paper's lambda, float64 of the shape of ``weight``."""
        return 1 - self.share

    @property
    def given(self) -> Self:
        """This draw as two given batches see it: lambda is not folded."""
        return replace(self, folded=False)

    def out_of_place(self) -> Self:
        """Return this draw as one that never overwrites its inputs."""
        return replace(self, inplace=False)

    def to(self, device: torch.device | str) -> Self:
        """Return the same draw with its tensors on another device, sent without waiting for it."""
        device = torch.device(device)
        if device == self.weight.device:
            return self
        rows = None if self.rows is None else send(self.rows, device)
        return replace(self, rows=rows, weight=send(self.weight, device), side=send(self.side, device))

    def _mix_rows(self, x: Tensor) -> Tensor:
        if self.inplace and x.requires_grad and torch.is_grad_enabled():
            raise ValueError(must_be("x", "a tensor that needs no gradient, to be mixed in place", "one that does",
                                     "Leave inplace=True out"))  # fmt: skip
        if self.rows is None and self.folded and self.inplace:
            return lerp_pairs_(x, self.weight[: self.n // 2] if self.weight.ndim else self.weight)
        mixed = lerp_halves(x, self.share) if self.rows is None else lerp_rows(x, send(self.rows, x.device), self.share)
        return x.copy_(mixed) if self.inplace else mixed

    def _mix_two(self, x: Tensor, other: Tensor) -> Tensor:
        return torch.lerp(x, other, amount(self.given.share, x))

    def _join_rows(self, mask: Tensor) -> Tensor:
        return torch.maximum(mask, self._of_partners(mask))

    def _of_partners(self, x: Tensor) -> Tensor:
        """Return the row of each row's partner, of the shape of ``x``."""
        return swap_halves(x) if self.rows is None else x.index_select(0, send(self.rows, x.device))

    def _mix_labels(self, y: Tensor) -> Targets:
        if self.inputs_only and self.folded:
            return Targets((y,))
        theirs = self._of_partners(y)
        return Targets((y, theirs), (self.weight,)) if self.folded else self._mix_two_labels(y, theirs)

    def _mix_two_labels(self, y: Tensor, other: Tensor) -> Targets:
        side = send(self.side, y.device).reshape(self.side.shape + (1,) * (y.ndim - 1) * self.side.ndim)
        major = torch.where(side, y, other)
        return Targets((major,)) if self.inputs_only else Targets((major, torch.where(side, other, y)), (self.weight,))


def concatenated(draws: Sequence[MixupDraw | DiracDraw]) -> MixupDraw:
    """Return one draw for the batches of several, laid one behind the other; mixing stays within each of them.

    Args:
        draws: at least one, all on one device.

    Raises:
        ValueError: some mix the labels, some the inputs alone.
    """
    kinds = {draw.inputs_only for draw in draws if isinstance(draw, MixupDraw)}
    if len(kinds) > 1:
        raise ValueError(must_be("the draws", "all of inputs and labels, or all of inputs alone", "both kinds"))
    starts = accumulate((draw.n for draw in draws), initial=0)
    rows = torch.cat([draw.partner + start for draw, start in zip(draws, starts, strict=False)])
    weight = torch.cat([draw.weight.expand(draw.n) for draw in draws])
    folded = all(draw.folded for draw in draws)
    side = torch.cat([(draw.side if folded else draw.theirs).expand(draw.n) for draw in draws])
    return MixupDraw(len(rows), rows, weight, side, folded, True in kinds)


@dataclass(frozen=True, eq=False, repr=False)
class Mixup(Vicinity):
    r"""Mixes each example with a partner, and their labels with the same share.

    .. math::
        \tilde x = \lambda x_i + (1 - \lambda) x_j, \quad \tilde y = \lambda y_i + (1 - \lambda) y_j, \quad
        \lambda \sim \mathrm{Beta}(\alpha, \alpha)

    Args:
        alpha: strength of the mixing, in [0, inf); 0 mixes nothing, 1 draws lambda uniformly.
        per: what one lambda is drawn for: ``"batch"`` (the paper's code), ``"pair"`` or ``"example"``.
        partner: ``"permutation"`` (the paper's; with ``per="pair"`` a random perfect matching), ``"halves"`` (row i
            with row i + N // 2: the fastest, for shuffled batches), ``"other-class"``, ``"same-class"``, or a function
            ``(n, y, generator) -> (N,) int64``.
        mix: ``"both"``, or ``"inputs"``: the label is then the heavier input's.
        inplace: overwrite the inputs; with halves the fastest form there is.
        generator: source of randomness; torch's default CPU generator if not given. Each worker of a
            ``DataLoader`` gets a copy of a given one and draws as the others do; a default one of its own it has.

    Raises:
        ValueError: an argument is out of its range, or ``per="pair"`` comes with partners that are not pairs.

    Example:
        >>> x, targets = Mixup(alpha=0.2)(torch.randn(4, 3), torch.arange(4))
        >>> targets.dense(4).sum(1)
        tensor([1., 1., 1., 1.])

    Source: arXiv 1710.09412, section 2 and Figure 1(a).
    """

    alpha: float
    _: KW_ONLY
    per: Literal["batch", "pair", "example"] = "batch"
    partner: Literal["permutation", "halves", "other-class", "same-class"] | PartnerRule = "permutation"
    mix: Literal["both", "inputs"] = "both"
    inplace: bool = False
    generator: torch.Generator | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", check_alpha(self.alpha))
        if self.per not in ("batch", "pair", "example"):
            raise ValueError(must_be("per", '"batch", "pair" or "example"', self.per))
        if not callable(self.partner) and self.partner not in PARTNERS:
            raise ValueError(must_be("partner", f"one of {', '.join(PARTNERS)}, or a function", self.partner))
        if self.mix not in ("both", "inputs"):
            raise ValueError(must_be("mix", '"both" or "inputs"', self.mix))
        if self.per == "pair" and self.partner not in ("permutation", "halves"):
            raise ValueError(must_be("partner", '"permutation" or "halves" with per="pair"', self.partner))

    def draw(
        self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None
    ) -> MixupDraw | DiracDraw:
        """Draw partners and weights for ``n`` examples; arguments as in :meth:`Vicinity.draw`.

        Raises:
            ValueError: the partners depend on the class and ``y`` holds no class indices.
        """
        n = checked_size(n)
        if self.alpha == 0:
            return DiracDraw(n)
        weight, side = draw_minor_weight(self.alpha, () if self.per == "batch" else (n,), self.generator)
        rows = self._partners(n, y)
        if self.per == "pair":
            partner = halves(n, weight.device) if rows is None else rows
            first = torch.minimum(partner, torch.arange(n, device=weight.device))
            weight, side = weight[first], side[first]
        folded = self.partner in ("permutation", "halves") and self.per != "example"
        draw = MixupDraw(n, rows, weight, side, folded, self.mix == "inputs", self.inplace)
        return draw if device is None else draw.to(device)

    def draw_in_turn(self, sizes: Sequence[int], *, y: Tensor | None = None) -> MixupDraw:
        """Draw for several batches that lie one behind the other; mixing stays within each of them.

        The law is that of as many calls of :meth:`draw`; the paper's form takes a few tensor operations for all.

        Args:
            sizes: the number of examples in each batch, at least one batch.
            y: the labels of all examples in the same order, where partners depend on them.
        """
        if self.alpha and self.per == "batch" and self.partner == "permutation":
            equal = sum(1 for _ in takewhile(lambda size: size == sizes[0], sizes))
            return concatenated([self._permutations(equal, sizes[0]), *map(self.draw, sizes[equal:])])
        labels = [None] * len(sizes) if y is None else y.split(list(sizes))
        return concatenated([self.draw(size, y=some) for size, some in zip(sizes, labels, strict=True)])

    def _permutations(self, batches: int, n: int) -> MixupDraw:
        weight, side = draw_minor_weight(self.alpha, (batches,), self.generator)
        keys = torch.rand((batches, n), dtype=weight.dtype, device=weight.device, generator=self.generator)
        starts = torch.arange(batches, device=weight.device).mul_(n).unsqueeze(1)
        rows = keys.argsort(1).add_(starts).flatten()
        weight, side = weight.repeat_interleave(n), side.repeat_interleave(n)
        return MixupDraw(batches * n, rows, weight, side, folded=True, inputs_only=self.mix == "inputs")

    def _partners(self, n: int, y: Tensor | None) -> Tensor | None:
        if callable(self.partner):
            return checked_partner(self.partner(n, y, self.generator), n)
        if self.partner == "halves":
            return None
        if self.partner == "permutation":
            return matching(n, self.generator) if self.per == "pair" else permutation(n, self.generator)
        rule = of_other_class if self.partner == "other-class" else of_same_class
        home = "cpu" if self.generator is None else self.generator.device
        return rule(checked_classes(y, self.partner).to(home), self.generator)
