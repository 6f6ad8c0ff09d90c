"""Paired figures by seed, on the way to an effect: differences, means over tasks, differences of differences."""

import math
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
    """Return what is taken of each pair of figures, for the seeds that have both and where both are finite.

    Args:
        figures: of the study.
        task: what both were trained on.
        base: the vicinity that is compared with, ERM as a rule.
        other: the vicinity that is judged.
        figure: name of the figure.
        by: what is taken, ``base − other`` unless said otherwise.
    """
    seeds = figures.seeds(task, base, other)
    first, second = (figures.values(task, name, figure, seeds) for name in (base, other))
    sound = np.isfinite(first) & np.isfinite(second)
    taken = by(first[sound], second[sound])
    return dict(zip(np.array(seeds, dtype=int)[sound].tolist(), taken.tolist(), strict=True))


def each(figures: Figures, task: Task, name: str, figure: str = "test_error") -> BySeed:
    """Return a figure of the seeds that have finished, where it is finite; for rows that differ in their task."""
    seeds = figures.seeds(task, name)
    found = zip(seeds, figures.values(task, name, figure, seeds).tolist(), strict=True)
    return {seed: value for seed, value in found if math.isfinite(value)}


def mean(several: Sequence[BySeed]) -> BySeed:
    """Return the mean over tasks, for the seeds that all of them have."""
    seeds = sorted(set.intersection(*(set(each) for each in several)))
    return {seed: float(np.mean([each[seed] for each in several])) for seed in seeds}


def minus(one: BySeed, other: BySeed) -> BySeed:
    """Return the difference, for the seeds that both have."""
    return {seed: one[seed] - other[seed] for seed in sorted(one.keys() & other.keys())}


def effect(by_seed: BySeed, *, overlap: float = 0.0) -> Effect | None:
    """Return the mean with its interval, or None where there is no seed.

    Args:
        by_seed: one figure a seed.
        overlap: n_test / n_train where the seeds are overlapping splits; see :func:`vicinal.evidence.paired`.
    """
    return paired(list(by_seed.values()), overlap=overlap) if by_seed else None
