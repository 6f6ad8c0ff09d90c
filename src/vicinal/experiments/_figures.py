"""Final figures of many trials, by task, vicinity and seed: what claims, tables and pictures are made from."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vicinal.experiments._result import Measured
from vicinal.training import Outcome, Task, Trial

Values = NDArray[np.float64]


class Figures:
    """The outcomes of a study; trials that failed are simply not there.

    Args:
        outcomes: finished trials.
    """

    def __init__(self, outcomes: Mapping[Trial, Outcome]) -> None:
        self.outcomes = outcomes

    def seeds(self, task: Task, *vicinities: str) -> list[int]:
        """Return the seeds with which the task has finished with every one of these vicinities."""
        finished = [{t.seed for t in self.outcomes if t.task == task and t.vicinity == name} for name in vicinities]
        return sorted(set.intersection(*finished))

    def values(self, task: Task, vicinity: str, figure: str, seeds: list[int]) -> Values:
        """Return one figure of these trials, in the order of the seeds, float64 of shape (seeds,)."""
        found = [self.outcomes[Trial(task, vicinity, seed)].figures[figure] for seed in seeds]
        return np.array(found, dtype=np.float64)

    def measured(self, task: Task, vicinity: str, figure: str) -> Measured | None:
        """Return the figure's mean and deviation over the seeds that finished, or None where there are none."""
        return summary(self.values(task, vicinity, figure, self.seeds(task, vicinity)))

    def curves(self, task: Task, vicinity: str, figure: str) -> Values:
        """Return a figure after every epoch, float64 of shape (seeds that finished, epochs)."""
        found = [self.outcomes[Trial(task, vicinity, seed)].curve for seed in self.seeds(task, vicinity)]
        return np.array([[row[figure] for row in curve] for curve in found], dtype=np.float64)

    def series(self, task: Task, vicinity: str, measure: str, figure: str) -> Values:
        """Return a figure of a measure along its line, float64 of shape (seeds that finished, points)."""
        found = [self.outcomes[Trial(task, vicinity, seed)].series[measure] for seed in self.seeds(task, vicinity)]
        return np.array([[row[figure] for row in rows] for rows in found], dtype=np.float64)


def summary(values: Values) -> Measured | None:
    """Return mean, standard deviation and number of some figures, or None where there are none."""
    if not len(values):
        return None
    return Measured(float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else 0.0, len(values))
