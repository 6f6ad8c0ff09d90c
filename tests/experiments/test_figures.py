"""Figures over seeds: paired where both have finished, in the order of the seeds."""

import pytest

from vicinal.experiments import Figures, Measured
from vicinal.training import Task, Trial

TASK = Task(data="iris", net="mlp-8", batch=16, epochs=1)
OTHER = Task(data="wine", net="mlp-8", batch=16, epochs=1)
ERRORS = {("Dirac()", 2): 5.0, ("Dirac()", 0): 1.0, ("Dirac()", 1): 3.0,
          ("Mixup(alpha=1.0)", 1): 2.5, ("Mixup(alpha=1.0)", 2): 3.5, ("Mixup(alpha=1.0)", 7): 0.0}  # fmt: skip


@pytest.fixture
def figures(made) -> Figures:
    mine = {Trial(TASK, name, seed): {"error": value} for (name, seed), value in ERRORS.items()}
    return Figures(made(mine | {Trial(OTHER, "Dirac()", 5): {"error": 99.0}}))


def test_seeds_are_those_with_which_all_have_finished(figures):
    assert figures.seeds(TASK, "Dirac()") == [0, 1, 2]
    assert figures.seeds(TASK, "Dirac()", "Mixup(alpha=1.0)") == [1, 2]
    assert figures.seeds(TASK, "Gaussian(sigma=1.0)", "Dirac()") == []
    assert figures.seeds(OTHER, "Dirac()") == [5]


def test_values_come_in_the_order_of_the_seeds(figures):
    assert figures.values(TASK, "Dirac()", "error", [2, 0]).tolist() == [5.0, 1.0]
    assert figures.values(TASK, "Dirac()", "error", []).shape == (0,)


def test_a_measured_figure_has_mean_deviation_and_number(figures):
    assert figures.measured(TASK, "Dirac()", "error") == Measured(3.0, 2.0, 3)
    assert figures.measured(OTHER, "Dirac()", "error") == Measured(99.0, 0.0, 1)
    assert figures.measured(OTHER, "Mixup(alpha=1.0)", "error") is None
