"""Paired figures by seed, on the way to an effect: differences, means over tasks, differences of differences."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from vicinal.evidence import Effect, paired
from vicinal.experiments._figures import Figures, Values
from vicinal.training import Task

BySeed = Mapping[int, float]


def gains(
    figures: Figures,
    task: Task,
    base: str,
    other: str,
    figure: str = "test_error",
    *,
    by: Callable[[Values, Values], Values] = np.subtract,
) -> BySeed:
    """Return ``base − other``, or what else is taken of each pair, for the seeds that both have finished."""
    seeds = figures.seeds(task, base, other)
    taken = by(figures.values(task, base, figure, seeds), figures.values(task, other, figure, seeds))
    return dict(zip(seeds, taken.tolist(), strict=True))


def mean(several: Sequence[BySeed]) -> BySeed:
    """Return the mean over tasks, for the seeds that all of them have."""
    seeds = sorted(set.intersection(*(set(each) for each in several)))
    return {seed: float(np.mean([each[seed] for each in several])) for seed in seeds}


def minus(one: BySeed, other: BySeed) -> BySeed:
    """Return the difference, for the seeds that both have."""
    return {seed: one[seed] - other[seed] for seed in sorted(one.keys() & other.keys())}


def effect(by_seed: BySeed) -> Effect | None:
    """Return the mean with its interval, or None where there is no seed."""
    return paired(list(by_seed.values())) if by_seed else None
