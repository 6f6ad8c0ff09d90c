"""The replica trainer: R nets of one shape, each with its own seed, rows and draws, one step at a time for all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.models import MLP
from vicinal.vicinity import Dirac, DiracDraw, MixupDraw, concatenated, rank_generator, seed_of

_EACH = partial(F.cross_entropy, reduction="none")


def fit(
    net: MLP,
    x: Tensor,
    y: Tensor,
    *,
    vicinity: Any,
    seeds: Sequence[int],
    batch: int,
    epochs: int,
    learning_rate: float,
    after_epoch: Callable[[int, Tensor, Tensor], None] | None = None,
) -> None:
    """Train a stack of replicas with Adam on cross-entropy, in place.

    Every replica sees what it would see alone: its order of the rows follows from (seed, epoch), its draw from
    (seed, epoch, step). The draws come from torch's default generator, seeded before each and put back at the end, so
    that anybody's vicinity is reproducible.

    Args:
        net: R replicas.
        x: training rows, floating, of shape (R, N, D).
        y: class indices, int64, of shape (R, N).
        vicinity: anything with ``draw(n, *, y, device)``.
        seeds: one a replica.
        batch: examples a minibatch; the last one of an epoch may be smaller.
        epochs: passes over the rows.
        learning_rate: Adam's step size.
        after_epoch: called with the epoch from 0, each replica's mean loss (R,), and the first step of this epoch whose
            loss was not finite (R,), −1 where all were.
    """
    replicas, rows = y.shape
    flat_x, flat_y = x.flatten(0, 1), y.flatten()
    first_row = torch.arange(replicas, device=x.device).mul_(rows).unsqueeze(1)
    starts = range(0, rows, batch)
    sizes = torch.tensor([min(batch, rows - start) for start in starts], dtype=x.dtype, device=x.device)
    adam = torch.optim.Adam(net.parameters(), lr=learning_rate, fused=True)
    net.train()
    with _default_generator_put_back():
        for epoch in range(epochs):
            if hasattr(vicinity, "set_epoch"):
                vicinity.set_epoch(epoch)
            order = torch.stack([torch.randperm(rows, generator=_order(seed, epoch)) for seed in seeds])
            order = order.to(x.device) + first_row
            losses = torch.empty((len(starts), replicas), dtype=x.dtype, device=x.device)
            for step, start in enumerate(starts):
                picked = order[:, start : start + batch]
                shape = picked.shape
                xb = flat_x.index_select(0, picked.flatten()).unflatten(0, shape)
                yb = flat_y.index_select(0, picked.flatten()).unflatten(0, shape)
                draws = [_drawn(vicinity, yb[r], (seed, epoch, step)) for r, seed in enumerate(seeds)]
                loss = stack_loss(net, draws, xb, yb)
                adam.zero_grad(set_to_none=True)
                loss.sum().backward()
                adam.step()
                losses[step] = loss.detach()
            if after_epoch is not None:
                after_epoch(epoch, sizes @ losses / rows, _first_broken(losses))


def stack_loss(net: MLP, draws: Sequence[Any], x: Tensor, y: Tensor) -> Tensor:
    """Return each replica's mean cross-entropy on its mixed minibatch, of shape (R,).

    Draws of mixup are applied in one gather and one softmax for all replicas; those of another vicinity one by one.
    """
    if all(isinstance(draw, DiracDraw) for draw in draws):
        return _EACH(net(x).flatten(0, 1), y.flatten()).unflatten(0, y.shape).mean(1)
    if all(isinstance(draw, MixupDraw | DiracDraw) for draw in draws):
        draw = concatenated(draws)
        logits = net(draw.mix(x.flatten(0, 1)).view_as(x))
        each = draw.targets(y.flatten()).loss(_EACH, logits.flatten(0, 1))
        return each.unflatten(0, y.shape).mean(1)
    logits = net(torch.stack([draw.mix(rows) for draw, rows in zip(draws, x, strict=True)]))
    targets = [draw.targets(labels) for draw, labels in zip(draws, y, strict=True)]
    return torch.stack([target.loss(F.cross_entropy, out) for target, out in zip(targets, logits, strict=True)])


def _drawn(vicinity: Any, y: Tensor, counters: tuple[int, int, int]) -> Any:
    if isinstance(vicinity, Dirac):
        return vicinity.draw(len(y))  # moves no generator, so none needs a seed
    torch.default_generator.manual_seed(seed_of("draw", *counters))
    return vicinity.draw(len(y), y=y, device=y.device)


def _first_broken(losses: Tensor) -> Tensor:
    """Return the first step (row) of each replica (column) whose loss is not finite, −1 where all are."""
    broken = ~losses.isfinite()
    return torch.where(broken.any(0), broken.int().argmax(0), -1)


def _order(seed: int, epoch: int) -> torch.Generator:
    return rank_generator(seed_of("order", seed, epoch), 0)


@contextmanager
def _default_generator_put_back() -> Iterator[None]:
    state = torch.default_generator.get_state()
    try:
        yield
    finally:
        torch.default_generator.set_state(state)
