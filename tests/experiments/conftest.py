"""Outcomes with figures made by hand, as if trials had been trained."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from vicinal.training import Outcome, Trial

Made = Callable[[Mapping[Trial, Mapping[str, float]]], dict[Trial, Outcome]]


@pytest.fixture(scope="session")
def made() -> Made:
    """Make an outcome of every trial from its figures."""

    def make(figures: Mapping[Trial, Mapping[str, float]]) -> dict[Trial, Outcome]:
        environment = {"torch": "2.14.1", "device": "cpu", "vicinal": "0", "seconds": 1.0}
        return {trial: Outcome(trial, dict(each), [], environment, Path()) for trial, each in figures.items()}

    return make
