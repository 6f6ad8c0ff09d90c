"""The replica trainer: R nets of one shape, each with its own seed, rows and draws, one step at a time for all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from vicinal.models import MLP
from vicinal.training._adam import AdamStep, Moments
from vicinal.training._criterion import Criterion
from vicinal.training._dropout import masks
from vicinal.training._minibatches import minibatches
from vicinal.vicinity import tell_epoch


def fit(
    net: MLP,
    x: Tensor,
    y: Tensor,
    *,
    vicinity: Any,
    seeds: Sequence[int],
    sets: Sequence[int] | None = None,
    batch: int,
    epochs: int,
    learning_rate: float,
    weight_decay: float = 0.0,
    dropout: float = 0.0,
    label_smoothing: float = 0.0,
    sample_weight: Tensor | None = None,
    after_epoch: Callable[[int, Tensor, Tensor], None] | None = None,
    moments: Moments | None = None,
) -> None:
    """Train a stack of replicas with Adam on cross-entropy, or on squared error where numbers are predicted, in place.

    Every replica sees what it would see alone: the order of its rows, its draws and its masks of dropout follow from
    its seed and the epoch; order and masks are the same whatever the vicinity. Numbers are mixed as the paper mixes all
    targets. What the weight of a row does is said in :class:`Criterion`. Numbers below 1.2e-38 count as 0 meanwhile.
    torch's default generator is left as it was found.

    Args:
        net: R replicas; of one output where numbers are predicted.
        x: training rows, floating, of shape (S, N, D): a set for each replica, or fewer that they share.
        y: class indices, int64, or numbers of the dtype of x, of shape (S, N).
        vicinity: anything with ``draw(n, *, y, device)``; or a sequence of such, one a replica.
        seeds: one a replica.
        sets: which of the S sets each replica trains on; replica r on set r if not given.
        batch: examples a minibatch; the last one of an epoch may be smaller.
        epochs: passes over the rows.
        learning_rate: Adam's step size.
        weight_decay: factor of the weights that Adam adds to their gradient.
        dropout: probability of dropping a unit behind each hidden layer, in [0, 1).
        label_smoothing: share of the uniform distribution that is mixed into every label, in [0, 1]; of classes only.
        sample_weight: what each row counts, ≥ 0, of shape (S, N) and the dtype of x; once if not given.
        after_epoch: called with the epoch from 0, each replica's mean loss (R,), and the first step of this epoch whose
            loss was not finite (R,), −1 where all were.
        moments: what Adam remembers of earlier calls, moved in place; nothing if not given.

    Raises:
        InputError: rows have weights, or the vicinities differ, and not all of them are ERM, mixup or cmixup.
    """
    sizes = torch.tensor([len(part) for part in torch.arange(y.shape[1]).split(batch)], dtype=x.dtype, device=x.device)
    losses = torch.empty((len(sizes), len(seeds)), dtype=x.dtype, device=x.device)
    adam = AdamStep(list(net.parameters()), learning_rate, weight_decay=weight_decay, moments=moments)
    vicinities = vicinity if isinstance(vicinity, Sequence) else [vicinity] * len(seeds)
    own = torch.tensor(range(len(seeds)) if sets is None else sets, device=x.device)
    criterion = Criterion(y, net.sizes[-1], own, sample_weight, label_smoothing)
    net.train()
    with _default_generator_put_back(), _subnormals_flushed():
        for epoch in range(epochs):
            for each in {id(one): one for one in vicinities}.values():
                tell_epoch(each, epoch)
            steps = minibatches(x, criterion, vicinities=vicinities, seeds=seeds, batch=batch, epoch=epoch)
            dropped = masks(net.sizes[1:-1], dropout, seeds=seeds, epoch=epoch, like=x)
            for step, (inputs, loss_of) in enumerate(steps):
                loss = loss_of(net(inputs, dropped(inputs.shape[1])))
                # of the sum, which has each one's own: to be given ones torch imports SymPy, which takes half a second
                adam.step(torch.autograd.grad(loss.sum(), adam.parameters))
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


@contextmanager
def _subnormals_flushed() -> Iterator[None]:
    """Let a CPU take numbers too small for its usual form as 0.

    Where an input is mostly 0, as a column of one category is, what Adam remembers of its gradients decays into such
    numbers, and a step takes twice as long.
    """
    before = not torch.tensor(1e-40, dtype=torch.float32, device="cpu").mul(1)  # torch tells it in no other way
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)
