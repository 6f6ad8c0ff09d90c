"""What a net answers on the parts that choose and judge, kept after the epochs that its task reads off.

A part's answers after ten epochs are called ``valid_answers_10``, ``test_answers_10``: logits of shape (n, K), float32,
or numbers of shape (n,), float64, in the unit of the target. Beside them are, once, ``valid_target``, ``test_target``
and, where the data know them, ``valid_rows``, ``test_rows``, the numbers that the rows have there.
"""

from typing import Any

import torch
from torch import Tensor, nn

from vicinal._errors import InputError, must_be
from vicinal.data import Feed, Part
from vicinal.training._evaluate import looked_at
from vicinal.training._task import Task
from vicinal.vicinity import send

PARTS: tuple[Part, ...] = ("valid", "test")


def check_read_at(task: Task) -> None:
    """See that a task reads off epochs that it has.

    Raises:
        InputError: it does not.
    """
    wrong = [epoch for epoch in task.read_at if not 1 <= epoch <= task.epochs]
    if wrong:
        raise InputError(must_be("an epoch to read off", f"from 1 to {task.epochs}, those of {task}", wrong[0]))


def called(part: Part, epoch: int) -> str:
    """Return the name of a part's answers after so many epochs."""
    return f"{part}_answers_{epoch}"


@torch.no_grad()
def answers(net: nn.Module, feed: Feed, epoch: int, *, batch: int, fabric: Any) -> dict[str, Tensor]:
    """Return the logits of an ordinary net on both parts, by name; every process gets all of them.

    Args:
        net: maps (N, C, H, W) to logits (N, K); evaluated in evaluation mode and put back.
        feed: gives the examples.
        epoch: how many have finished.
        batch: examples that a device takes at once.
        fabric: shares the examples among its processes.
    """
    found: dict[str, Tensor] = {}
    for part in PARTS:
        if not feed.size(part):
            continue
        logits = torch.zeros(feed.size(part), len(feed.classes), device=fabric.device)
        for numbers, mine, _ in looked_at(net, feed, part, batch=batch, fabric=fabric):
            logits[send(numbers, fabric.device)] = mine.float()
        # each process knows its own rows, the rest are 0
        found[called(part, epoch)] = fabric.all_reduce(logits, reduce_op="sum").cpu()
    return found


def targets(feed: Feed) -> dict[str, Tensor]:
    """Return the classes of both parts, by name."""
    return {f"{part}_target": feed.labels(part).clone() for part in PARTS if feed.size(part)}
