"""Stacks in processes of their own, one torch thread each: what one does or dies of does not touch the others."""

import multiprocessing
import signal
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

from vicinal._errors import InputError
from vicinal.studies._rehearse import place
from vicinal.training import Trial

PRELOADED = ["vicinal.training", "torch._dynamo"]
"""What every process needs; the second is what torch's optimisers import when the first of them is made."""


@dataclass(frozen=True)
class Job:
    """A stack of trials, the folders that their outcomes go to, and what its process needs to know beside them."""

    trials: tuple[Trial, ...]
    folders: tuple[Path, ...]
    data_dir: Path | None
    device: str
    fresh: bool


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
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                job = waiting.pop()
                mine, theirs = context.Pipe(duplex=False)
                process = context.Process(target=_run, args=(job, theirs), daemon=True)
                process.start()
                theirs.close()
                running[mine] = (job, process)
            for pipe in cast(list[Connection], wait(list(running))):
                news = _received(pipe, *running[pipe])
                if news.over:
                    _, process = running.pop(pipe)
                    process.join()
                    pipe.close()
                yield news
    finally:
        for _, process in running.values():
            process.terminate()
        for _, process in running.values():
            process.join()


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
    """Train a job's stack and keep its outcomes; everything that goes wrong is told, not raised."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's to handle: it ends its processes
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        failures = _train(job, pipe)
    except InputError as error:
        failures = _all_failed(job, str(error))
    except Exception as error:
        failures = _all_failed(job, f"{type(error).__name__}: {error}{place(error)}")
    with suppress(BrokenPipeError):  # the parent has gone
        pipe.send((1.0, "", failures, True))


def _train(job: Job, pipe: Connection) -> dict[Trial, str]:
    import torch

    from vicinal.data import SETS, OtherContent
    from vicinal.training import run, save

    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OtherContent)  # the parent has said it
        data = SETS[job.trials[0].task.data].load(job.data_dir)
    _check_unchanged(job, data.fingerprint)
    finished = run(
        job.trials,
        data,
        device=job.device,
        progress=lambda share, text: pipe.send((share, text, {}, False)),
    )
    _check_unchanged(job, data.fingerprint)
    for entry, folder in zip(finished, job.folders, strict=True):
        if not entry.failure:
            save(
                folder,
                entry.trial,
                fingerprint=data.fingerprint,
                figures=entry.figures,
                curve=entry.curve,
                environment=entry.environment,
                weights=entry.weights,
                replace=job.fresh,
            )
    return {entry.trial: entry.failure for entry in finished if entry.failure}


def _check_unchanged(job: Job, fingerprint: str) -> None:
    """See that data and own files are still those that the folders are named for."""
    if [trial.folder_name(fingerprint) for trial in job.trials] != [folder.name for folder in job.folders]:
        raise InputError("its data or the file of its vicinity changed while it ran. Run the command again.")


def _all_failed(job: Job, reason: str) -> dict[Trial, str]:
    """Return the same sentence for every trial of a job."""
    first, last = job.trials[0], job.trials[-1]
    seeds = f"seed {first.seed}" if first is last else f"seeds {first.seed} to {last.seed}"
    return dict.fromkeys(job.trials, f"{first.task.data} · {first.vicinity} · {seeds}: {reason}")
