"""Outcomes with figures made by hand, as if trials had been trained."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from vicinal.training import Outcome, Trial

Row = Mapping[str, float]


class Made(Protocol):
    """Makes an outcome of every trial from its figures, its curve, and the rows of its measures."""

    def __call__(
        self,
        figures: Mapping[Trial, Row],
        curves: Mapping[Trial, Sequence[Row]] | None = None,
        series: Mapping[Trial, Mapping[str, Sequence[Row]]] | None = None,
    ) -> dict[Trial, Outcome]: ...


@pytest.fixture(scope="session")
def made() -> Made:
    """Make an outcome of every trial from its figures."""

    def make(
        figures: Mapping[Trial, Row],
        curves: Mapping[Trial, Sequence[Row]] | None = None,
        series: Mapping[Trial, Mapping[str, Sequence[Row]]] | None = None,
    ) -> dict[Trial, Outcome]:
        environment = {"torch": "2.14.1", "device": "cpu", "vicinal": "0", "seconds": 1.0}
        curves, series = curves or {}, series or {}
        return {
            trial: Outcome(trial, dict(each), curves.get(trial, []), environment, Path(), series=series.get(trial, {}))
            for trial, each in figures.items()
        }

    return make
