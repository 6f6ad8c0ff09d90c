"""How well a net does on a part of the data, on one device or on many."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torchmetrics.functional.classification import multiclass_calibration_error

from vicinal.data import Feed
from vicinal.training._tally import precise


@torch.no_grad()
def evaluate(
    net: nn.Module, feed: Feed, part: str, *, batch: int, fabric: Any, whole: bool = False
) -> dict[str, float]:
    """Return error in per cent and negative log-likelihood in nats, by name.

    Args:
        net: maps (N, C, H, W) to logits (N, K); evaluated in evaluation mode and put back.
        feed: gives the examples.
        part: ``"test"`` or ``"train"``, which begins the names.
        batch: examples at once.
        fabric: shares the examples among its processes.
        whole: tell the calibration error and the error among the best five too.
    """
    was_training = net.training
    net.eval()
    rows = torch.arange(feed.size(part)).tensor_split(fabric.world_size)[fabric.global_rank]
    sums = torch.zeros(3, dtype=precise(fabric.device), device=fabric.device)
    kept: list[tuple[Tensor, Tensor]] = []
    # The same number of batches everywhere: processes wait for each other at each of them.
    count = max(1, -(-feed.size(part) // (batch * fabric.world_size)))
    for x, y in feed.plain(part, rows.tensor_split(count)):
        logits, labels = net(x).float(), y.to(fabric.device)
        five = logits.topk(min(5, logits.shape[1])).indices
        hits = five == labels[:, None]
        losses = F.cross_entropy(logits, labels, reduction="sum")
        sums += torch.stack([(~hits[:, 0]).sum(), (~hits.any(1)).sum(), losses.to(sums.dtype)])
        if whole:
            kept.append((logits.softmax(1), labels))
    net.train(was_training)
    wrong, wrong_five, loss = fabric.all_reduce(sums, reduce_op="sum").tolist()
    figures = {f"{part}_error": 100 * wrong / feed.size(part), f"{part}_nll": loss / feed.size(part)}
    if whole:
        probability, label = (torch.cat(each) for each in zip(*kept, strict=True))
        figures[f"{part}_calibration_error"] = _calibration(probability, label, fabric)
        figures[f"{part}_error_of_five"] = 100 * wrong_five / feed.size(part)
    return figures


def _calibration(probability: Tensor, label: Tensor, fabric: Any) -> float:
    """Return the mean distance of confidence and accuracy over 15 bins, in per cent, as seen by the first process."""
    classes = probability.shape[1]
    error = multiclass_calibration_error(probability, label, num_classes=classes, n_bins=15, norm="l1")
    return 100 * fabric.all_reduce(error, reduce_op="mean").item()
