"""The processes that share a trial: what they agree on, and what is said when one of them is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, distributed


class RankLost(RuntimeError):  # noqa: N818 - named for what happened
    """A process that shares a trial has died or cannot be reached; the others end, and all can be started again."""


class Peers:
    """What the processes of one trial ask each other; a single process is answered at once.

    Args:
        fabric: Lightning's Fabric, launched.
    """

    def __init__(self, fabric: Any) -> None:
        self.fabric = fabric
        # They agree by way of the CPU, so that asking does not wait for a GPU.
        self.group: Any = distributed.new_group(backend="gloo") if fabric.world_size > 1 else None

    def strongest(self, wish: int) -> int:
        """Return the largest number that any process says; all of them have to ask."""
        if self.group is None:
            return wish
        flag = torch.tensor(wish)
        distributed.all_reduce(flag, distributed.ReduceOp.MAX, group=self.group)
        return int(flag)

    def tallied(self, sums: Tensor) -> Tensor:
        """Return the sums of a :class:`Tally` over all processes, with the first step that broke in any of them."""
        if self.group is None:
            return sums
        totals = self.fabric.all_reduce(sums[:3].clone(), reduce_op="sum")
        broken = self.fabric.all_reduce(sums[3:].masked_fill(sums[3:] < 0, torch.inf), reduce_op="min")
        return torch.cat([totals, broken.masked_fill(broken.isinf(), -1)])

    def gathered(self, sums: Tensor) -> Tensor:
        """Return the sums of every process, of shape (processes, 4), so that each goes on from its own."""
        if self.group is None:
            return sums[None]
        mine = sums.cpu()
        everybodys = [torch.empty_like(mine) for _ in range(self.fabric.world_size)]
        distributed.all_gather(everybodys, mine, group=self.group)
        return torch.stack(everybodys)

    def own(self, gathered: Tensor) -> Tensor:
        """Return what this process goes on from; where there were others before, the first one takes all of it."""
        rank = self.fabric.global_rank
        if len(gathered) == self.fabric.world_size:
            return gathered[rank]
        total = gathered.sum(0) if rank == 0 else torch.zeros_like(gathered[0])
        total[3] = -1  # nothing that broke is kept
        return total


@contextmanager
def lost_peer_told(what: str) -> Iterator[None]:
    """Turn what the network says of a process that is gone into one sentence.

    Args:
        what: the processes share, for the sentence.

    Raises:
        RankLost: in place of the error of gloo, NCCL or the meeting of all processes.
    """
    try:
        yield
    except RuntimeError as error:
        by_gloo = "gloo" in str(error)
        if not by_gloo and not isinstance(error, distributed.DistError):
            raise
        reason = "" if by_gloo else f" ({str(error).splitlines()[0]})"  # gloo's is of its own files and of sockets
        remedy = "Start all of them again: they go on from the last checkpoint"
        raise RankLost(f"{what}: a process that shares it was lost{reason}. {remedy}.") from None
