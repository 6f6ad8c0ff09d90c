"""How long a comparison will take, found out in a moment; and how many rows there is time for."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from vicinal.data import Table
from vicinal.models import MLP, hidden_units
from vicinal.studies._methods import Method
from vicinal.training import Task, fit
from vicinal.vicinity import vicinity

STEPS = 30
"""Steps that are timed, after as many that warm up."""
LEAST = 200
"""No fewer rows are trained on for a budget's sake."""


@dataclass(frozen=True)
class Budget:
    """What a comparison takes.

    Args:
        seconds: for all nets, by as many processes as there are.
        rows: to train each net on; None for all.
        wanted: seconds that all rows would take.
    """

    seconds: float
    rows: int | None
    wanted: float


def budget(
    table: Table,
    task: Task,
    methods: Sequence[Method],
    *,
    splits: int,
    processes: int,
    allowed: float,
    times: float = 1.0,
) -> Budget:
    """Return how long it takes, with fewer rows where all of them take longer than is allowed.

    A few steps of ERM and of mixup are timed on the first rows; nothing else is known of this machine.

    Args:
        table: what is learned.
        task: as ERM trains it.
        methods: all that are trained.
        splits: nets of each.
        processes: that train at a time.
        allowed: seconds.
        times: how often all of it is done.
    """
    parts = table.parts(seed=0)
    rows = len(parts.y_train)
    a_step = max(_of_a_step(parts.x_train, parts.y_train, task, name, splits, len(parts.classes) or 1)
                 for name in dict.fromkeys(method.vicinity for method in methods[:2]))  # fmt: skip
    rounds = -(-len(methods) // processes)

    def needed(rows: int) -> float:
        return times * rounds * task.epochs * (a_step * -(-rows // task.batch) + _LOOKING * splits * len(table))

    wanted = needed(rows)
    if wanted <= allowed:
        return Budget(wanted, None, wanted)
    fewer = max(LEAST, int(rows * allowed / wanted))
    return Budget(wanted, None, wanted) if fewer >= rows else Budget(needed(fewer), fewer, wanted)


_LOOKING = 2e-7
"""Seconds that a look at one row of validation or test takes a net, roughly."""


def _of_a_step(x: object, y: object, task: Task, name: str, splits: int, outputs: int) -> float:
    """Return the seconds of a step of a stack of as many nets as there are splits."""
    few = task.batch * STEPS
    rows, target = (torch.from_numpy(each[:few]).expand(splits, *each[:few].shape) for each in (x, y))
    net = MLP([rows.shape[2], *(hidden_units(task.net) or ()), outputs], seeds=range(splits))
    seconds = []
    for _ in range(2):
        started = time.perf_counter()
        fit(net, rows, target, vicinity=vicinity(name), seeds=range(splits), batch=task.batch, epochs=1,
            learning_rate=1e-3)  # fmt: skip
        seconds.append(time.perf_counter() - started)
    return seconds[-1] / -(-rows.shape[1] // task.batch)
