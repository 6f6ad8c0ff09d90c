"""Two processes that share trials, started with torchrun's environment by one that has imported everything.

    python ranks.py FOLDER           forks them, in several stories, and prints what came of it as JSON
    python ranks.py FOLDER TOLD      is one of them, started by torchrun or by Fabric's own launcher

A trial's second process is killed in its eighth step where FOLDER is called "killed" and holds no checkpoint.
"""

import json
import os
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from vicinal.data import Images
from vicinal.training import Engine, RankLost, Sgd, Stopped, Task, Trial, run

TASK = Task(
    data="tiny", net="small", batch=10, epochs=3, optimiser=Sgd(learning_rate=0.05), pad=1, flip=True, read_at=(1, 3)
)
TRIAL = Trial(TASK, "Mixup(alpha=1.0)", 3)
TOGETHER = Engine(precision="64", devices=2)
FURTHER = Trial(
    replace(TASK, label_smoothing=0.1, label_noise=0.4),
    "Choice(vicinities=[Latent(layer=2, vicinity=Mixup(alpha=1.0)), Outside(alpha=1.0, k=5)], p=[0.5, 0.5])",
    3,
)
ALONE = Engine(precision="64", at_once=5)
OWN = """
import torch
from vicinal import Targets
from vicinal.vicinity import seed_of

class Infinite:
    def __init__(self, *place):
        self.seed = seed_of("draw", *place)

    def draw(self, n, *, y=None, device=None):
        self.now = torch.initial_seed() == self.seed
        return self

    def mix(self, x):
        return x * torch.inf if self.now else x

    def targets(self, y):
        return Targets((y,))
"""


def pictures() -> Images:
    """Give 8×8 noise of three classes."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (70, 1, 8, 8), generator=generator, dtype=torch.uint8)
    y = torch.randint(3, (70,), generator=generator)
    return Images("tiny", x[:53], y[:53], x[53:], y[53:], ("a", "b", "c"))


def trained(folder: Path, engine: Engine, trial: Trial = TRIAL, stop: Callable[[], bool] = lambda: False) -> int:
    """Train, keep what came out where this is the first process, and return the exit status as the border would.

    The first process adds a line to the file "steps" for each step that it takes.
    """
    torch.set_num_threads(1)

    def counted() -> bool:
        if engine.is_first:
            with (folder / "steps").open("a") as steps:
                steps.write("taken\n")
        return stop()

    try:
        (finished,) = run([trial], pictures(), folder=folder, engine=engine, stop=counted)
    except Stopped:
        return 75
    except RankLost as lost:
        print(f"vicinal: {lost}", file=sys.stderr, flush=True)
        return 1
    if engine.is_first:
        torch.save(
            [finished.curve, finished.figures, finished.weights, finished.failure, dict(finished.kept)],
            folder / "result.pt",
        )
    return 0


def forked(ranks: int, folder: Path, engine: Engine, **options: Any) -> list[int]:
    """Train in so many processes with torchrun's environment and return their exit codes, −9 if killed.

    What they say on standard error is in the file "said".
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    children = []
    for rank in range(ranks):
        child = os.fork()
        if not child:
            place = {"RANK": rank, "LOCAL_RANK": rank, "GROUP_RANK": 0, "WORLD_SIZE": ranks, "LOCAL_WORLD_SIZE": ranks}
            meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "TORCHELASTIC_RUN_ID": "none"}
            os.environ.update({name: str(value) for name, value in place.items()} | meeting)
            os.dup2(os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
            status = 3
            try:
                status = trained(folder, engine.as_launched(), **options)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def left(folder: Path) -> tuple[Any, ...]:
    """Return curve, figures, weights, failure and answers of a run."""
    return tuple(torch.load(folder / "result.pt"))


def steps(folder: Path) -> int:
    """Return how many steps have been taken in a folder, by all that have trained there one after the other."""
    return len((folder / "steps").read_text().splitlines())


def same(one: Path, other: Path) -> bool:
    """Tell whether two runs left the same, bit for bit."""
    (curve, figures, weights, _, kept), (curve2, figures2, weights2, _, kept2) = left(one), left(other)
    mine, theirs = weights | kept, weights2 | kept2
    bits = mine.keys() == theirs.keys() and all(torch.equal(tensor, theirs[name]) for name, tensor in mine.items())
    return curve == curve2 and figures == figures2 and bits


def apart(one: Path, other: Path) -> dict[str, float]:
    """Return the largest difference of trained weights, of running statistics, of what the curves tell, of targets."""
    (curve, _, weights, _, kept), (curve2, _, weights2, _, kept2) = left(one), left(other)
    found = {"weights": 0.0, "running": 0.0, "curve": 0.0}
    assert {name: tensor.shape for name, tensor in kept.items()} == {name: each.shape for name, each in kept2.items()}
    found["targets"] = (kept["test_target"] - kept2["test_target"]).abs().max().item()
    for name, tensor in weights.items():
        kind = "running" if "running" in name or "batches" in name else "weights"
        found[kind] = max(found[kind], (tensor - weights2[name]).abs().max().item())
    for row, row2 in zip(curve, curve2, strict=True):
        found["curve"] = max(
            found["curve"], *(abs(row[name] - row2[name]) for name in ("train_loss", "train_accuracy"))
        )
    return found


def on_step(step: int, mine: int, act: Callable[[], bool]) -> Callable[[], bool]:
    """Return a function that acts when it is asked for the ``step``-th time in process ``mine``."""
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == step and int(os.environ.get("LOCAL_RANK", "0")) == mine and act()

    return stop


def die() -> bool:
    """End this process as a failing machine would."""
    os.kill(os.getpid(), signal.SIGKILL)
    return False


def stories(out: Path) -> dict[str, Any]:
    """Train alone and together; stopped, killed and started again; with a loss that breaks in one process."""
    os.environ["XDG_CACHE_HOME"] = str(out / "cache")  # of tables of neighbours
    TOGETHER.fabric()  # what is imported late is imported before there are children

    def place(name: str) -> Path:
        (out / name).mkdir()
        return out / name

    alone, plain, together = place("alone"), place("plain"), place("together")
    codes = [forked(1, alone, ALONE), forked(1, plain, replace(ALONE, at_once=None)), forked(2, together, TOGETHER)]
    told: dict[str, Any] = {"codes": codes, "apart": apart(alone, together), "without lanes": apart(plain, together)}
    for name, mine, act in (("stopped", 1, lambda: True), ("second killed", 1, die), ("first killed", 0, die)):
        folder = place(name)
        codes = forked(2, folder, TOGETHER, stop=on_step(8, mine, act))
        said = (folder / "said").read_text()
        kept = (folder / "checkpoint.pt").is_file()
        shutil.copytree(folder, out / f"{name}, then alone")
        first, again = steps(folder), forked(2, folder, TOGETHER)
        counts = {"first": first, "then": steps(folder) - first, "whole": steps(together)}
        same_bits = same(folder, together)
        told[name] = {"codes": codes, "said": said, "kept": kept, "again": again, "same": same_bits, "steps": counts}
    lonely = out / "stopped, then alone"
    told["then alone"] = {"codes": forked(1, lonely, ALONE), "apart": apart(lonely, together)}
    further = [place(f"further, {ranks}") for ranks in (1, 2)]
    codes = [forked(1, further[0], ALONE, trial=FURTHER), forked(2, further[1], TOGETHER, trial=FURTHER)]
    told["further"] = {"codes": codes, "apart": apart(*further), "from mixup": apart(further[0], alone)}
    (out / "own.py").write_text(OWN)
    folder = place("broken")
    codes = forked(2, folder, TOGETHER, trial=replace(TRIAL, vicinity=f"{out / 'own.py'}:Infinite(3, 1, 2, 1)"))
    kept = left(together)[4]
    wrong = 100 * (kept["test_answers_3"].argmax(1) != kept["test_target"]).double().mean().item()
    told["read off"] = {"names": sorted(kept), "error": wrong, "told": left(together)[1]["test_error"]}
    return {**told, "broken": {"codes": codes, "failure": left(folder)[3]}}


def main(out: Path, launched: bool) -> int:
    """Be one of the processes, or start them."""
    if launched:
        first = not (out / "checkpoint.pt").exists()
        dying = on_step(8, 1, die) if out.name == "killed" and first else lambda: False
        return trained(out, TOGETHER.as_launched(), stop=dying)
    print(json.dumps(stories(out)))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), launched=len(sys.argv) > 2))
