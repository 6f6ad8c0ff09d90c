"""What is measured of nets that have been trained: taken once, kept beside the weights, with a version of its own.

A measure is no part of a task: one more of them, or a better one, leaves every net that has been trained what it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vicinal.data import Data
from vicinal.measure import boundary
from vicinal.training._attack import attack
from vicinal.training._between import between_points
from vicinal.training._engine import Engine
from vicinal.training._folder import WEIGHTS
from vicinal.training._outcome import Outcome, is_measured, save_measured
from vicinal.training._subject import Subject
from vicinal.training._taken import Taken
from vicinal.training._task import digest
from vicinal.training._trained import trained, trained_net
from vicinal.training._trial import Trial


@dataclass(frozen=True)
class Measure:
    """A measure of a trained net on its data; the version is raised when its definition changes."""

    version: int
    take: Callable[[Subject], Taken]


@dataclass(frozen=True)
class Measurement:
    """A measure to be taken of the net of a trial.

    Args:
        measure: its name in ``MEASURES``.
        trial: whose net is measured.
        source: the trial whose net makes the examples that it is measured on; None where the measure needs none.
    """

    measure: str
    trial: Trial
    source: Trial | None = None


def measured(measurement: Measurement, outcome: Outcome, source: Outcome | None = None) -> bool:
    """Tell whether a measurement has been taken.

    Args:
        measurement: what was to be taken.
        outcome: of its trial.
        source: of its source, where it has one.
    """
    version = MEASURES[measurement.measure].version
    return is_measured(outcome.folder, measurement.measure, version=version, source=_name(measurement, source))


def measure(
    measurement: Measurement,
    outcome: Outcome,
    data: Data,
    *,
    engine: Engine,
    source: Outcome | None = None,
    shared: dict[Trial, Any] | None = None,
) -> None:
    """Take a measurement and keep it in the outcome's folder.

    Args:
        measurement: what is taken.
        outcome: of its trial.
        data: of its trial, loaded.
        engine: says on which device.
        source: of its source, where it has one.
        shared: the same dictionary for nets of the same data that are measured one after the other, empty at first.
    """
    entry, name = MEASURES[measurement.measure], _name(measurement, source)
    net = trained_net(outcome.folder).to(engine.device)
    other = None if source is None else trained(source.folder)
    subject = Subject(
        net,
        data,
        measurement.trial,
        engine.device,
        source=other,
        source_trial=measurement.source,
        shared={} if shared is None else shared,
    )
    taken = entry.take(subject)
    save_measured(
        outcome.folder,
        measurement.measure,
        version=entry.version,
        source=name,
        figures=taken.figures,
        series=taken.series,
    )


def _name(measurement: Measurement, source: Outcome | None) -> str:
    """Return what the source is known by where a measure is kept: its folder's name and what its weights are.

    The name says what was trained; trained anew, on another machine for one, the weights may be others.
    """
    assert (source and source.trial) == measurement.source
    return "" if source is None else f"{source.folder.name} {digest(source.folder / WEIGHTS)}"


MEASURES: dict[str, Measure] = {
    "attack": Measure(1, attack),
    "between": Measure(1, between_points),
    "boundary": Measure(1, lambda subject: Taken(boundary(subject.net.cpu()))),
}
"""Every measure that an experiment can ask for."""
