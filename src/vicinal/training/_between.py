"""The measure of what a net does between its training examples, as a trial fed them."""

from typing import Any

import torch
from torch import nn

from vicinal.measure import between
from vicinal.training._feeding import feed_of
from vicinal.training._taken import Taken
from vicinal.training._trial import Trial
from vicinal.vicinity import rank_generator, seed_of

PAIRS, POOL = 1_000, 4_000
"""Pairs between which is measured, and the training examples that they are drawn from at most."""


def between_points(net: nn.Module, data: Any, trial: Trial, device: str) -> Taken:
    """Measure along the lines between training examples; nets of one seed are measured on the same pairs."""
    generator = rank_generator(seed_of("between", trial.seed), 0)
    feed = feed_of(trial, data, device=device)
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
