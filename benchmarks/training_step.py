"""A mixup step against an ERM step of PreAct ResNet-18 at 3×32², through the trainer's own step."""

import time
from collections.abc import Callable
from itertools import repeat

import torch
from _alone import main
from _interleaved import related, timed
from _row import Row, interval

from vicinal.data import Images
from vicinal.training import Engine, Sgd, Task, Trial
from vicinal.training._loop import Loop
from vicinal.vicinity import vicinity

N, BATCH, ROUNDS = 512, 32, 40
"""The batch is a quarter of the paper's; both parts of a step grow with it. A round takes 4 s of one core, and all of
them 3 minutes."""
NAMES = {
    "ERM": "Dirac()",
    "mixup, halves in place": "Mixup(alpha=1.0, partner='halves', inplace=True)",
    "mixup, permutation": "Mixup(alpha=1.0)",
}


def measure() -> dict[str, Row]:
    """Give every vicinity's time for a step and its ratio to ERM's; they take turns with one net and one optimiser."""
    x, y = torch.randint(0, 256, (N, 3, 32, 32), dtype=torch.uint8), torch.randint(10, (N,))
    feed = Images("noise", x, y, x[:1], y[:1], tuple("0123456789")).feed(seed=0, pad=4, flip=True)
    task = Task(data="noise", net="preact-resnet-18", batch=BATCH, epochs=1, optimiser=Sgd(learning_rate=1e-3))
    engine = Engine()
    loop = Loop(
        Trial(task, NAMES["ERM"], 0), {"data_fingerprint": ""}, feed, engine, engine.fabric(), None, bool, print, print
    )

    def step_of(name: str) -> Callable[[], None]:
        made = vicinity(NAMES[name])

        def step() -> None:
            loop.vicinity = made
            loop._take(zip(feed.batches(0, [torch.randperm(N)[:BATCH]]), repeat(None), strict=False), BATCH)

        return step

    forms = {name: step_of(name) for name in NAMES}
    return related(timed(forms, rounds=ROUNDS, clock=time.process_time), base="ERM", spread=interval)


if __name__ == "__main__":
    title = f"A training step of PreAct ResNet-18, batch {BATCH} at 3×32², as a ratio to ERM's, in processor time"
    main(title, measure, spread="95 % interval of the median")
