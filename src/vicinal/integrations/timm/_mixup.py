"""timm's two classes with the same arguments and results, drawn from a torch generator and mixed all rows at once."""

from collections.abc import Sequence
from typing import Any

import timm.data
import torch
from torch import Tensor
from torch.utils.data import default_collate, get_worker_info

from vicinal._errors import must_be
from vicinal.integrations.timm._boxes import area_outside, centred_boxes, minmax_boxes
from vicinal.integrations.timm._draw import FlipDraw
from vicinal.vicinity import draw_minor_weight, seed_of


class Mixup(timm.data.Mixup):
    """mixup and CutMix with the arguments of ``timm.data.Mixup``, of which it is a subclass.

    For the same shares and boxes it returns what timm's does. It differs in this: shares are drawn from torch, never
    from NumPy's global stream, in float64, so that small α are right; the batch that was given stays as it is; a batch
    may be odd, and its middle example is then mixed with itself.

    Args:
        mixup_alpha: parameter of Beta(α, α) for a blend, in [0, inf); 0 blends nothing.
        cutmix_alpha: the same for the area of a box; 0 pastes nothing.
        cutmix_minmax: least and greatest share of a side of the box, instead of ``cutmix_alpha``.
        prob: probability that a batch, pair or example is mixed, in [0, 1].
        switch_prob: probability of a box where both are switched on, in [0, 1].
        mode: ``"batch"``, ``"pair"`` or ``"elem"``: what one share is drawn for; ``"half"`` in a collate function only.
        correct_lam: whether a label's share is that of the pixels of a box cut at the border.
        label_smoothing: share of the uniform distribution in the labels, in [0, 1].
        num_classes: K.
        multi_label: the labels are vectors (N, K), each of whose entries is smoothed towards ½.
        generator: a generator on the CPU; torch's default one if not given.

    Raises:
        ValueError: the mode is none of these, neither α is above 0, or ``cutmix_minmax`` are no two numbers.

    Example:
        >>> x, y = Mixup(mixup_alpha=0.2, num_classes=10)(torch.randn(4, 3, 8, 8), torch.arange(4))
        >>> y.shape
        torch.Size([4, 10])
    """

    modes = ("batch", "pair", "elem")

    def __init__(
        self,
        mixup_alpha: float = 1.0,
        cutmix_alpha: float = 0.0,
        cutmix_minmax: tuple[float, float] | None = None,
        prob: float = 1.0,
        switch_prob: float = 0.5,
        mode: str = "batch",
        correct_lam: bool = True,  # noqa: FBT001, FBT002 - timm's signature
        label_smoothing: float = 0.1,
        num_classes: int = 1000,
        multi_label: bool = False,  # noqa: FBT001, FBT002
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        if mode not in self.modes:
            raise ValueError(must_be("mode", f"one of {', '.join(self.modes)}", mode))
        if cutmix_minmax is not None and len(cutmix_minmax) != 2:
            raise ValueError(must_be("cutmix_minmax", "two numbers", repr(cutmix_minmax)))
        if cutmix_minmax is None and not (mixup_alpha > 0 or cutmix_alpha > 0):
            raise ValueError(must_be("mixup_alpha or cutmix_alpha", "above 0", f"{mixup_alpha} and {cutmix_alpha}"))
        self.mixup_alpha = mixup_alpha
        self.cutmix_alpha = cutmix_alpha if cutmix_minmax is None else 1.0
        self.cutmix_minmax = cutmix_minmax
        self.mix_prob = prob
        self.switch_prob = switch_prob
        self.mode = mode
        self.correct_lam = correct_lam
        self.label_smoothing = label_smoothing
        self.num_classes = num_classes
        self.multi_label = multi_label
        self.mixup_enabled = True
        self.generator = generator

    def __call__(self, x: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Return mixed images and soft labels.

        Args:
            x: images, floating, (N, C, H, W).
            target: class indices (N,), or vectors (N, K) with ``multi_label``.

        Returns:
            A new tensor like ``x``, and labels (N, K) in torch's default dtype.
        """
        draw = self.draw(len(x), (x.shape[-2], x.shape[-1])).to(x.device)
        return draw.mix(x), self._soft(draw, target, target.flip(0))

    def draw(self, n: int, size: tuple[int, int]) -> FlipDraw:
        """Draw for a batch of ``n`` images of a height and width; nothing is mixed while ``mixup_enabled`` is False."""
        units = {"batch": 1, "elem": n, "pair": n - n // 2, "half": n // 2}[self.mode]
        mixed = self._uniform(units) < (self.mix_prob if self.mixup_enabled else 0)
        both = self.mixup_alpha > 0 and self.cutmix_alpha > 0
        cut = self._uniform(units) < self.switch_prob if both else torch.full((units,), self.cutmix_alpha > 0)
        drawn = torch.where(cut, self._beta(self.cutmix_alpha, units), self._beta(self.mixup_alpha, units))
        lam, cut = torch.where(mixed, drawn, 1.0), cut & mixed
        if self.cutmix_minmax is None:
            box = centred_boxes(lam, size, self._uniform(units, 2))
        else:
            box = minmax_boxes(self.cutmix_minmax, size, self._uniform(units, 4))
        if self.correct_lam or self.cutmix_minmax is not None:
            lam = torch.where(cut, area_outside(box, size), lam)
        draw = FlipDraw(units if self.mode == "half" else n, lam, cut, torch.where(cut.unsqueeze(1), box, 0))
        return draw.both_ways() if self.mode == "pair" else draw

    def _soft(self, draw: FlipDraw, target: Tensor, other: Tensor) -> Tensor:
        if not self.multi_label:
            return draw.targets(target, other).dense(self.num_classes, label_smoothing=self.label_smoothing)
        if target.ndim != 2 or target.shape[1] != self.num_classes:
            found = f"shape {tuple(target.shape)}"
            raise ValueError(must_be("multi-label targets", f"of shape (N, {self.num_classes})", found))
        smooth = [labels.float() * (1 - self.label_smoothing) + self.label_smoothing / 2 for labels in (target, other)]
        return draw.targets(*smooth).dense()

    def _uniform(self, *size: int) -> Tensor:
        return torch.rand(size, dtype=torch.float64, generator=self.generator)

    def _beta(self, alpha: float, units: int) -> Tensor:
        weight, side = draw_minor_weight(alpha, (units,), self.generator)
        return torch.where(side, 1 - weight, weight)


class FastCollateMixup(Mixup, timm.data.FastCollateMixup):
    """The same where a loader puts its batches together, with the arguments of ``timm.data.FastCollateMixup``.

    Each worker draws from torch's default generator there, which a loader seeds anew in every worker and epoch. A given
    generator is drawn from where there are no workers; each worker has a copy of it, which is seeded anew likewise.
    Mode ``"half"`` makes N / 2 examples of N, each mixed with one that does not come again.

    Example:
        >>> collate = FastCollateMixup(mixup_alpha=0.2, num_classes=10)
        >>> x, y = collate([(torch.zeros(3, 8, 8, dtype=torch.uint8), label) for label in range(4)])
        >>> x.dtype, y.shape
        (torch.uint8, torch.Size([4, 10]))
    """

    modes = ("batch", "pair", "elem", "half")
    _worker_seed: int | None = None

    def __call__(  # type: ignore[override] # timm's two classes are called differently
        self, batch: Sequence[tuple[Any, Any]], _: object = None
    ) -> tuple[Tensor, Tensor]:
        """Return a mixed batch.

        Args:
            batch: N examples, an image (C, H, W), uint8, as an array or a tensor, and its label each.

        Returns:
            Images, uint8 (N, C, H, W), rounded to the nearest grey level, and soft labels (N, K).
        """
        self._seed_in_a_worker()
        images = torch.stack([torch.as_tensor(image) for image, _ in batch]).float()
        target = default_collate([label for _, label in batch])
        draw = self.draw(len(batch), (images.shape[-2], images.shape[-1]))
        mixed = draw.mix(images[: draw.n], images.flip(0)[: draw.n])
        return mixed.round_().to(torch.uint8), self._soft(draw, target[: draw.n], target.flip(0)[: draw.n])

    def _seed_in_a_worker(self) -> None:
        """Give the copy of a given generator a stream of its own, once in the life of a worker."""
        worker = get_worker_info()
        if worker is None or self.generator is None or self._worker_seed == worker.seed:
            return
        self._worker_seed = worker.seed
        self.generator.manual_seed(seed_of("timm", worker.seed))  # not the seed itself: the default one has that
