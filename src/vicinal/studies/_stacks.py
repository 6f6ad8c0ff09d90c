"""Which trials are trained together, as replicas of one stack."""

from collections.abc import Sequence

from vicinal.training import Trial

LARGEST = 32
"""Trials in a stack at most: beyond that a step gains little, and a stack that is interrupted is lost as a whole."""


def stacks(trials: Sequence[Trial]) -> list[tuple[Trial, ...]]:
    """Cut a list of trials into stacks: trials of one task and one vicinity, in the order of the list.

    The cut depends on the list alone, never on the number of processes or on what has finished: the last bits of a
    result depend on the size of its stack, and a trial's result must not depend on who else was busy.
    """
    groups: dict[object, list[Trial]] = {}
    for trial in dict.fromkeys(trials):
        key = (trial.task, trial.vicinity) if trial.task.stacks else trial
        groups.setdefault(key, []).append(trial)
    return [tuple(group[i : i + LARGEST]) for group in groups.values() for i in range(0, len(group), LARGEST)]
