"""Trials in processes of their own, one torch thread each: what one does or dies of does not touch the others."""

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, cast

from vicinal.studies._job import Job, attempted, failed, flagged
from vicinal.studies._slots import slots
from vicinal.training import Trial

PRELOADED = ["vicinal.training", "torch._dynamo", "sklearn.impute"]
"""What every process needs; the second is what torch's optimisers import when the first of them is made, the third what
tables with gaps need."""

OF_LARGE_NETS = "lightning_fabric"
"""What is preloaded too where nets do not stack: each of them has a process, which would import it for seconds."""

GRACE = 20.0
"""Seconds that a process has, once it is asked to end, to reach its next step and to write a checkpoint."""

_ENDING = {signal.SIGTERM, *([signal.SIGUSR1] if hasattr(signal, "SIGUSR1") else [])}
"""What asks a process to end: from us, or from a scheduler."""


@dataclass(frozen=True)
class News:
    """What a process tells: the share of its job that is done, the figure of the moment, failures once over."""

    job: Job
    share: float
    text: str = ""
    failures: Mapping[Trial, str] = field(default_factory=dict)
    over: bool = False


Crew = Callable[[Sequence[Job]], Iterator[News]]
"""What does jobs and yields their news as it comes."""


def work(jobs: Sequence[Job], *, processes: int) -> Iterator[News]:
    """Run the jobs, ``processes`` at a time, and yield their news as it comes.

    Leaving the iterator early, by an interrupt for example, ends the processes; what they have finished stays.
    """
    context = _context(large=any(not trial.task.stacks for job in jobs for trial in job.trials))
    waiting = list(reversed(jobs))
    running: dict[Connection, tuple[Job, BaseProcess]] = {}
    places: dict[Connection, int] = {}
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                job = waiting.pop()
                mine, theirs = context.Pipe(duplex=False)
                places[mine] = min(set(range(processes)) - set(places.values()))
                process = context.Process(target=_run, args=(_placed(job, places[mine]), theirs))
                with _main_out_of_sight():
                    process.start()
                theirs.close()
                running[mine] = (job, process)
            for pipe in cast(list[Connection], wait(list(running))):
                news = _received(pipe, *running[pipe])
                if news.over:
                    _, process = running.pop(pipe)
                    del places[pipe]
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
    return replace(job, engine=replace(job.engine, device=f"cuda:{slot % slots('cuda')}"))


def _context(*, large: bool) -> Any:
    """Return a way to start processes, where it can be had a quick one: from a server that has imported torch once."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*PRELOADED, *([OF_LARGE_NETS] if large else [])])
    _start_server()
    return context


@contextmanager
def _main_out_of_sight() -> Iterator[None]:
    """Let a process be started that does not run somebody's script again, which would call us again.

    Nothing of a script is needed there: vicinities of one's own are found by their file.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _start_server() -> None:
    """Start the server deaf to interrupts, which are the parent's to handle: amid its imports it would cry out.

    It is deaf too to what a scheduler sends to all processes of a command: it ends when its parent does.
    """
    resource_tracker.ensure_running()  # first, since it unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *_ENDING})
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
        return News(job, 1.0, "", failed(job, job.trials, f"the process {how}."), over=True)
    return News(job, share, text, failures, over)


def _run(job: Job, pipe: Connection) -> None:
    """Do a job; everything that goes wrong is told, not raised. A signal to end is heeded where it can be gone on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's to handle: it ends its processes
    with flagged(_ENDING) as stop:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        failures = attempted(job, stop=stop, tell=lambda share, text: pipe.send((share, text, {}, False)))
        with suppress(BrokenPipeError):  # the parent has gone
            pipe.send((1.0, "", failures, True))
