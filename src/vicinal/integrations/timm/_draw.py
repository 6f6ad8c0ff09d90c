"""A draw as timm makes it: the first example is mixed with the last, by a blend or by a box."""

from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.integrations.timm._boxes import pasted
from vicinal.vicinity import Draw, MixupDraw, Targets, send


@dataclass(frozen=True, eq=False)
class FlipDraw(Draw):
    """Shares and boxes of one batch whose row i is mixed with row N − 1 − i.

    Args:
        n: number of examples.
        lam: the share of each example's own label, float64 of shape (1,) for the whole batch or (N,).
        cut: bool of the same shape, True where a box is pasted instead of images blended; it stays on the CPU, where
            it is asked what there is to do at all.
        box: top, bottom, left, right in pixels, int64 (1, 4) or (N, 4); empty where nothing is pasted.

    Example:
        >>> lam, cut = torch.tensor([0.75], dtype=torch.float64), torch.tensor([False])
        >>> FlipDraw(2, lam, cut, torch.zeros(1, 4, dtype=torch.int64)).mix(torch.tensor([[0.0], [4.0]]))
        tensor([[1.],
                [3.]])
    """

    n: int
    lam: Tensor
    cut: Tensor
    box: Tensor

    def to(self, device: torch.device | str) -> Self:
        """Return the same draw with its tensors on another device, sent without waiting for it."""
        device = torch.device(device)
        return replace(self, lam=send(self.lam, device), box=send(self.box, device))

    def both_ways(self) -> Self:
        """Return this draw, made for the first half of the rows, for all: a row and its partner share one draw.

        The middle one of an odd number is its own partner, so that whatever was drawn for it changes nothing.
        """
        first = torch.arange(self.n - self.n // 2)
        rows = torch.cat([first, first[: self.n // 2].flip(0)])
        return replace(self, lam=self.lam[rows], cut=self.cut[rows], box=self.box[rows])

    def _mix_rows(self, x: Tensor) -> Tensor:
        return self._mix_two(x, x.flip(0))

    def _mix_two(self, x: Tensor, other: Tensor) -> Tensor:
        if not bool(self.cut.all()):
            x = self._shares(torch.where(send(self.cut, self.lam.device), 1.0, self.lam)).mix(x, other)
        if not bool(self.cut.any()):
            return x
        if x.ndim != 4:
            raise ValueError(must_be("x", "images of shape (N, C, H, W) for CutMix", f"shape {tuple(x.shape)}"))
        return pasted(x, other, send(self.box, x.device))

    def _mix_labels(self, y: Tensor) -> Targets:
        return self._mix_two_labels(y, y.flip(0))

    def _mix_two_labels(self, y: Tensor, other: Tensor) -> Targets:
        return self._shares(self.lam).targets(y, other)

    def _shares(self, lam: Tensor) -> MixupDraw:
        """Return a draw with these shares for two given batches."""
        lam = lam[0] if len(lam) == 1 else lam
        rows = torch.arange(self.n)
        return MixupDraw(self.n, rows, torch.minimum(lam, 1 - lam), lam >= 0.5, folded=False)
