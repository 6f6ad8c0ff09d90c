"""How long a comparison will take, found out in a moment; and how many examples there is time for."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.models import MLP, build, hidden_units
from vicinal.studies._own import Own
from vicinal.studies._stacks import LARGEST
from vicinal.training import Task, fit
from vicinal.vicinity import vicinity

STEPS = 30
"""Steps of small nets that are timed, after as many that warm up."""
LEAST = 200
"""No fewer examples are trained on for a budget's sake."""
_LOOK = 2e-7
"""Seconds that a small net takes for a look at one row, roughly; larger nets, a third of their step for an example."""


@dataclass(frozen=True)
class Budget:
    """What a comparison takes.

    Args:
        seconds: for all nets, by as many processes as there are.
        rows: examples to train each net on; None for all.
    """

    seconds: float
    rows: int | None


def budget(own: Own, task: Task, *, methods: int, repetitions: int, processes: int, allowed: float) -> Budget:
    """Return how long training takes, and how many examples there is time for where all of them take too long.

    A few steps are timed on the first examples; nothing else is known of this machine.

    Args:
        own: what is learned.
        task: as it is trained.
        methods: that are trained, in all settings together.
        repetitions: nets of each.
        processes: that train at a time.
        allowed: seconds.
    """
    looked_at = own.told.rows - own.trained
    if task.stacks:
        replicas = min(LARGEST, methods * repetitions)
        step, look = _of_a_stack(own, task, replicas), _LOOK * replicas
        rounds = -(-methods * repetitions // (replicas * processes))
    else:
        step = _of_a_net(own, task)
        look, rounds = step / task.batch / 3, -(-methods * repetitions // processes)

    def needed(rows: int) -> float:
        return rounds * task.epochs * (step * -(-rows // task.batch) + look * looked_at)

    wanted = needed(own.trained)
    rows = max(LEAST, int(own.trained * allowed / wanted))
    return Budget(wanted, None) if rows >= own.trained else Budget(needed(rows), rows)


def _of_a_stack(own: Own, task: Task, replicas: int) -> float:
    """Return the seconds that a step of mixup takes a stack of small nets."""
    assert own.table is not None
    parts = own.table.parts(seed=0)
    few = task.batch * STEPS
    x, y = (
        torch.from_numpy(each[:few]).expand(replicas, *each[:few].shape).contiguous()
        for each in (parts.x_train, parts.y_train)
    )
    net = MLP([x.shape[2], *(hidden_units(task.net) or ()), len(parts.classes) or 1], seeds=range(replicas))
    seconds = _seconds(
        lambda: fit(
            net,
            x,
            y,
            vicinity=vicinity("mixup(0.2)"),
            seeds=range(replicas),
            batch=task.batch,
            epochs=1,
            learning_rate=task.optimiser.learning_rate,
        )
    )
    return seconds / -(-x.shape[1] // task.batch)


def _of_a_net(own: Own, task: Task) -> float:
    """Return the seconds that a step takes a net for images or sounds."""
    feed = own.data.feed(seed=0, size=task.size)  # pyright: ignore[reportAttributeAccessIssue] - no table
    channels, *size = feed.shape
    net = build(task.net, classes=len(feed.classes), channels=channels, size=(size[0], size[1]), seed=0)
    net = net.to(memory_format=torch.channels_last)
    x, y = next(feed.plain("train", [torch.arange(min(task.batch, feed.size("train")))]))
    x = x.to(memory_format=torch.channels_last)
    return _seconds(lambda: F.cross_entropy(net(x), y).backward()) * task.batch / len(x)


def _seconds(call: Callable[[], object]) -> float:
    """Return what a call takes once it has been made before."""
    call()
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
