"""The measure of what a net does between its training examples, as a trial fed them."""

import torch

from vicinal.measure import between
from vicinal.training._fed import fed
from vicinal.training._subject import Subject
from vicinal.training._taken import Taken
from vicinal.vicinity import rank_generator, seed_of

PAIRS, POOL = 1_000, 4_000
"""Pairs between which is measured, and the training examples that they are drawn from at most."""


def between_points(subject: Subject) -> Taken:
    """Measure along the lines between training examples; nets of one seed are measured on the same pairs."""
    generator = rank_generator(seed_of("between", subject.trial.seed), 0)
    feed = fed(subject.trial, subject.data, device=subject.device)
    pool = torch.randperm(feed.size("train"), generator=generator)[:POOL]
    x, y = (torch.cat(each) for each in zip(*feed.plain("train", pool.split(256)), strict=True))
    found = between(subject.net, x, y.to(x.device), pairs=PAIRS, generator=generator)
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
