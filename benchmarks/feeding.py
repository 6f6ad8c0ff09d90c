"""A thousand pictures as training batches: cropped, flipped and normalised, against torchvision's way with pictures."""

from collections import deque
from collections.abc import Iterable

import torch
from _alone import main
from _interleaved import related, timed
from _pictures import BATCH, SHAPES, N, noise, one_by_one
from _row import Row

BASE, COPY = "whole batches", "a copy of the floats"


def used_up(batches: Iterable[object]) -> None:
    """Let each batch go before the next is made, as training does."""
    deque(batches, maxlen=0)


def measure() -> dict[str, Row]:
    """Give every form's time for an epoch of N pictures and its ratio to ours."""
    table = {}
    for name, (channels, side) in SHAPES.items():
        data = noise(channels, side)
        feed, loader = data.feed(seed=0, pad=4, flip=True), one_by_one(data, augmented=True)
        picked = torch.randperm(N).split(BATCH)
        floats, ready = torch.rand(N, channels, side, side).split(BATCH), torch.empty(BATCH, channels, side, side)
        forms = {
            COPY: lambda ready=ready, floats=floats: used_up(map(ready.copy_, floats)),
            BASE: lambda feed=feed, picked=picked: used_up(feed.batches(0, picked)),
            "not augmented": lambda feed=feed, picked=picked: used_up(feed.plain("train", picked)),
            "picture by picture": lambda loader=loader: used_up(loader),
        }
        rows = related(timed(forms, rounds=30), base=BASE, memory=COPY)
        table |= {f"{name} {form}": row for form, row in rows.items()}
    return table


if __name__ == "__main__":
    main(f"Training batches of {N} pictures (random crop, flip, normalisation), as a ratio to whole batches", measure)
