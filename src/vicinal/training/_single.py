"""One trial of an ordinary net: its feed, its loop, its last figures."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from vicinal._errors import InputError, must_be
from vicinal.data import CorruptedFeed, Data, Part, Pictures
from vicinal.training._answers import targets
from vicinal.training._engine import Engine
from vicinal.training._fed import fed
from vicinal.training._finished import Finished, environment
from vicinal.training._folder import begin, identity
from vicinal.training._loggers import logger
from vicinal.training._loop import Broken, Loop
from vicinal.training._outcome import is_finished, write_progress
from vicinal.training._peers import lost_peer_told
from vicinal.training._trial import Trial


def run_single(
    trial: Trial,
    data: Data,
    *,
    engine: Engine,
    folder: Path | None,
    stop: Callable[[], bool],
    progress: Callable[[float, str], None],
) -> Finished:
    """Train one trial, from its last checkpoint if its folder holds one; the folder says from then on whose it is.

    Raises:
        InputError: the data are no images or sounds, or too few for the engine; or the folder holds another trial's
            checkpoint.
        RankLost: another process that shares the trial has died.
        Stopped: ``stop`` said so; the folder holds a checkpoint.
    """
    if not isinstance(data, Pictures):
        raise InputError(must_be(f"the data of {trial.task.net}", "images or sounds", data.name))
    fabric = engine.fabric(logger(engine.logger, folder))
    with lost_peer_told(str(trial)), _default_generators_put_back(fabric.device):
        _launch(fabric)
        return _run(trial, data, engine, fabric, folder, stop, progress)


def _launch(fabric: Any) -> None:
    """Start the other processes of a trial, or meet those that a scheduler has started.

    Raises:
        InputError: the scheduler was asked for other numbers of them.
    """
    try:
        fabric.launch()
    except ValueError:
        asked = {name: os.environ.get(f"SLURM_{name}") for name in ("NTASKS_PER_NODE", "NNODES")}
        expected = f"those that the job has: {asked['NTASKS_PER_NODE']} tasks a node on {asked['NNODES']} nodes"
        found = f"{fabric.strategy.num_processes} and {fabric.strategy.num_nodes}"
        raise InputError(must_be("devices and nodes", expected, found)) from None


def _run(
    trial: Trial,
    data: Pictures,
    engine: Engine,
    fabric: Any,
    folder: Path | None,
    stop: Callable[[], bool],
    progress: Callable[[float, str], None],
) -> Finished:
    entry = Finished(trial)
    feed = fed(trial, data, device=fabric.device, workers=engine.workers)

    def after_epoch(curve: Sequence[dict[str, float]]) -> None:
        fabric.log_dict(curve[-1], step=int(curve[-1]["epoch"]))
        if folder is not None and fabric.is_global_zero:
            write_progress(folder, curve)

    mine = identity(trial, data.fingerprint)
    loop = Loop(trial, mine, feed, engine, fabric, folder, stop, progress, after_epoch)
    status = "failed"
    try:
        loop.go_on()
        if folder is not None and fabric.is_global_zero and not is_finished(folder, trial, mine):
            begin(folder, mine)
        loop.run()
        status = "success"
    except Broken as failure:
        entry.failure = str(failure)
        return entry
    finally:
        for each in fabric.loggers:
            each.finalize(status)
    last = loop.evaluated(whole=True)
    best = min((row["test_error"] for row in loop.curve), default=last["test_error"])
    parts: tuple[Part, ...] = ("train", "valid", "test")
    sizes = {f"rows_{part}": feed.size(part) for part in parts if feed.size(part)}
    entry.curve = loop.curve
    entry.conclude(loop.weights(), {**last, "best_test_error": best, **sizes})
    entry.kept = {**loop.answers, **targets(feed)} if trial.task.read_at else {}
    if isinstance(feed, CorruptedFeed):
        columns = {"real": feed.real, "given": feed.given, "replaced": feed.replaced.int()}
        rows = zip(*(column.tolist() for column in columns.values()), strict=True)
        entry.labels = [dict(zip(columns, row, strict=True)) for row in rows]
    entry.inputs = {"classes": list(feed.classes), "preparation": feed.preparation.settings()}
    how = {"precision": engine.precision, "lanes": loop.lanes, "compiled": engine.compile}
    entry.environment = environment(engine, loop.clock(), **how)
    return entry


@contextmanager
def _default_generators_put_back(device: torch.device) -> Iterator[Any]:
    """Leave torch's default generators as they were found."""
    with torch.random.fork_rng(devices=[device.index] if device.type == "cuda" else []):
        yield
