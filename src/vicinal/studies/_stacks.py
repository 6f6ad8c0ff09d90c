"""Which trials are trained together, as replicas of one stack."""

from collections.abc import Sequence

import numpy as np

from vicinal.training import InTurn, Trial
from vicinal.vicinity import file_of, vicinity

LARGEST = 32
"""Trials in a stack at most: beyond that a step gains little, and a stack that is interrupted is lost as a whole."""


SHARED = 16
"""Trials in a stack that several vicinities share, about: fewer, so that there is something to compare sooner."""


def stacks(trials: Sequence[Trial]) -> list[tuple[Trial, ...]]:
    """Cut a list of trials into stacks: trials of one task and one vicinity, in the order of the list.

    Of a task that is read off at several lengths, as comparisons are made of, ERM and mixup at every α share their
    stacks, all of them with some of the seeds: a step costs what it costs for one of them, and a stack that is done has
    something to compare.

    The cut depends on the list alone, never on the number of processes or on what has finished: the last bits of a
    result depend on the size of its stack, and a trial's result must not depend on who else was busy.
    """
    groups: dict[object, list[Trial]] = {}
    for trial in dict.fromkeys(trials):
        groups.setdefault(_key(trial), []).append(trial)
    return [stack for group in groups.values() for stack in _cut(group)]


def _key(trial: Trial) -> object:
    """Return what trials of one stack have in common."""
    if not trial.task.stacks:
        return trial
    own = file_of(trial.vicinity) is not None
    shares = trial.task.read_at and not own and isinstance(vicinity(trial.vicinity), InTurn)
    return trial.task, "" if shares else trial.vicinity


def _cut(group: Sequence[Trial]) -> list[tuple[Trial, ...]]:
    if len({trial.vicinity for trial in group}) == 1:
        return [tuple(group[i : i + LARGEST]) for i in range(0, len(group), LARGEST)]
    seeds = list(dict.fromkeys(trial.seed for trial in group))
    parts = np.array_split(seeds, min(len(seeds), -(-len(group) // SHARED)))
    return [tuple(trial for trial in group if trial.seed in part) for part in parts]
