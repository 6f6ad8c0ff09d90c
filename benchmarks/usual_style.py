"""The small net trained by this loop and in the usual style, in images a second, at 3×32² and 1×28².

The usual style: pictures one by one as Pillow's through torchvision's transforms and a DataLoader without workers,
mixed out of place with a permutation, two cross-entropies, the loss read at every step.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from _alone import main
from _interleaved import related, timed
from _pictures import BATCH, SHAPES, N, noise, one_by_one
from _row import Row
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.data import Images
from vicinal.models import build
from vicinal.training import Engine, Sgd, Task, Trial
from vicinal.training._folder import identity
from vicinal.training._loop import Loop

ROUNDS = 15
BASE = "this loop"
MIXUP = "Mixup(alpha=1.0, partner='halves', inplace=True)"


def usual(data: Images, *, augmented: bool) -> Callable[[], None]:
    """Return a function that trains for an epoch in the usual style."""
    channels, side = data.x_train.shape[1:3]
    loader = one_by_one(data, augmented=augmented)
    net = build("small", classes=10, channels=channels, size=side, seed=0)
    sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)

    def epoch() -> None:
        net.train()
        total, right = 0.0, 0.0
        for x, y in loader:
            lam = float(np.random.default_rng().beta(1.0, 1.0))
            order = torch.randperm(len(x))
            mixed = lam * x + (1 - lam) * x[order]
            logits = net(mixed)
            loss = lam * F.cross_entropy(logits, y) + (1 - lam) * F.cross_entropy(logits, y[order])
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            total += loss.item()
            guess = logits.argmax(1)
            right += lam * (guess == y).sum().item() + (1 - lam) * (guess == y[order]).sum().item()

    return epoch


def ours(data: Images, *, augmented: bool) -> Callable[[], None]:
    """Return a function that trains for an epoch with this loop."""
    settings = {"pad": 4, "flip": True} if augmented else {}
    task, engine = Task(data="noise", net="small", batch=BATCH, epochs=1, optimiser=Sgd()), Engine()
    feed = data.feed(seed=0, **settings)
    trial = Trial(task, MIXUP, 0)
    mine = identity(trial, data.fingerprint)
    loop = Loop(trial, mine, feed, engine, engine.fabric(), None, bool, lambda *_: None, print)

    def epoch() -> None:
        loop.step = 0
        loop._train()
        loop._read()

    return epoch


def measure() -> dict[str, Row]:
    """Give every form's time for an epoch of N pictures and its ratio to ours."""
    table = {}
    for name, shape in SHAPES.items():
        data = noise(*shape)
        for how, augmented in (("", False), (", crop and flip", True)):
            forms = {BASE: ours(data, augmented=augmented), "usual style": usual(data, augmented=augmented)}
            rows = related(timed(forms, rounds=ROUNDS, clock=time.process_time), base=BASE)
            for form, row in rows.items():
                assert row.seconds
                table[f"{name}{how}: {form}"] = replace(row, remark=f"{N / row.seconds:,.0f} images/s")
    return table


if __name__ == "__main__":
    main(
        f"An epoch of {N} pictures with mixup through the small net, as a ratio to this loop, in processor time",
        measure,
    )
