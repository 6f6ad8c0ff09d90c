"""The scheduler of trials in simulated time: the real order of what is begun, with nothing behind it."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from unittest.mock import patch

from vicinal.studies import _workers
from vicinal.studies._job import Job
from vicinal.training import Engine, Trial


class End:
    """The end of a pipe, in which a process that has done its job leaves word of that."""

    def recv(self) -> tuple[float, str, dict[Trial, str], bool]:
        """Return the news that the job is over."""
        return 1.0, "", {}, True

    def close(self) -> None:
        """Do nothing."""


@dataclass
class Machine:
    """Processes that last so many seconds, of a clock that leaps from one end to the next.

    It takes the place of the processes and pipes that :func:`vicinal.studies._workers.work` starts and waits for.

    Args:
        seconds: that each job takes.
    """

    seconds: dict[Job, float]
    now: float = 0.0
    ends: list[tuple[float, int, End]] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=count)

    def Pipe(self, *, duplex: bool) -> tuple[End, End]:  # noqa: ARG002, N802 - multiprocessing's name for it
        """Return both ends of a pipe, which are the same."""
        pipe = End()
        return pipe, pipe

    def Process(self, *, target: object, args: tuple[Job, End]) -> "Process":  # noqa: ARG002, N802 - likewise
        """Return a process that will do a job."""
        return Process(self, *args)

    def wait(self, pipes: Sequence[End]) -> list[End]:
        """Let the clock leap to where the next process ends, and return its pipe."""
        assert len(pipes) == len(self.ends)
        self.now, _, pipe = heapq.heappop(self.ends)
        return [pipe]


@dataclass
class Process:
    """A process on a simulated machine."""

    machine: Machine
    job: Job
    pipe: End

    def start(self) -> None:
        """Begin now."""
        end = self.machine.now + self.machine.seconds[self.job]
        heapq.heappush(self.machine.ends, (end, next(self.machine.numbers), self.pipe))

    def join(self) -> None:
        """Do nothing: it has ended."""


def makespan(seconds: Sequence[tuple[tuple[Trial, ...], float]], *, workers: int) -> float:
    """Return when the last of some stacks is done, begun in the order and at the moments at which they really are.

    Args:
        seconds: the stacks in the order in which a study has them, each with the seconds that it takes.
        workers: how many are done at a time.
    """
    jobs = {Job(stack, (), None, Engine()): each for stack, each in seconds}
    machine = Machine(jobs)
    with patch.object(_workers, "_context", lambda **_: machine), patch.object(_workers, "wait", machine.wait):
        over = [news.job for news in _workers.work(list(jobs), processes=workers) if news.over]
    assert sorted(map(id, over)) == sorted(map(id, jobs))
    return machine.now
