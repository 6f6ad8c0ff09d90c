"""What is measured of nets that have been trained: taken once, kept beside the weights, with a version of its own.

A measure is no part of a task: one more of them, or a better one, leaves every net that has been trained what it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from vicinal.data import Data
from vicinal.measure import between, boundary
from vicinal.training._engine import Engine
from vicinal.training._outcome import Outcome, Row, is_measured, save_measured
from vicinal.training._trained import trained_net
from vicinal.training._trial import Trial
from vicinal.vicinity import rank_generator, seed_of


@dataclass(frozen=True)
class Taken:
    """What a measure gave: figures by name, and rows where it is taken along a line."""

    figures: Mapping[str, float]
    series: Sequence[Row] = ()


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


PAIRS, POOL = 1_000, 4_000
"""Pairs between which is measured, and the training examples that they are drawn from at most."""


def _between(net: nn.Module, data: Any, trial: Trial, device: str) -> Taken:
    """Measure along the lines between training examples; nets of one seed are measured on the same pairs."""
    task, generator = trial.task, rank_generator(seed_of("between", trial.seed), 0)
    feed = data.feed(seed=trial.seed, rows=task.rows, size=task.size, pad=task.pad, flip=task.flip, device=device)
    pool = torch.randperm(feed.size("train"), generator=generator)[:POOL]
    x, y = (torch.cat(each) for each in zip(*feed.plain("train", pool.split(256)), strict=True))
    found = between(net, x, y.to(x.device), pairs=PAIRS, generator=generator)
    columns = {
        "lam": found.lam,
        "miss": found.miss,
        "loss_gradient": found.loss_gradient,
        "prediction_gradient": found.prediction_gradient,
    }
    series = [dict(zip(columns, map(float, row), strict=True)) for row in zip(*columns.values(), strict=True)]
    inner = [row for row in series if 0.1 - 1e-6 <= row["lam"] <= 0.9 + 1e-6]
    means = {f"between_{name}": sum(row[name] for row in inner) / len(inner) for name in columns if name != "lam"}
    return Taken(means, series)


MEASURES: dict[str, Measure] = {
    "between": Measure(1, _between),
    "boundary": Measure(1, lambda net, data, trial, device: Taken(boundary(net.cpu()))),  # noqa: ARG005
}
"""Every measure that an experiment can ask for."""
