"""The mixed minibatches of one epoch for all replicas of a stack, each with the loss that goes with it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.vicinity import Dirac, Mixup, Targets, rank_generator, seed_of

Loss = Callable[[Tensor], Tensor]
"""Takes logits (R, n, K) and returns each replica's mean loss (R,)."""

_EACH = partial(F.cross_entropy, reduction="none")


def minibatches(
    x: Tensor, y: Tensor, *, vicinity: Any, seeds: Sequence[int], batch: int, epoch: int
) -> Iterator[tuple[Tensor, Loss]]:
    """Yield the mixed inputs (R, n, D) of every step of an epoch, and their loss.

    A replica's order follows from (seed, epoch); so do its draws of mixup, which are made for the whole epoch at once,
    and those of another vicinity from (seed, epoch, step). The draws come from torch's default generator, seeded before
    each, so that anybody's vicinity is reproducible; the caller puts its state back.

    Args:
        x: training rows, floating, of shape (R, N, D).
        y: class indices, int64, of shape (R, N).
        vicinity: anything with ``draw(n, *, y, device)``.
        seeds: one a replica.
        batch: examples a minibatch; the last one may be smaller.
        epoch: its number, from 0.
    """
    rows = y.shape[1]
    order = torch.stack([torch.randperm(rows, generator=rank_generator(seed_of("order", s, epoch), 0)) for s in seeds])
    if isinstance(vicinity, Dirac):
        return _plain(x, y, order.to(x.device), batch)
    if isinstance(vicinity, Mixup):
        return _mixed(x, y, order.to(x.device), batch, vicinity, seeds, epoch)
    return _drawn(x, y, order.to(x.device), batch, vicinity, seeds, epoch)


def _plain(x: Tensor, y: Tensor, order: Tensor, batch: int) -> Iterator[tuple[Tensor, Loss]]:
    for picked in order.split(batch, dim=1):
        labels = _rows(y, picked)
        yield _rows(x, picked), partial(_mean_loss, Targets((labels.flatten(),)))


def _mixed(
    x: Tensor, y: Tensor, order: Tensor, batch: int, mixup: Mixup, seeds: Sequence[int], epoch: int
) -> Iterator[tuple[Tensor, Loss]]:
    sizes = [part.shape[1] for part in order.split(batch, dim=1)]
    draws = []
    for seed, labels in zip(seeds, _rows(y, order), strict=True):
        _seed("draw", seed, epoch)
        draws.append(mixup.draw_in_turn(sizes, y=labels))
    theirs = order.gather(1, torch.stack([draw.partner for draw in draws]).to(x.device))
    weight = torch.stack([draw.weight for draw in draws]).to(x.device, x.dtype)
    major = torch.stack([draw.theirs for draw in draws]).to(x.device)  # where it is the example's own
    heavy, light = torch.where(major, order, theirs), torch.where(major, theirs, order)
    for ours, others, share in zip(*(t.split(batch, dim=1) for t in (heavy, light, weight)), strict=True):
        inputs = torch.lerp(_rows(x, ours), _rows(x, others), share.unsqueeze(2))
        labels = Targets((_rows(y, ours).flatten(), _rows(y, others).flatten()), (share.flatten(),))
        yield inputs, partial(_mean_loss, Targets(labels.labels[:1]) if draws[0].inputs_only else labels)


def _drawn(
    x: Tensor, y: Tensor, order: Tensor, batch: int, vicinity: Any, seeds: Sequence[int], epoch: int
) -> Iterator[tuple[Tensor, Loss]]:
    for step, picked in enumerate(order.split(batch, dim=1)):
        rows, labels = _rows(x, picked), _rows(y, picked)
        inputs, targets = [], []
        for seed, mine, classes in zip(seeds, rows, labels, strict=True):
            _seed("draw", seed, epoch, step)
            draw = vicinity.draw(len(classes), y=classes, device=x.device)
            inputs.append(draw.mix(mine))
            targets.append(draw.targets(classes))
        yield torch.stack(inputs), partial(_own_losses, targets)


def _rows(values: Tensor, picked: Tensor) -> Tensor:
    """Return the picked rows (R, n) of every replica from (R, N, ...)."""
    start = torch.arange(0, values.shape[0] * values.shape[1], values.shape[1], device=picked.device).unsqueeze(1)
    return values.flatten(0, 1).index_select(0, (picked + start).flatten()).unflatten(0, picked.shape)


def _mean_loss(targets: Targets, logits: Tensor) -> Tensor:
    return targets.loss(_EACH, logits.flatten(0, 1)).unflatten(0, logits.shape[:2]).mean(1)


def _own_losses(targets: Sequence[Any], logits: Tensor) -> Tensor:
    return torch.stack([each.loss(F.cross_entropy, mine) for each, mine in zip(targets, logits, strict=True)])


def _seed(*counters: int | str) -> None:
    torch.default_generator.manual_seed(seed_of(*counters))
