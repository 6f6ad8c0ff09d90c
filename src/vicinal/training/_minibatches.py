"""The mixed minibatches of one epoch for all replicas of a stack, each with the loss that goes with it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.vicinity import Dirac, Mixup, rank_generator, seed_of

Loss = Callable[[Tensor], Tensor]
"""Takes logits (R, n, K) and returns each replica's mean loss (R,)."""

AT_ONCE = 2**18
"""Numbers of the inputs that are gathered and mixed together, for as many steps as they fill: few enough to stay in a
processor's cache until their step comes. One step of a wide table has more, and its rows are never doubled."""


def minibatches(
    x: Tensor, y: Tensor, *, classes: int, vicinity: Any, seeds: Sequence[int], batch: int, epoch: int
) -> Iterator[tuple[Tensor, Loss]]:
    """Yield the mixed inputs (R, n, D) of every step of an epoch, and their loss.

    A replica's order follows from (seed, epoch); so do its draws of mixup, which are made for the whole epoch at once,
    and those of another vicinity from (seed, epoch, step). The draws come from torch's default generator, seeded before
    each, so that anybody's vicinity is reproducible; the caller puts its state back.

    Args:
        x: training rows, floating, of shape (R, N, D).
        y: class indices, int64, of shape (R, N).
        classes: K, the number of classes.
        vicinity: anything with ``draw(n, *, y, device)``; or a sequence of such, one a replica.
        seeds: one a replica.
        batch: examples a minibatch; the last one may be smaller.
        epoch: its number, from 0.
    """
    rows = y.shape[1]
    order = torch.stack([torch.randperm(rows, generator=rank_generator(seed_of("order", s, epoch), 0)) for s in seeds])
    vicinities = vicinity if isinstance(vicinity, Sequence) else [vicinity] * len(seeds)
    if all(isinstance(each, Dirac) for each in vicinities):
        return _plain(x, y, order.to(x.device), batch, classes)
    mixups = [each for each in vicinities if isinstance(each, Mixup)]
    if len(mixups) == len(vicinities) and len({each.mix for each in mixups}) == 1:
        return _mixed(x, y, order.to(x.device), batch, classes, mixups, seeds, epoch)
    return _drawn(x, y, order.to(x.device), batch, vicinities, seeds, epoch)


def _plain(x: Tensor, y: Tensor, order: Tensor, batch: int, classes: int) -> Iterator[tuple[Tensor, Loss]]:
    for picked in _steps(order, batch, x.shape[2]):
        shares = x.new_ones(()).expand(picked.shape)
        yield from zip(_rows(x, picked), _losses([_rows(y, picked)], [shares], classes), strict=True)


def _mixed(
    x: Tensor,
    y: Tensor,
    order: Tensor,
    batch: int,
    classes: int,
    mixups: Sequence[Mixup],
    seeds: Sequence[int],
    epoch: int,
) -> Iterator[tuple[Tensor, Loss]]:
    sizes = [part.shape[1] for part in order.split(batch, dim=1)]
    draws = []
    for seed, labels, mixup in zip(seeds, y.gather(1, order), mixups, strict=True):
        _seed("draw", seed, epoch)
        draws.append(mixup.draw_in_turn(sizes, y=labels))
    theirs = order.gather(1, torch.stack([draw.partner for draw in draws]).to(x.device))
    weight = torch.stack([draw.weight for draw in draws]).to(x.device, x.dtype)
    major = torch.stack([draw.theirs for draw in draws]).to(x.device)  # where it is the example's own
    heavy, light = torch.where(major, order, theirs), torch.where(major, theirs, order)
    for ours, others, share in zip(*(_steps(t, batch, x.shape[2]) for t in (heavy, light, weight)), strict=True):
        inputs = torch.lerp(_rows(x, ours), _rows(x, others), share.unsqueeze(3))
        if mixups[0].mix == "inputs":
            losses = _losses([_rows(y, ours)], [torch.ones_like(share)], classes)
        else:
            losses = _losses([_rows(y, ours), _rows(y, others)], [1 - share, share], classes)
        yield from zip(inputs, losses, strict=True)


def _drawn(
    x: Tensor, y: Tensor, order: Tensor, batch: int, vicinities: Sequence[Any], seeds: Sequence[int], epoch: int
) -> Iterator[tuple[Tensor, Loss]]:
    for step, picked in enumerate(order.split(batch, dim=1)):
        rows, labels = _rows(x, picked), _rows(y, picked)
        inputs, targets = [], []
        for seed, vicinity, mine, classes in zip(seeds, vicinities, rows, labels, strict=True):
            _seed("draw", seed, epoch, step)
            draw = vicinity.draw(len(classes), y=classes, device=x.device)
            inputs.append(draw.mix(mine))
            targets.append(draw.targets(classes))
        yield torch.stack(inputs), partial(_own_losses, targets)


def _steps(values: Tensor, batch: int, features: int) -> Iterator[Tensor]:
    """Yield what (R, N) holds for the steps of an epoch, several at once, as (S, R, n); a smaller last one alone."""
    whole = values.shape[1] // batch * batch
    for part in (values[:, :whole], values[:, whole:]):
        size = min(batch, part.shape[1])
        if size:
            most = max(1, AT_ONCE // (len(values) * size * features))
            yield from part.unflatten(1, (-1, size)).transpose(0, 1).split(most)


def _rows(values: Tensor, picked: Tensor) -> Tensor:
    """Return the picked rows (..., R, n) of every replica from (R, N, ...)."""
    start = torch.arange(0, values.shape[0] * values.shape[1], values.shape[1], device=picked.device).unsqueeze(1)
    return values.flatten(0, 1).index_select(0, (picked + start).flatten()).unflatten(0, picked.shape)


def _losses(labels: Sequence[Tensor], shares: Sequence[Tensor], classes: int) -> Iterator[Loss]:
    """Yield the cross-entropy of each step against labels and their shares, all of shape (S, R, n)."""
    counts = shares[0].new_zeros((*labels[0].shape, classes))
    for label, share in zip(labels, shares, strict=True):
        counts.scatter_add_(3, label.unsqueeze(3), share.unsqueeze(3))
    for mine in counts.div_(-labels[0].shape[2]):  # what a class counts in its replica's mean, once for all
        yield partial(_mean_loss, mine)


def _mean_loss(counts: Tensor, logits: Tensor) -> Tensor:
    return (F.log_softmax(logits, 2) * counts).sum((1, 2))


def _own_losses(targets: Sequence[Any], logits: Tensor) -> Tensor:
    return torch.stack([each.loss(F.cross_entropy, mine) for each, mine in zip(targets, logits, strict=True)])


def _seed(*counters: int | str) -> None:
    torch.default_generator.manual_seed(seed_of(*counters))
