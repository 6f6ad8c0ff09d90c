"""How far a classifier's confidence is from its accuracy: expected calibration error and reliability diagram."""

from dataclasses import dataclass

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal._html import shown
from vicinal._numbers import legible
from vicinal.measure._inputs import check_classes

BINS = 15
"""Of confidence, of equal width."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """How sure a classifier is, and how often it is right, over B bins of confidence of equal width from 0 to 1.

    Args:
        error: expected calibration error in per cent: the mean over all examples of how far the accuracy of their bin
            is from its confidence.
        confidence: mean probability of the predicted class in each bin, (B,), float64; NaN where it is empty.
        accuracy: share of right predictions in each bin, (B,), float64; NaN where it is empty.
        count: examples in each bin, (B,), int64.
    """

    error: float
    confidence: Tensor
    accuracy: Tensor
    count: Tensor

    @property
    def mean_confidence(self) -> float:
        """Mean probability of the predicted class, in [0, 1]."""
        return self._mean(self.confidence)

    @property
    def mean_accuracy(self) -> float:
        """Share of right predictions, in [0, 1]."""
        return self._mean(self.accuracy)

    @property
    def overconfidence(self) -> float:
        """Mean confidence less accuracy, in points; negative where the classifier is right more often than it says."""
        return 100 * (self.mean_confidence - self.mean_accuracy)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the error, and every bin that is not empty."""
        columns = (self.count.tolist(), self.confidence.tolist(), self.accuracy.tolist())
        rows = [
            (f"{at / len(self.count):.2f} to {(at + 1) / len(self.count):.2f}", f"{n:,}", legible(sure), legible(right))
            for at, (n, sure, right) in enumerate(zip(*columns, strict=True))
            if n
        ]
        said = f"{legible(self.overconfidence, sign=True)} points more confident than right, on the mean"
        heads = ("confidence", "examples", "mean confidence", "accuracy")
        return shown(f"Expected calibration error {legible(self.error)} %", heads, rows, [said])

    def _mean(self, of_bins: Tensor) -> float:
        return float((of_bins.nan_to_num() * self.count).sum() / self.count.sum())


@torch.no_grad()
def calibration(logits_or_probabilities: Tensor, y: Tensor, bins: int = BINS) -> Calibration:
    r"""Measure the calibration of predictions.

    .. math:: \mathrm{ECE} = \sum_b \frac{n_b}{N} \, \lvert \mathrm{accuracy}_b - \mathrm{confidence}_b \rvert

    Args:
        logits_or_probabilities: of shape (N, K), floating. They are probabilities where every row is in [0, 1] and adds
            up to 1 as nearly as its type can; else logits.
        y: the true classes, integers of shape (N,).
        bins: number of bins; a confidence on the border of two belongs to the upper one.

    Returns:
        The error and the bins, on the CPU.

    Raises:
        TypeError: the predictions are not floating or ``y`` holds no class indices.
        ValueError: the shapes do not go together, there are no examples, or a prediction is not finite.

    Example:
        >>> sure = torch.tensor([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])
        >>> found = calibration(sure, torch.tensor([0, 1, 1, 0]), bins=2)
        >>> round(found.error, 3), found.count.tolist()
        (2.5, [0, 4])

    Source: arXiv 1706.04599, equation 3.
    """
    given = logits_or_probabilities
    _check(given, y, bins=bins)
    probability = given.double() if given.device.type != "mps" else given.float()
    if not _are_probabilities(given):
        probability = probability.softmax(1)
    sure, predicted = probability.max(1)
    if not sure.isfinite().all():
        raise ValueError(must_be("logits_or_probabilities", "finite", "rows that are not"))
    return from_bins(binned(sure, predicted == y.to(predicted.device), bins))


def binned(sure: Tensor, hit: Tensor, bins: int = BINS) -> Tensor:
    """Return for each bin of confidence its right predictions, the sum of its confidence, and its examples.

    What several batches or processes find may be added up.

    Args:
        sure: probability of the predicted class, in [0, 1], of shape (N,), floating.
        hit: whether that class is the true one, of shape (N,).
        bins: how many.

    Returns:
        Three sums a bin, of shape (3, bins), float64 (float32 where the device lacks it).
    """
    dtype = torch.float32 if sure.device.type == "mps" else torch.float64
    at = (sure * bins).long().clamp_max(bins - 1)
    sums = torch.stack([hit.to(dtype), sure.to(dtype), torch.ones_like(sure, dtype=dtype)])
    return torch.zeros(3, bins, dtype=dtype, device=sure.device).index_add_(1, at, sums)


def from_bins(sums: Tensor) -> Calibration:
    """Return the calibration that sums over all examples, as :func:`binned` returns them, come to."""
    right, sure, count = sums.cpu().double()
    error = 100 * float((right - sure).abs().sum() / count.sum())
    return Calibration(error, sure / count, right / count, count.long())


def _are_probabilities(given: Tensor) -> bool:
    slack = max(1e-3, 4 * torch.finfo(given.dtype).eps)
    sums = given.sum(1, dtype=torch.promote_types(given.dtype, torch.float32))
    return bool(((given >= 0) & (given <= 1)).all() and ((sums - 1).abs() <= slack).all())


def _check(given: Tensor, y: Tensor, *, bins: int) -> None:
    if not isinstance(given, Tensor) or not given.is_floating_point():
        found = str(given.dtype) if isinstance(given, Tensor) else type(given).__name__
        raise TypeError(must_be("logits_or_probabilities", "a floating tensor", found))
    check_classes(y)
    if given.ndim != 2 or y.shape != given.shape[:1] or not given.numel():
        found = f"{tuple(given.shape)} and {tuple(y.shape)}"
        raise ValueError(must_be("logits_or_probabilities and y", "of shapes (N, K) and (N,), neither 0", found))
    if not 0 <= int(y.min()) <= int(y.max()) < given.shape[1]:
        found = f"{int(y.min())} to {int(y.max())}"
        raise ValueError(must_be("y", f"in [0, {given.shape[1]}), the classes of the predictions", found))
    if bins < 1:
        raise ValueError(must_be("bins", "at least 1", bins))
