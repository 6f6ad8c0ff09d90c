"""Train in a child that is killed at random moments until it has finished; compare with one that was never stopped.

    python killed.py FOLDER MOMENTS SEED

Every kill comes at a random share of the time that a whole run takes, counted from where the child begins to train.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

import torch

from vicinal.data import Images
from vicinal.training import Engine, Sgd, Task, Trial, run

TASK = Task(data="tiny", net="small", batch=10, epochs=4, optimiser=Sgd(learning_rate=0.05), pad=1, flip=True)
TRIAL = Trial(TASK, "Mixup(alpha=1.0)", 3)


def pictures() -> Images:
    """Give 8×8 noise of three classes."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (140, 1, 8, 8), generator=generator, dtype=torch.uint8)
    y = torch.randint(3, (140,), generator=generator)
    return Images("tiny", x[:106], y[:106], x[106:], y[106:], ("a", "b", "c"))


def train(data: Images, folder: Path) -> int:
    """Train in a child, which says when it begins and keeps what came out; return the child's number."""
    child = os.fork()
    if child:
        return child
    torch.set_num_threads(1)
    (finished,) = run([TRIAL], data, engine=Engine(minutes=0.0), folder=folder)
    torch.save((finished.curve, finished.figures, finished.weights), folder / "result.pt")
    os._exit(0)


def main(out: Path, moments: int, seed: int) -> None:
    """Train once without and once with kills."""
    data, chance = pictures(), random.Random(seed)
    Engine().fabric()  # what is imported late is imported before there are children
    for name in ("warm", "whole"):
        (out / name).mkdir()
        started = time.perf_counter()
        _, status = os.waitpid(train(data, out / name), 0)
        assert status == 0
        seconds = time.perf_counter() - started
    killed, folder = 0, out / "killed"
    folder.mkdir()
    while not (folder / "result.pt").exists():
        child = train(data, folder)
        if killed < moments:
            time.sleep(chance.uniform(0.05, 0.9) * seconds / moments)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    (curve, figures, weights), (curve2, figures2, weights2) = (
        torch.load(out / name / "result.pt") for name in ("whole", "killed")
    )
    assert curve == curve2
    assert figures == figures2
    assert all(torch.equal(tensor, weights2[name]) for name, tensor in weights.items())
    print(f"{killed} killed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
