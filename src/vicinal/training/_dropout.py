"""Masks of dropout for a stack of replicas, the same ones whatever else differs between two trials."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from vicinal.vicinity import rank_generator, seed_of


def masks(
    units: Sequence[int], dropout: float, *, seeds: Sequence[int], epoch: int, like: Tensor
) -> Callable[[int], Sequence[Tensor]]:
    """Return what gives the masks of one epoch's steps, one step after the other.

    It is called with the number of examples n of each step in turn, and returns for every hidden layer of H units a
    mask of shape (R, n, H): 0 with probability p, else 1 / (1 − p), so that the mean stays. A replica's masks follow
    from (seed, epoch, step) alone. Without dropout there are none.

    Args:
        units: of each hidden layer.
        dropout: the probability p, in [0, 1).
        seeds: one a replica.
        epoch: its number, from 0.
        like: a tensor of the device and dtype that masks are to have.

    Source: Srivastava et al. 2014, section 4; scaled while training, as ``nn.Dropout`` does.
    """
    if not dropout:
        return lambda _: ()
    generators = [rank_generator(seed_of("dropout", seed, epoch), 0) for seed in seeds]

    def of_step(n: int) -> Sequence[Tensor]:
        uniform = torch.empty(len(seeds), n, sum(units))
        for mine, generator in zip(uniform, generators, strict=True):
            mine.uniform_(generator=generator)
        kept = (uniform.to(like.device) >= dropout).to(like.dtype)
        return kept.mul_(1 / (1 - dropout)).split(list(units), dim=2)

    return of_step
