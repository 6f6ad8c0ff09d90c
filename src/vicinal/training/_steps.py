"""Which examples an epoch's steps take: minibatches, each cut into lanes."""

from collections.abc import Sequence

import torch
from torch import Tensor

from vicinal.vicinity import rank_generator, seed_of


def steps(rows: int, *, seed: int, epoch: int, batch: int, lanes: int, stream: str = "order") -> list[Sequence[Tensor]]:
    """Return the row numbers of every lane of every step of an epoch, in an order that follows from seed and epoch.

    A lane is what one process takes at once: with several processes, or with accumulated gradients, a minibatch has
    several lanes, and mixing stays within each. A last minibatch with fewer than two examples a lane is left out, since
    batch normalisation cannot do with one.

    Args:
        rows: number of training examples N.
        seed: of the trial.
        epoch: its number, from 0.
        batch: examples a minibatch, at least two a lane; the last one may be smaller.
        lanes: into how many a minibatch is cut, as evenly as can be.
        stream: of another name an independent order, cut alike.
    """
    order = torch.randperm(rows, generator=rank_generator(seed_of(stream, seed, epoch), 0))
    minibatches = order.split(batch)
    if len(minibatches) > 1 and len(minibatches[-1]) < 2 * lanes:
        minibatches = minibatches[:-1]
    return [minibatch.tensor_split(lanes) for minibatch in minibatches]
