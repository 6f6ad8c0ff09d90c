"""CutMix: a box of each image is replaced by the same box of its partner (Yun et al. 2019)."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
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
        box: top, bottom, left, right, each in [0, 1].
    """

    n: int
    partner: Tensor
    box: tuple[float, float, float, float]
    pixels: float | None = field(default=None, init=False)

    @property
    def share(self) -> float:
        """The share of pixels that come from the partner; known once something is mixed."""
        if self.pixels is None:
            raise RuntimeError(
                "the share of a CutMix draw is fixed by its first mix; call draw.mix(images) before this."
            )
        return self.pixels

    @property
    def weight(self) -> Tensor:
        """The minor share, float64, of shape ()."""
        return torch.tensor(min(self.share, 1 - self.share), dtype=torch.float64)

    @property
    def lam(self) -> Tensor:
        """The example's own share, float64, of shape ()."""
        return torch.tensor(1 - self.share, dtype=torch.float64)

    def to(self, device: torch.device | str) -> Self:
        """Return this draw with its partners on another device, sent without waiting for it."""
        self.partner = send(self.partner, torch.device(device))
        return self

    def _mix_rows(self, x: Tensor) -> Tensor:
        return self._paste(x, lambda box: x[box].index_select(0, send(self.partner, x.device)))

    def _mix_two(self, x: Tensor, other: Tensor) -> Tensor:
        return self._paste(x, lambda box: other[box])

    def _paste(self, x: Tensor, patch: Callable[[tuple[slice, ...]], Tensor]) -> Tensor:
        if x.ndim != 4:
            raise ValueError(must_be("x", "images of shape (N, C, H, W) for CutMix", f"shape {tuple(x.shape)}"))
        height, width = x.shape[-2:]
        top, bottom, left, right = self.box
        rows = slice(round(top * height), round(bottom * height))
        columns = slice(round(left * width), round(right * width))
        if self.pixels is None:
            area = (rows.stop - rows.start) * (columns.stop - columns.start)
            self.pixels = area / max(1, height * width)
        box = (slice(None), slice(None), rows, columns)
        mixed = x.clone()
        mixed[box] = patch(box)
        return mixed

    def _mix_labels(self, y: Tensor) -> Targets:
        return self._mix_two_labels(y, y.index_select(0, self.partner.to(y.device)))

    def _mix_two_labels(self, y: Tensor, other: Tensor) -> Targets:
        return Targets((y, other) if self.share <= 0.5 else (other, y), (send(self.weight, y.device),))


@dataclass(frozen=True, eq=False, repr=False)
class CutMix(Vicinity):
    r"""Pastes a random box of the partner; the label's share is the share of pixels that came from it.

    .. math:: \tilde x = M \odot x_i + (1 - M) \odot x_j, \quad \tilde y = \lambda y_i + (1 - \lambda) y_j

    The box has a share 1 − Beta(alpha, alpha) of the area before it is cut at the borders; its centre is uniform over
    the image; one box and one permutation a batch.

    Args:
        alpha: parameter of the area's law, in [0, inf); 0 mixes nothing.
        generator: source of randomness; torch's default CPU generator if not given.

    Draws mix images of shape (N, C, H, W) and any floating dtype; other shapes raise ``ValueError``.

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
        area = weight.item() if side else 1 - weight.item()
        half = area**0.5 / 2
        y0, x0 = torch.rand(2, generator=self.generator, device=weight.device).tolist()
        box = (max(0.0, y0 - half), min(1.0, y0 + half), max(0.0, x0 - half), min(1.0, x0 + half))
        draw = CutMixDraw(n, permutation(n, self.generator), box)
        return draw if device is None else draw.to(device)
