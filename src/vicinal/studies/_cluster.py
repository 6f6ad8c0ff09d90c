"""Jobs as tasks of a Ray cluster: the news that processes of this machine would bring, from any number of machines.

The machines share the folder of the study and the one that the command was called in, and vicinal is installed on each
of them. A task whose process or machine dies is tried again, wherever there is room, and goes on from its checkpoint.
"""

import logging
import os
import platform
import signal
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from vicinal._errors import InputError, must_be
from vicinal.studies._job import Job, done, failed, why
from vicinal.studies._workers import GRACE, News
from vicinal.training import Engine, Trial

RETRIES = 3
"""How often a task is tried again whose process died."""
EVERY = 0.5
"""Seconds between two looks at what has come."""
PATIENCE = 10.0
"""Seconds in which the head of a cluster has to answer."""
CARRIED = ("VICINAL_DATA",)
"""Variables of the command's environment that its tasks have too."""


class Board:
    """Holds the last that each running job has told, until it is asked for; an actor beside the command."""

    def __init__(self) -> None:
        self.told: dict[int, tuple[float, str]] = {}

    def tell(self, number: int, share: float, text: str) -> None:
        """Take over what a job tells of itself."""
        self.told[number] = share, text

    def taken(self) -> dict[int, tuple[float, str]]:
        """Return what has been told since the last time."""
        told, self.told = self.told, {}
        return told


@dataclass(frozen=True)
class Place:
    """What a task needs of the command that it works for: its folder, and some of its environment."""

    folder: Path
    environment: Mapping[str, str]

    @classmethod
    def here(cls) -> "Place":
        """Return this process's."""
        return cls(Path.cwd(), {name: os.environ[name] for name in CARRIED if name in os.environ})

    def enter(self, needed: Sequence[Path]) -> None:
        """Make this process work there.

        Args:
            needed: folders that have to be there.

        Raises:
            InputError: one of the folders is not on this machine.
        """
        missing = next((folder for folder in (self.folder, *needed) if not (self.folder / folder).is_dir()), None)
        if missing is not None:
            expected = "a folder that all machines of the cluster share"
            raise InputError(must_be(str(missing), expected, f"none on {platform.node()}"))
        os.chdir(self.folder)
        os.environ.update(self.environment)


@dataclass(frozen=True)
class Cluster:
    """A Ray cluster that this process has joined; see :func:`joined`.

    Args:
        ray: the library.
    """

    ray: Any

    def device(self, name: str) -> str:
        """Return the device that is asked for: with "auto" GPUs where the cluster has any.

        Raises:
            InputError: no machine of the cluster has it.
        """
        gpus = bool(self.ray.cluster_resources().get("GPU"))
        if name == "auto":
            return "cuda" if gpus else "cpu"
        if name not in ("cpu", *(["cuda"] if gpus else [])):
            raise InputError(must_be("--device", f"cpu{' or cuda' if gpus else ''} on this cluster", f'"{name}"'))
        return name

    def slots(self, device: str) -> int:
        """Return how many jobs on this device it has room for at a time, at least 1."""
        there, needs = self.ray.cluster_resources(), _needs(Engine(device=device))
        named = {"CPU": needs["num_cpus"], "GPU": needs["num_gpus"]}
        return max(1, min(int(there.get(name, 0) // many) for name, many in named.items() if many))

    def work(self, jobs: Sequence[Job], *, at_once: int | None = None) -> Iterator[News]:
        """Run the jobs as tasks and yield their news as it comes; as :func:`vicinal.studies._workers.work` does here.

        Leaving the iterator early ends the tasks, which keep checkpoints; what they have finished stays.

        Args:
            jobs: what is done, all with the same engine.
            at_once: how many at most; as many as there is room for if not given.
        """
        if not jobs:
            return
        waiting = list(reversed(range(len(jobs))))
        running: dict[Any, int] = {}
        board, place = self._board(), Place.here()
        there = self.ray.remote(max_retries=RETRIES, **_needs(jobs[0].engine))(work_there)
        for out in {folder.parent for job in jobs for folder in job.folders}:
            out.mkdir(parents=True, exist_ok=True)  # a machine that does not share it is known by that
        try:
            while waiting or running:
                while waiting and (at_once is None or len(running) < at_once):
                    number = waiting.pop()
                    running[there.remote(jobs[number], number, place, board)] = number
                ready, _ = self.ray.wait(list(running), timeout=EVERY)
                for number, told in self.ray.get(board.taken.remote()).items():
                    if number in running.values():
                        yield News(jobs[number], *told)
                for task in ready:
                    job = jobs[running.pop(task)]
                    yield News(job, 1.0, "", self._failures(task, job), over=True)
        finally:
            self._end(list(running))

    def _board(self) -> Any:
        """Return a board on this machine: with it the command would be gone as well."""
        strategies = import_module("ray.util.scheduling_strategies")
        here = strategies.NodeAffinitySchedulingStrategy(self.ray.get_runtime_context().get_node_id(), soft=False)
        return self.ray.remote(num_cpus=0, scheduling_strategy=here)(Board).remote()

    def _failures(self, task: Any, job: Job) -> dict[Trial, str]:
        try:
            return self.ray.get(task)
        except self.ray.exceptions.RayError as error:
            said = " ".join(str(getattr(error, "cause", None) or error).split())
            return failed(job, job.trials, f"the cluster did not bring it to its end: {type(error).__name__}: {said}")

    def _end(self, tasks: list[Any]) -> None:
        """Ask tasks to stop, as an interrupt would, and end those that do not heed it."""
        for task in tasks:
            self.ray.cancel(task)
        _, left = self.ray.wait(tasks, num_returns=len(tasks), timeout=GRACE) if tasks else ([], [])
        for task in left:
            self.ray.cancel(task, force=True)


@contextmanager
def joined(address: str = "") -> Iterator[Cluster]:
    """Join a Ray cluster for the time of the block.

    Args:
        address: HOST:PORT of its head; "" for the one that ``RAY_ADDRESS`` names, or that runs on this machine.

    Raises:
        InputError: Ray is not installed, or there is no such cluster.
    """
    try:
        ray = import_module("ray")
    except ImportError:
        raise InputError(must_be("--ray", "used where Ray is installed", "no module of that name",
                                 "Install it with pip install 'vicinal[ray]'")) from None  # fmt: skip
    try:
        if address:  # Ray itself would try for many minutes
            host, _, port = address.rpartition(":")
            socket.create_connection((host, int(port)), timeout=PATIENCE).close()
        ray.init(address=address or "auto", log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError):
        where = f"at {address}" if address else "on this machine"
        remedy = "Start one with ray start --head, or name the address of its head as HOST:PORT"
        raise InputError(must_be("--ray", "used with a cluster that runs", f"none {where}", remedy)) from None
    try:
        yield Cluster(ray)
    finally:
        ray.shutdown()


def work_there(job: Job, number: int, place: Place, board: Any) -> dict[Trial, str]:
    """Do a job in a process of the cluster and return what failed; all that goes wrong is told, not raised.

    Args:
        job: what is done.
        number: by which the board knows it.
        place: where to work.
        board: is told how far the job is.
    """
    last = 0.0

    def tell(share: float, text: str) -> None:
        nonlocal last
        if time.monotonic() - last > EVERY:
            board.tell.remote(number, share, text)
            last = time.monotonic()

    asked: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: asked.append(number))  # noqa: ARG005 - how Ray cancels
    try:
        place.enter([folder.parent for folder in job.folders])
        return done(job, stop=lambda: bool(asked), tell=tell)
    except Exception as error:
        return failed(job, job.trials, why(job, error))
    finally:
        signal.signal(signal.SIGINT, before)


def _needs(engine: Engine) -> dict[str, int]:
    """Return what a job takes of a machine: a core for its thread and one for each process that reads photos; a GPU."""
    return {"num_cpus": 1 + engine.workers, "num_gpus": int(engine.device == "cuda")}
