"""How long a comparison will take, found out in a moment; and how many examples there is time for."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._files import write
from vicinal.data import Table
from vicinal.models import MLP, build, hidden_units
from vicinal.studies._own import Own
from vicinal.studies._stacks import LARGEST
from vicinal.training import Task, fit
from vicinal.vicinity import vicinity

START = 4.0
"""Seconds until the first process trains."""
STEPS = 30
"""Steps of small nets that are timed, after as many that warm up."""
SHARES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08, 0.06, 0.04, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001)
"""Of the examples, that a budget chooses from."""
LEAST = 200
"""No fewer examples are trained on for a budget's sake."""
KEPT = "budget.json"
"""The file that says how many were chosen, so that the same call goes on with as many."""
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
    rows: int | None = None


def fitting(takes: Callable[[int | None], Budget], own: Own, allowed: float, out: Path, task: Task) -> Budget:
    """Return the budget with as many examples as there is time for; what was chosen once in a folder stays so.

    Args:
        takes: returns what so many examples take, all of them where None.
        own: what is learned.
        allowed: seconds.
        out: the folder of the comparison.
        task: as it is trained.
    """
    key = hashlib.sha256(json.dumps([own.data.fingerprint, repr(task), allowed]).encode()).hexdigest()
    known = _kept(out / KEPT)
    if key in known:
        return takes(known[key])
    choices = [None, *(rows for share in SHARES[1:] if (rows := round(share * own.trained)) >= LEAST)]
    found = [takes(rows) for rows in choices]
    chosen = next((each for each in found if each.seconds <= allowed), found[-1])
    write(out / KEPT, json.dumps(known | {key: chosen.rows}, indent=1))
    return chosen


def budget(own: Own, task: Task, *, rows: int | None, methods: int, repetitions: int, processes: int) -> Budget:
    """Return how long training takes; the steps of a net are timed once, nothing else is known of this machine.

    Args:
        own: what is learned.
        task: as it is trained.
        rows: examples that are trained on; all of them if None.
        methods: that are trained, in all settings together.
        repetitions: nets of each.
        processes: that train at a time.
    """
    looked_at = own.told.rows - own.trained
    if task.stacks:
        replicas = min(LARGEST, methods * repetitions)
        step, look = _timed(own, task, replicas), _LOOK * replicas
        rounds = -(-methods * repetitions // (replicas * processes))
    else:
        step = _timed(own, task, 1)
        look, rounds = step / task.batch / 3, -(-methods * repetitions // processes)
    steps = -(-(rows or own.trained) // task.batch)
    return Budget(START + rounds * task.epochs * (step * steps + look * looked_at), rows)


_TIMED: dict[tuple[str, str, int], float] = {}


def _timed(own: Own, task: Task, replicas: int) -> float:
    """Return the seconds of a step, timed once for each task."""
    key = own.data.fingerprint, repr(task), replicas
    if key not in _TIMED:
        _TIMED[key] = _of_a_stack(own, task, replicas) if task.stacks else _of_a_net(own, task)
    return _TIMED[key]


def _of_a_stack(own: Own, task: Task, replicas: int) -> float:
    """Return the seconds that a step of mixup takes a stack of small nets."""
    assert own.table is not None
    parts = own.table.parts(seed=0)
    few = task.batch * STEPS
    x, y = (torch.from_numpy(each[:few]).unsqueeze(0) for each in (parts.x_train, parts.y_train))
    net = MLP([x.shape[2], *(hidden_units(task.net) or ()), len(parts.classes) or 1], seeds=range(replicas))
    seconds = _seconds(
        lambda: fit(
            net,
            x,
            y,
            vicinity=vicinity("mixup(0.2)"),
            seeds=range(replicas),
            sets=[0] * replicas,
            batch=task.batch,
            epochs=1,
            learning_rate=task.optimiser.learning_rate,
        )
    )
    return seconds / -(-x.shape[1] // task.batch)


def _of_a_net(own: Own, task: Task) -> float:
    """Return the seconds that a step takes a net for images or sounds."""
    assert not isinstance(own.data, Table)
    few = torch.arange(min(task.batch, own.trained))
    feed = own.data.only({"train": few, "test": few}).feed(seed=0, size=task.size)
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


def _kept(path: Path) -> dict[str, int | None]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
