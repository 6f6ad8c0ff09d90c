"""Trials in processes of their own, one torch thread each: what one does or dies of does not touch the others."""

import multiprocessing
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

from vicinal._errors import InputError
from vicinal.studies._rehearse import place
from vicinal.training import Engine, Trial

PRELOADED = ["vicinal.training", "torch._dynamo"]
"""What every process needs; the second is what torch's optimisers import when the first of them is made."""

GRACE = 20.0
"""Seconds that a process has, once it is asked to end, to reach its next step and to write a checkpoint."""


@dataclass(frozen=True)
class Job:
    """What one process does: it trains trials, one or a stack, or takes measures of nets that have been trained.

    Args:
        trials: of one data set.
        folders: where their outcomes go, or are.
        data_dir: where data files are looked for first.
        engine: where and how to compute.
        fresh: forget what checkpoints there are.
        measures: names of what is to be measured of each trial's net; none of them: train.
    """

    trials: tuple[Trial, ...]
    folders: tuple[Path, ...]
    data_dir: Path | None
    engine: Engine
    fresh: bool = False
    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class News:
    """What a process tells: the share of its job that is done, the figure of the moment, failures once over."""

    job: Job
    share: float
    text: str = ""
    failures: Mapping[Trial, str] = field(default_factory=dict)
    over: bool = False


def work(jobs: Sequence[Job], *, processes: int) -> Iterator[News]:
    """Run the jobs, ``processes`` at a time, and yield their news as it comes.

    Leaving the iterator early, by an interrupt for example, ends the processes; what they have finished stays.
    """
    context = _context()
    waiting = list(reversed(jobs))
    running: dict[Connection, tuple[Job, BaseProcess]] = {}
    slots: dict[Connection, int] = {}
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                job = waiting.pop()
                mine, theirs = context.Pipe(duplex=False)
                slots[mine] = min(set(range(processes)) - set(slots.values()))
                process = context.Process(target=_run, args=(_placed(job, slots[mine]), theirs))
                process.start()
                theirs.close()
                running[mine] = (job, process)
            for pipe in cast(list[Connection], wait(list(running))):
                news = _received(pipe, *running[pipe])
                if news.over:
                    _, process = running.pop(pipe)
                    del slots[pipe]
                    process.join()
                    pipe.close()
                yield news
    finally:
        for _, process in running.values():
            process.terminate()
        deadline = time.monotonic() + GRACE
        for _, process in running.values():
            process.join(max(0.0, deadline - time.monotonic()))
            process.kill()
            process.join()


def _placed(job: Job, slot: int) -> Job:
    """Spread the jobs over the GPUs that there are."""
    if job.engine.device != "cuda":
        return job
    from torch import cuda

    return replace(job, engine=replace(job.engine, device=f"cuda:{slot % max(1, cuda.device_count())}"))


def _context() -> Any:
    """Return a way to start processes, where it can be had a quick one: from a server that has imported torch once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    _start_server()
    return context


def _start_server() -> None:
    """Start the server deaf to interrupts, which are the parent's to handle: amid its imports it would cry out."""
    resource_tracker.ensure_running()  # first, since it unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _received(pipe: Connection, job: Job, process: BaseProcess) -> News:
    try:
        share, text, failures, over = pipe.recv()
    except (EOFError, OSError):
        process.join()
        status = process.exitcode or 0
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return News(job, 1.0, "", _all_failed(job, f"the process {how}."), over=True)
    return News(job, share, text, failures, over)


def _run(job: Job, pipe: Connection) -> None:
    """Do a job; everything that goes wrong is told, not raised. A signal to end is heeded where it can be gone on."""
    from vicinal.training import Stopped

    asked: list[int] = []
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's to handle: it ends its processes
    signal.signal(signal.SIGTERM, lambda number, frame: asked.append(number))  # noqa: ARG005
    failures: Mapping[Trial, str] = {}
    try:
        failures = _measure(job) if job.measures else _train(job, pipe, stop=lambda: bool(asked))
    except Stopped:
        pass
    except InputError as error:
        failures = _all_failed(job, str(error))
    except Exception as error:
        failures = _all_failed(job, f"{type(error).__name__}: {error}{place(error)}")
    with suppress(BrokenPipeError):  # the parent has gone
        pipe.send((1.0, "", failures, True))


def _train(job: Job, pipe: Connection, stop: Callable[[], bool]) -> dict[Trial, str]:
    from vicinal.training import forget, load, run, save

    data = _data(job)
    if job.fresh:
        for folder in job.folders:
            forget(folder)
    finished = run(
        job.trials,
        data,
        engine=job.engine,
        folder=None if job.trials[0].task.stacks else job.folders[0],
        stop=stop,
        progress=lambda share, text: pipe.send((share, text, {}, False)),
    )
    _check_unchanged(job, data.fingerprint)
    for entry, folder in zip(finished, job.folders, strict=True):
        there = not job.fresh and load(folder, entry.trial) is not None  # the others of a stack of which one was lost
        if not entry.failure and not there:
            save(folder, entry, fingerprint=data.fingerprint)
    return {entry.trial: entry.failure for entry in finished if entry.failure}


def _measure(job: Job) -> dict[Trial, str]:
    from vicinal.training import Measurement, load, measure, measured

    data = _data(job)
    for trial, folder in zip(job.trials, job.folders, strict=True):
        outcome = load(folder, trial)
        assert outcome is not None
        for name in job.measures:
            measurement = Measurement(name, trial)
            if not measured(measurement, outcome):
                measure(measurement, outcome, data, engine=job.engine)
    return {}


def _data(job: Job) -> Any:
    """Return the data of a job's trials, which are still those that the folders are named for."""
    import torch

    from vicinal.data import OtherContent, named

    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OtherContent)  # the parent has said it
        data = named(job.trials[0].task.data, job.data_dir).load(job.data_dir)
    _check_unchanged(job, data.fingerprint)
    return data


def _check_unchanged(job: Job, fingerprint: str) -> None:
    """See that data and own files are still those that the folders are named for."""
    if [trial.folder_name(fingerprint) for trial in job.trials] != [folder.name for folder in job.folders]:
        raise InputError("its data or the file of its vicinity changed while it ran. Run the command again.")


def _all_failed(job: Job, reason: str) -> dict[Trial, str]:
    """Return the same sentence for every trial of a job."""
    first, last = job.trials[0], job.trials[-1]
    seeds = f"seed {first.seed}" if first is last else f"seeds {first.seed} to {last.seed}"
    return dict.fromkeys(job.trials, f"{first.task} · {first.vicinity} · {seeds}: {reason}")
