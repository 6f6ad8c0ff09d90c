"""A stack of replicas against a plain loop: minibatch 16, 57 features, 2×128 hidden units.

The loop never mixes: what mixup adds to a stack counts against it.
"""

from collections.abc import Callable
from dataclasses import replace
from statistics import median

import torch
from _alone import main
from _interleaved import timed
from _row import Row, quotient
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.models import MLP, ordinary_mlp
from vicinal.training import fit
from vicinal.vicinity import Dirac, Mixup, Vicinity

SIZES = [57, 128, 128, 2]
BATCH = 16
STEPS = 20


def plain_loop(steps: int) -> Callable[[], None]:
    """Return a function that trains one ordinary net by the usual loop."""
    net = ordinary_mlp(SIZES)
    adam = torch.optim.Adam(net.parameters(), fused=True)
    x, y = torch.randn(BATCH * steps, SIZES[0]), torch.randint(SIZES[-1], (BATCH * steps,))

    def epoch() -> None:
        order = torch.randperm(len(x))
        for start in range(0, len(x), BATCH):
            rows = order[start : start + BATCH]
            loss = F.cross_entropy(net(x[rows]), y[rows])
            adam.zero_grad(set_to_none=True)
            loss.backward()
            adam.step()

    return epoch


def stack(replicas: int, vicinity: Vicinity) -> Callable[[], None]:
    """Return a function that trains a stack for one epoch of the same number of steps."""
    net = MLP(SIZES, seeds=range(replicas))
    x = torch.randn(replicas, BATCH * STEPS, SIZES[0])
    y = torch.randint(SIZES[-1], (replicas, BATCH * STEPS))
    settings = {"vicinity": vicinity, "seeds": range(replicas), "batch": BATCH, "epochs": 1, "learning_rate": 1e-3}
    return lambda: fit(net, x, y, **settings)


def measure() -> dict[str, Row]:
    """Give a stack's time a replica-step, and how many times as fast as the plain loop's that is."""
    table = {}
    for replicas in (1, 8, 32, 128):
        for name, vicinity, remark in (("ERM", Dirac(), ""), ("mixup", Mixup(0.2), "the loop does not mix")):
            forms = {"plain": plain_loop(STEPS), "stack": stack(replicas, vicinity)}
            seconds = timed(forms, rounds=max(9, 400 // replicas))
            each = [whole / replicas for whole in seconds["stack"]]
            row = replace(quotient(seconds["plain"], each), seconds=median(each) / STEPS, remark=remark)
            table[f"{replicas} {'replica' if replicas == 1 else 'replicas'}, {name}"] = row
    return table


if __name__ == "__main__":
    title = (
        "Replica-steps per second, as a multiple of a plain loop with Adam(fused=True); the times are a replica-step's"
    )
    main(title, measure)
