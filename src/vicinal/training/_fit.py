"""The replica trainer: R nets of one shape, each with its own seed, rows and draws, one step at a time for all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from vicinal.models import MLP
from vicinal.training._adam import AdamStep, Moments
from vicinal.training._minibatches import minibatches
from vicinal.vicinity import tell_epoch


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
    moments: Moments | None = None,
) -> None:
    """Train a stack of replicas with Adam on cross-entropy, in place.

    Every replica sees what it would see alone: the order of its rows and its draws follow from its seed and the epoch.
    torch's default generator is left as it was found.

    Args:
        net: R replicas.
        x: training rows, floating, of shape (R, N, D).
        y: class indices, int64, of shape (R, N).
        vicinity: anything with ``draw(n, *, y, device)``; or a sequence of such, one a replica.
        seeds: one a replica.
        batch: examples a minibatch; the last one of an epoch may be smaller.
        epochs: passes over the rows.
        learning_rate: Adam's step size.
        after_epoch: called with the epoch from 0, each replica's mean loss (R,), and the first step of this epoch whose
            loss was not finite (R,), −1 where all were.
        moments: what Adam remembers of earlier calls, moved in place; nothing if not given.
    """
    sizes = torch.tensor([len(part) for part in torch.arange(y.shape[1]).split(batch)], dtype=x.dtype, device=x.device)
    losses = torch.empty((len(sizes), len(seeds)), dtype=x.dtype, device=x.device)
    adam, ones = AdamStep(list(net.parameters()), learning_rate, moments), x.new_ones(len(seeds))
    net.train()
    with _default_generator_put_back():
        for epoch in range(epochs):
            for each in vicinity if isinstance(vicinity, Sequence) else (vicinity,):
                tell_epoch(each, epoch)
            steps = minibatches(x, y, classes=net.sizes[-1], vicinity=vicinity, seeds=seeds, batch=batch, epoch=epoch)
            for step, (inputs, loss_of) in enumerate(steps):
                loss = loss_of(net(inputs))
                adam.step(torch.autograd.grad(loss, adam.parameters, ones))
                losses[step] = loss.detach()
            if after_epoch is not None:
                after_epoch(epoch, sizes @ losses / sizes.sum(), _first_broken(losses))


def _first_broken(losses: Tensor) -> Tensor:
    """Return the first step (row) of each replica (column) whose loss is not finite, −1 where all are."""
    broken = ~losses.isfinite()
    return torch.where(broken.any(0), broken.int().argmax(0), -1)


@contextmanager
def _default_generator_put_back() -> Iterator[None]:
    state = torch.default_generator.get_state()
    try:
        yield
    finally:
        torch.default_generator.set_state(state)
