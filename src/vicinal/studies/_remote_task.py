"""A job as a task on another machine: where it works, what it tells while it works, what it returns."""

import os
import platform
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vicinal._errors import InputError, must_be
from vicinal.studies._job import Job, attempted, failed, flagged
from vicinal.training import Trial

EVERY = 0.5
"""Seconds between two times that a task tells how far it is."""
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
class Surroundings:
    """What a task needs of the command that it works for: its folder, and some of its environment."""

    folder: Path
    environment: Mapping[str, str]

    @classmethod
    def of_this_process(cls) -> "Surroundings":
        """Return this process's."""
        return cls(Path.cwd(), {name: os.environ[name] for name in CARRIED if name in os.environ})

    def enter(self, needed: Sequence[Path]) -> None:
        """Make this process work in them.

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


def work_there(job: Job, number: int, surroundings: Surroundings, board: Any) -> dict[Trial, str]:
    """Do a job in a process of the cluster and return what failed; all that goes wrong is told, not raised.

    Args:
        job: what is done.
        number: by which the board knows it.
        surroundings: in which to work.
        board: the actor that is told how far the job is, a :class:`Board`.
    """
    last = 0.0

    def tell(share: float, text: str) -> None:
        nonlocal last
        if time.monotonic() - last > EVERY:
            board.tell.remote(number, share, text)
            last = time.monotonic()

    with flagged({signal.SIGINT}) as stop:  # how Ray cancels
        try:
            surroundings.enter([folder.parent for folder in job.folders])
        except InputError as error:
            return failed(job, job.trials, str(error))
        return attempted(job, stop=stop, tell=tell)
