"""A share of a study, for machines that know nothing of each other but the folder that they share."""

from collections.abc import Sequence
from dataclasses import dataclass

from vicinal._errors import InputError, must_be
from vicinal.studies._stacks import stacks
from vicinal.training import Task, Trial


@dataclass(frozen=True)
class Shard:
    """One of several shares of a study's trials, each of which is run by a call of its own.

    What belongs to a share follows from the list of trials alone, not from what has finished: shares that are run at
    any time, at once or one after the other or again, never take each other's. Stacks are dealt in turn, those of one
    task after the other, so that each share has as many of a task's as every other one, but for one: what is expensive
    is spread.

    Args:
        number: which share it is, from 1 to ``of``.
        of: how many there are, at least 1.

    Raises:
        InputError: there is no such share.
    """

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise InputError(must_be("a share", "the K-th of N, K from 1 to N", f"{self.number} of {self.of}"))

    def __str__(self) -> str:
        """Return it as it is asked for: ``1/2``."""
        return f"{self.number}/{self.of}"

    def stacks(self, trials: Sequence[Trial]) -> list[tuple[Trial, ...]]:
        """Return the stacks of this share, in the order in which :func:`stacks` has them."""
        cut = stacks(trials)
        by_task: dict[Task, list[tuple[Trial, ...]]] = {}
        for stack in cut:
            by_task.setdefault(stack[0].task, []).append(stack)
        dealt = [stack for of_task in by_task.values() for stack in of_task]
        mine = set(dealt[self.number - 1 :: self.of])
        return [stack for stack in cut if stack in mine]

    def trials(self, trials: Sequence[Trial]) -> list[Trial]:
        """Return the trials of this share, in the order of the list."""
        mine = {trial for stack in self.stacks(trials) for trial in stack}
        return [trial for trial in dict.fromkeys(trials) if trial in mine]


WHOLE = Shard(1, 1)
"""All of a study."""
