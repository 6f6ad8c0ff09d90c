"""Jobs as tasks of a Ray cluster: the news that processes of this machine would bring, from any number of machines.

The machines share the folder of the study and the one that the command was called in, and vicinal is installed on each
of them. A task whose process or machine dies is tried again, wherever there is room, and goes on from its checkpoint.
"""

import logging
import math
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import Any

from vicinal._errors import ClusterLost, InputError, must_be
from vicinal.studies._job import Job, failed
from vicinal.studies._remote_task import Board, Surroundings, work_there
from vicinal.studies._workers import GRACE, News
from vicinal.training import Engine, Trial

RETRIES = 3
"""How often a task is tried again whose process died."""
EVERY = 0.5
"""Seconds between two looks at what has come."""
PATIENCE = 10.0
"""Seconds in which the head of a cluster has to answer."""
SILENCE = 30.0
"""Seconds after which it is told that no task has begun: more than a process takes to start."""
AHEAD = 2
"""For each job that there is room for, so many are handed over: the next ones are there as soon as there is room,
more machines are asked for where a cluster can grow, and the rest begins in the order of the study."""


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

    def slots(self, engine: Engine) -> int:
        """Return how many jobs its machines have room for at a time, at least 1: a job is on one machine.

        Args:
            engine: of each job.
        """
        needs = {name: many for name, many in _needs(engine).items() if many}
        there = [node["Resources"] for node in self.ray.nodes() if node["Alive"]]
        return max(1, sum(min(int(each.get(name, 0) // many) for name, many in needs.items()) for each in there))

    def work(self, jobs: Sequence[Job], *, at_once: int | None = None) -> Iterator[News]:
        """Run the jobs as tasks and yield their news as it comes; as :func:`vicinal.studies._workers.work` does here.

        They are handed over in their order, a few more than there is room for. Leaving the iterator early ends the
        tasks, which keep checkpoints; what they have finished stays.

        Args:
            jobs: what is done, all with the same engine.
            at_once: how many at most; as many as there is room for if not given.

        Raises:
            ClusterLost: the cluster is gone, or this process's place in it. What goes wrong with a job is in its news.
            OSError: the folder of the study cannot be made.
        """
        if not jobs:
            return
        engine, waiting = jobs[0].engine, iter(enumerate(jobs))
        running: dict[Any, int] = {}
        board, surroundings = self._board(), Surroundings.of_this_process()
        there = self.ray.remote(max_retries=RETRIES, **_options(engine))(work_there)
        for out in {folder.parent for job in jobs for folder in job.folders}:
            out.mkdir(parents=True, exist_ok=True)  # a machine that does not share it is known by that
        silent_until = time.monotonic() + SILENCE
        try:
            while True:
                room = (at_once or AHEAD * self.slots(engine)) - len(running)
                for number, job in islice(waiting, max(0, room)):
                    running[there.remote(job, number, surroundings, board)] = number
                if not running:
                    return
                ended, _ = self.ray.wait(list(running), timeout=EVERY)
                known, told = set(running.values()), self._told(board)
                for number in known & told.keys():
                    yield News(jobs[number], *told[number])
                for task in ended:
                    job = jobs[running.pop(task)]
                    yield News(job, 1.0, "", self._failures(task, job), over=True)
                if told or ended:
                    silent_until = math.inf
                elif time.monotonic() > silent_until:
                    yield News(jobs[min(known)], 0.0, "no machine of the cluster has begun yet: there may be no room")
                    silent_until = math.inf
        except self.ray.exceptions.RayError as error:
            remedy = "What has finished is kept, and the same command goes on from there"
            raise ClusterLost(f"the Ray cluster is gone: {type(error).__name__}. {remedy}.") from None
        finally:
            self._end(list(running))

    def _board(self) -> Any:
        """Return a board on this machine, which comes back if it dies: it holds nothing but news."""
        strategies = import_module("ray.util.scheduling_strategies")
        here = strategies.NodeAffinitySchedulingStrategy(self.ray.get_runtime_context().get_node_id(), soft=False)
        return self.ray.remote(num_cpus=0, max_restarts=-1, scheduling_strategy=here)(Board).remote()

    def _told(self, board: Any) -> dict[int, tuple[float, str]]:
        try:
            return self.ray.get(board.taken.remote(), timeout=PATIENCE)
        except (self.ray.exceptions.ActorUnavailableError, self.ray.exceptions.GetTimeoutError):
            return {}  # it is coming back

    def _failures(self, task: Any, job: Job) -> dict[Trial, str]:
        try:
            return self.ray.get(task)
        except self.ray.exceptions.RayError as error:
            said = _on_a_line(getattr(error, "cause", None) or error)
            return failed(job, job.trials, f"the cluster did not bring it to its end: {type(error).__name__}: {said}")

    def _end(self, tasks: list[Any]) -> None:
        """Ask tasks to stop, as an interrupt would, and end those that do not heed it."""
        with suppress(self.ray.exceptions.RayError):  # of a cluster that is gone
            for task in tasks:
                self.ray.cancel(task)
            _, left = self.ray.wait(tasks, num_returns=len(tasks), timeout=GRACE) if tasks else ([], [])
            for task in left:
                self.ray.cancel(task, force=True)


@contextmanager
def joined(address: str = "") -> Iterator[Cluster]:
    """Join a Ray cluster, which this machine belongs to, for the time of the block.

    Args:
        address: HOST:PORT of its head; "" for the one that ``RAY_ADDRESS`` names, or that runs on this machine.

    Raises:
        InputError: Ray is not installed, there is no such cluster, or Ray refuses to join it.
    """
    try:
        ray = import_module("ray")
    except ImportError:
        raise InputError(must_be("--ray", "used where Ray is installed", "no module of that name",
                                 "Install it with pip install 'vicinal[ray]'")) from None  # fmt: skip
    try:
        if address and not _answers(address):  # Ray itself would try for many minutes
            raise ConnectionError
        ray.init(address=address or "auto", log_to_driver=False, logging_level=logging.ERROR)
    except OSError:
        where = f"at {address}" if address else "on this machine"
        remedy = "Start one with ray start --head, or name the address of its head as HOST:PORT"
        raise InputError(must_be("--ray", "used with a cluster that runs", f"none {where}", remedy)) from None
    except (RuntimeError, ValueError) as error:  # another version, or this machine does not belong to it
        expected = "used on a machine of the cluster, with its versions"
        raise InputError(must_be("--ray", expected, f'"{_on_a_line(error)}"')) from None
    try:
        yield Cluster(ray)
    finally:
        ray.shutdown()


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE).close()
    except (OSError, OverflowError, ValueError):
        return False
    return True


def _on_a_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def _needs(engine: Engine) -> dict[str, int]:
    """Return what a job takes of a machine: a core for its thread and one for each process that reads photos; a GPU."""
    return {"CPU": 1 + engine.workers, "GPU": int(engine.device == "cuda")}


def _options(engine: Engine) -> dict[str, int]:
    """Return the same as a task's options are called."""
    return {f"num_{name.lower()}s": many for name, many in _needs(engine).items()}
