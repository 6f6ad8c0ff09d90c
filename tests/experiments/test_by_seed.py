"""Figures by seed on the way to an effect: paired where both are there, and no seed is made up."""

import numpy as np
import pytest
from scipy import stats

from vicinal.experiments import Figures
from vicinal.experiments._by_seed import effect, gains, mean, minus
from vicinal.training import Task, Trial

TASK = Task(data="iris", net="mlp-8", batch=16, epochs=1)
ERRORS = {("Dirac()", 2): 5.0, ("Dirac()", 0): 1.0, ("Dirac()", 1): 3.0,
          ("Mixup(alpha=1.0)", 1): 2.5, ("Mixup(alpha=1.0)", 2): 4.0, ("Mixup(alpha=1.0)", 7): 0.0}  # fmt: skip


@pytest.fixture
def figures(made) -> Figures:
    trials = {Trial(TASK, *key): {"test_error": value, "half": value / 2} for key, value in ERRORS.items()}
    return Figures(made(trials))


def test_gains_are_base_minus_other_for_the_seeds_that_both_have(figures):
    assert gains(figures, TASK, "Dirac()", "Mixup(alpha=1.0)") == {1: 0.5, 2: 1.0}
    assert gains(figures, TASK, "Mixup(alpha=1.0)", "Dirac()") == {1: -0.5, 2: -1.0}
    assert gains(figures, TASK, "Dirac()", "Gaussian(sigma=1.0)") == {}


def test_another_figure_and_another_comparison_can_be_taken(figures):
    assert gains(figures, TASK, "Dirac()", "Mixup(alpha=1.0)", "half") == {1: 0.25, 2: 0.5}
    assert gains(figures, TASK, "Dirac()", "Mixup(alpha=1.0)", by=np.divide) == {1: 1.2, 2: 1.25}


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        ([{0: 1.0, 1: 2.0}, {0: 3.0, 1: 6.0}], {0: 2.0, 1: 4.0}),
        ([{0: 1.0, 1: 2.0}, {1: 6.0, 2: 9.0}], {1: 4.0}),  # a seed that one lacks has no mean
        ([{0: 1.0}, {1: 6.0}], {}),
        ([{0: 1.0}, {}], {}),
        ([{5: 1.5}], {5: 1.5}),
    ],
)
def test_the_mean_is_over_tasks_for_the_seeds_that_all_have(several, expected):
    assert mean(several) == expected


def test_a_difference_is_for_the_seeds_that_both_have():
    assert minus({2: 5.0, 0: 1.0, 1: 3.0}, {1: 1.0, 2: 9.0, 3: 0.0}) == {1: 2.0, 2: -4.0}
    assert list(minus({2: 5.0, 0: 1.0}, {0: 0.0, 2: 0.0})) == [0, 2]
    assert minus({0: 1.0}, {}) == {}


def test_the_effect_is_the_mean_with_its_interval_and_none_without_a_seed():
    values = [1.2, 0.7, 1.6, 0.9]
    found = effect(dict(enumerate(values)))
    assert found is not None
    low, high = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert (found.mean, found.low, found.high, found.n) == pytest.approx((1.1, low, high, 4))
    assert effect({}) is None


def test_a_figure_that_is_not_finite_leaves_its_seed_out(made):
    figures = Figures(made({Trial(TASK, name, seed): {"test_error": value} for name, seed, value in (
        ("Dirac()", 0, np.nan), ("Dirac()", 1, 3.0), ("Dirac()", 2, 3.0),
        ("Mixup(alpha=1.0)", 0, 1.0), ("Mixup(alpha=1.0)", 1, 1.0), ("Mixup(alpha=1.0)", 2, np.inf))}))  # fmt: skip
    assert gains(figures, TASK, "Dirac()", "Mixup(alpha=1.0)") == {1: 2.0}


def test_an_effect_is_widened_for_splits_that_overlap():
    plain, corrected = effect({0: 1.0, 1: 2.0}), effect({0: 1.0, 1: 2.0}, overlap=0.5)
    assert plain is not None
    assert corrected is not None
    assert corrected.half_width == pytest.approx(plain.half_width * np.sqrt(0.5 + 0.5) / np.sqrt(0.5))
