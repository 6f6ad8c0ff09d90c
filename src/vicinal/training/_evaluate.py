"""How well a net does on a part of the data, on one device or on many."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.data import CorruptedFeed, Feed, Part
from vicinal.measure import BINS, binned, hits, memorisation
from vicinal.training._lane import channels_last
from vicinal.vicinity import precise, send


@torch.no_grad()
def evaluate(
    net: nn.Module, feed: Feed, part: Part, *, batch: int, fabric: Any, whole: bool = False
) -> dict[str, float]:
    """Return error in per cent and negative log-likelihood in nats, by name.

    Args:
        net: maps (N, C, H, W) to logits (N, K); evaluated in evaluation mode and put back.
        feed: gives the examples.
        part: one that has examples; it begins the names.
        batch: examples that a device takes at once.
        fabric: shares the examples among its processes.
        whole: tell the expected calibration error (15 bins of equal width) and the top-5 error too, both in per cent.

    Source: of the calibration error, arXiv 1706.04599, equation 3.
    """
    sums = torch.zeros(3 + 2 * BINS, dtype=precise(fabric.device), device=fabric.device)
    for _, logits, labels in looked_at(net, feed, part, batch=batch, fabric=fabric):
        first, of_five = hits(logits, labels)
        counts = [(~first).sum(), (~of_five).sum(), F.cross_entropy(logits, labels, reduction="sum")]
        sums += torch.cat([torch.stack(counts).to(sums.dtype), *binned(logits.softmax(1).amax(1), first)[:2]])
    wrong, wrong_five, loss, *bins = (fabric.all_reduce(sums, reduce_op="sum") / feed.size(part)).tolist()
    figures = {f"{part}_error": 100 * wrong, f"{part}_nll": loss}
    if whole:
        gaps = zip(bins[:BINS], bins[BINS:], strict=True)
        figures[f"{part}_calibration_error"] = 100 * sum(abs(right - sure) for right, sure in gaps)
        figures[f"{part}_top5_error"] = 100 * wrong_five
    return figures


@torch.no_grad()
def memorised(net: nn.Module, feed: CorruptedFeed, *, batch: int, fabric: Any) -> dict[str, float]:
    """Return the errors on the training points, against their real labels and against those given, by name.

    Args:
        net: as for :func:`evaluate`.
        feed: with corrupted labels.
        batch: examples that a device takes at once.
        fabric: shares the examples among its processes.
    """
    predicted = torch.zeros(feed.size("train"), dtype=torch.int64, device=fabric.device)
    for numbers, logits, _ in looked_at(net, feed, "train", batch=batch, fabric=fabric):
        predicted[send(numbers, fabric.device)] = logits.argmax(1)
    predicted = fabric.all_reduce(predicted, reduce_op="sum").cpu()  # each process knows its own rows, the rest are 0
    found = memorisation(predicted, real=feed.real, given=feed.given, replaced=feed.replaced)
    return {f"train_error_{name}": value for name, value in asdict(found).items()}


def looked_at(
    net: nn.Module, feed: Feed, part: Part, *, batch: int, fabric: Any
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Yield this process's share of a part: numbers on the host, logits and labels on the device."""
    was_training = net.training
    net.eval()
    rows = torch.arange(feed.size(part)).tensor_split(fabric.world_size)[fabric.global_rank]
    # The same number of batches everywhere: processes wait for each other at each of them.
    slices = rows.tensor_split(-(-feed.size(part) // (batch * fabric.world_size)))
    # A process without an example of its own takes the first one along and does not count it.
    picked = [numbers if len(numbers) else torch.tensor([0]) for numbers in slices]
    for numbers, (x, y) in zip(slices, feed.plain(part, picked), strict=True):
        yield numbers, net(channels_last(x))[: len(numbers)], y[: len(numbers)].to(fabric.device)
    net.train(was_training)
