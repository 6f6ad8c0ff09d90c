"""CutMix: a box of each image is replaced by the same box of its partner (Yun et al. 2019)."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Self

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.vicinity._beta import check_alpha, draw_minor_weight
from vicinal.vicinity._dirac import DiracDraw
from vicinal.vicinity._draw import Draw
from vicinal.vicinity._partners import permutation
from vicinal.vicinity._targets import Targets, send
from vicinal.vicinity._vicinity import Vicinity, checked_size


@dataclass(eq=False)
class CutMixDraw(Draw):
    """A box in relative coordinates and the partners of one batch.

    The share of the labels is the share of pixels, which depends on the size of the images: the first ``mix`` fixes it.

    Args:
        n: number of examples.
        partner: row number of each example's partner, int64 (N,).
        box: top, bottom, left, right, each in [0, 1], float64 of shape (4,).
    """

    n: int
    partner: Tensor
    box: Tensor
    pixels: Tensor | None = field(default=None, init=False)

    @property
    def share(self) -> Tensor:
        """The share of pixels that come from the partner, float64 of shape (); known once something is mixed."""
        if self.pixels is None:
            raise RuntimeError(
                "the share of a CutMix draw is fixed by its first mix; call draw.mix(images) before this."
            )
        return self.pixels

    @property
    def weight(self) -> Tensor:
        """The minor share, float64, of shape ()."""
        return torch.minimum(self.share, 1 - self.share)

    @property
    def lam(self) -> Tensor:
        """The example's own share, float64, of shape ()."""
        return 1 - self.share

    def to(self, device: torch.device | str) -> Self:
        """Return the same draw with its tensors on another device, sent without waiting for it."""
        device = torch.device(device)
        if device == self.box.device:
            return self
        sent = replace(self, partner=send(self.partner, device), box=send(self.box, device))
        sent.pixels = self.pixels if self.pixels is None else send(self.pixels, device)
        return sent

    def _mix_rows(self, x: Tensor) -> Tensor:
        return self._paste(x, lambda box: x[box].index_select(0, send(self.partner, x.device)))

    def _mix_two(self, x: Tensor, other: Tensor) -> Tensor:
        return self._paste(x, lambda box: other[box])

    def _paste(self, x: Tensor, theirs: Callable[[tuple[slice, ...]], Tensor]) -> Tensor:
        """Replace the box by the partners' pixels; ``theirs`` gives those of any part of the images."""
        if x.ndim != 4:
            raise ValueError(must_be("x", "images of shape (N, C, H, W) for CutMix", f"shape {tuple(x.shape)}"))
        height, width = x.shape[-2:]
        box = send(self.box, x.device)
        edges = torch.stack([box[0] * height, box[1] * height, box[2] * width, box[3] * width]).round()
        if self.pixels is None:
            self.pixels = (edges[1] - edges[0]) * (edges[3] - edges[2]) / max(1, height * width)
        if x.device.type == "cpu" and not torch.compiler.is_compiling():
            top, bottom, left, right = map(int, edges.tolist())
            part = (slice(None), slice(None), slice(top, bottom), slice(left, right))
            mixed = x.clone()
            mixed[part] = theirs(part)
            return mixed
        rows, columns = torch.arange(height, device=x.device), torch.arange(width, device=x.device)
        inside = (rows >= edges[0]) & (rows < edges[1])
        inside = inside.unsqueeze(1) & (columns >= edges[2]) & (columns < edges[3])
        return torch.where(inside, theirs((slice(None),)), x)

    def _mix_labels(self, y: Tensor) -> Targets:
        return self._mix_two_labels(y, y.index_select(0, send(self.partner, y.device)))

    def _mix_two_labels(self, y: Tensor, other: Tensor) -> Targets:
        if y.ndim > 2 and not y.is_floating_point():
            remedy = "Paste it by the same box: draw.mix(y.unsqueeze(1), dtype=torch.float32)"
            found = f"a mask of shape {tuple(y.shape)}"
            raise ValueError(must_be("y", "labels of whole images for CutMix", found, remedy))
        own = send(self.share <= 0.5, y.device)
        return Targets((torch.where(own, y, other), torch.where(own, other, y)), (send(self.weight, y.device),))


@dataclass(frozen=True, eq=False, repr=False)
class CutMix(Vicinity):
    r"""Pastes a random box of the partner; the label's share is the share of pixels that came from it.

    .. math:: \tilde x = M \odot x_i + (1 - M) \odot x_j, \quad \tilde y = \lambda y_i + (1 - \lambda) y_j

    The box has a share 1 − Beta(alpha, alpha) of the area before it is cut at the borders; its centre is uniform over
    the image; one box and one permutation a batch.

    Args:
        alpha: parameter of the area's law, in [0, inf); 0 mixes nothing.
        generator: source of randomness; torch's default CPU generator if not given.

    Draws mix images of shape (N, C, H, W) and any floating dtype; other shapes raise ``ValueError``, and so do masks as
    labels, which are pasted as images are.

    Example:
        >>> images, targets = CutMix(alpha=1.0)(torch.zeros(4, 3, 8, 8), torch.arange(4))
        >>> images.shape
        torch.Size([4, 3, 8, 8])

    Source: arXiv 1905.04899, section 3.2.
    """

    alpha: float
    _: KW_ONLY
    generator: torch.Generator | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", check_alpha(self.alpha))

    def draw(self, n: int, *, y: Tensor | None = None, device: torch.device | str | None = None) -> Draw:  # noqa: ARG002
        """Draw a box and partners; arguments as in :meth:`Vicinity.draw`."""
        n = checked_size(n)
        if self.alpha == 0:
            return DiracDraw(n)
        weight, side = draw_minor_weight(self.alpha, (), self.generator)
        half = torch.where(side, weight, 1 - weight).sqrt() / 2
        centre = torch.rand(2, generator=self.generator, dtype=weight.dtype, device=weight.device)
        box = torch.stack([centre - half, centre + half], dim=1).clamp(0, 1).flatten()
        draw = CutMixDraw(n, permutation(n, self.generator), box)
        return draw if device is None else draw.to(device)
