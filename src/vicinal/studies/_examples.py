"""A few examples of a data set as a person would look at them."""

from typing import Any

import torch
from torch import Tensor

from vicinal.experiments import Mixes, mixes
from vicinal.vicinity import Mixup, Vicinity, rank_generator, seed_of

LOOKED_AT = 64
"""Examples that are mixed with each other for a picture of eight."""
SIDE = 96
"""Pixels of photos in such a picture."""


def examples(data: Any, *, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return some of the training examples: pictures in [0, 1] of shape (N, C, H, W), or prepared rows (N, D).

    Args:
        data: a loaded data set.
        seed: which of them.
    """
    if not hasattr(data, "feed"):
        return data.few(LOOKED_AT)
    feed = data.feed(seed=seed, size=SIDE if hasattr(data, "root") else None)
    rows = torch.randperm(feed.size("train"), generator=rank_generator(seed_of("examples", seed), 0))[:LOOKED_AT]
    x, y = next(feed.plain("train", [rows]))
    mean, std = (torch.tensor(each).view(-1, 1, 1) for each in (feed.preparation.mean, feed.preparation.std))
    return (x * std + mean).clamp(0, 1), y


def mixed_examples(data: Any, *, alpha: float, seed: int = 0) -> Mixes:
    """Return a picture's worth of a data set's examples as mixup makes them, each with a λ of its own."""
    x, y = examples(data, seed=seed)
    vicinity: Vicinity = Mixup(alpha, per="example", generator=rank_generator(seed_of("show", seed), 0))
    caption = f"Examples of {data.name} as mixup with α = {alpha:g} makes them, beside the law of λ"
    return mixes(x, y, vicinity=vicinity, classes=data.classes, caption=caption)
