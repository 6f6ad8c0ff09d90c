"""What is measured of nets that have been trained: taken once, kept beside the weights, with a version of its own.

A measure is no part of a task: one more of them, or a better one, leaves every net that has been trained what it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from vicinal.data import Data
from vicinal.measure import boundary
from vicinal.training._between import between_points
from vicinal.training._engine import Engine
from vicinal.training._outcome import Outcome, is_measured, save_measured
from vicinal.training._taken import Taken
from vicinal.training._trained import trained_net
from vicinal.training._trial import Trial


@dataclass(frozen=True)
class Measure:
    """A measure of a trained net on its data; the version is raised when its definition changes."""

    version: int
    take: Callable[[nn.Module, Data, Trial, str], Taken]


@dataclass(frozen=True)
class Measurement:
    """A measure, by its name in ``MEASURES``, to be taken of the net of a trial."""

    measure: str
    trial: Trial


def measured(measurement: Measurement, outcome: Outcome) -> bool:
    """Tell whether a measurement has been taken."""
    return is_measured(outcome.folder, measurement.measure, version=MEASURES[measurement.measure].version)


def measure(measurement: Measurement, outcome: Outcome, data: Data, *, engine: Engine) -> None:
    """Take a measurement and keep it in the outcome's folder."""
    entry = MEASURES[measurement.measure]
    net = trained_net(outcome.folder).to(engine.device)
    taken = entry.take(net, data, measurement.trial, engine.device)
    save_measured(
        outcome.folder, measurement.measure, version=entry.version, figures=taken.figures, series=taken.series
    )


MEASURES: dict[str, Measure] = {
    "between": Measure(1, between_points),
    "boundary": Measure(1, lambda net, data, trial, device: Taken(boundary(net.cpu()))),  # noqa: ARG005
}
"""Every measure that an experiment can ask for."""
