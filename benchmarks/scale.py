"""What many devices and many machines take: tables in Markdown, computed and simulated, as in ``docs/scale.md``.

    python benchmarks/scale.py

Nothing is trained: operations, weights and steps are counted, and trials are begun as they really are, in simulated
time.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from _simulated import makespan

from vicinal.experiments import EXPERIMENTS, Setup
from vicinal.studies import WHOLE, Shard, plan
from vicinal.studies._demand import Demand, demand_of
from vicinal.training import Engine, Task, Trial

DEVICES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
SUSTAINED = 100e12
"""Operations a second that a device is assumed to do of such a training: all rates are in proportion to it."""
NETS = ("resnet-50", "resnext-101-64x4d")
WORKERS, TRIALS = 1_000, 10_000
SHARDS = (1, 10, 100)
DAY = 86_400


def of_devices(task: Task) -> Iterator[str]:
    """Yield a table: what training a task takes of 1 to 1,024 devices that share it."""
    yield "| devices | images each of a step | steps an epoch | hours | read, GB/s | each sends, MB a step | GB/s |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    for devices in DEVICES:
        found = demand_of(task, Engine(devices=devices))
        cells = _cells(found) if found.fits else ["fewer than two", *["–"] * 5]
        yield f"| {devices:,} | {' | '.join(cells)} |"


def _cells(found: Demand) -> list[str]:
    rate = found.devices / _image(found)
    assert found.example_bytes is not None
    return [
        f"{found.lane_examples:,}",
        f"{found.epoch_steps:,}",
        f"{found.hours(rate):,.2f}",
        f"{found.example_bytes * rate / 1e9:.2f}",
        f"{found.sent_bytes / 1e6:.0f}",
        f"{found.sent_bytes * rate / found.batch / 1e9:.2f}",
    ]


def _image(found: Demand) -> float:
    """Return the seconds that one device takes for an image: a training step is about three forward passes."""
    return 3 * found.flops / SUSTAINED


def many(trials: int) -> list[Trial]:
    """Return trials of the paper's nets for images and sounds, with as many seeds of each as give so many."""
    asked = {name: Setup("paper", 1) for name in ("imagenet", "cifar", "speech")}
    one = list(dict.fromkeys(trial for each in plan(asked).values() for trial in each))
    return [replace(trial, seed=seed) for trial in one for seed in range(-(-trials // len(one)))][:trials]


def lasting(trials: Sequence[Trial]) -> dict[Trial, float]:
    """Return the seconds that each takes by the operations counted, up to a fifth more or less by chance."""
    chance, found = random.Random(0), {task: demand_of(task, Engine()) for task in {trial.task for trial in trials}}
    one = {task: _image(each) * each.examples * each.epochs for task, each in found.items()}
    return {trial: one[trial.task] * chance.uniform(0.8, 1.2) for trial in trials}


def of_workers() -> Iterator[str]:
    """Yield a table: when the last of many trials ends, run in one study or cut into shards, beside the bounds."""
    yield "| shards × processes | last trial ends, days | idle | no order can end before | Graham's bound |"
    yield "|---:|---:|---:|---:|---:|"
    trials = many(TRIALS)
    seconds = lasting(trials)
    total, longest = sum(seconds.values()) / WORKERS, max(seconds.values())
    for of in SHARDS:
        shards = [Shard(number, of) if of > 1 else WHOLE for number in range(1, of + 1)]
        ends = max(
            makespan([(stack, seconds[stack[0]]) for stack in shard.stacks(trials)], workers=WORKERS // of)
            for shard in shards
        )
        most = f"{(total + (1 - 1 / WORKERS) * longest) / DAY:.2f}" if of == 1 else "–"
        cells = f"{ends / DAY:.2f}", f"{100 * (1 - total / ends):.1f} %", f"{max(total, longest) / DAY:.2f}", most
        yield f"| {of:,} × {WORKERS // of:,} | {' | '.join(cells)} |"


def main() -> None:
    """Print all tables."""
    for net in NETS:
        trials = EXPERIMENTS["imagenet"].trials(Setup("paper"))
        task = next(trial.task for trial in trials if (trial.task.net, trial.task.epochs) == (net, 90))
        print(f"{net}, {task.epochs} epochs\n", *of_devices(task), "", sep="\n")
    print(f"{TRIALS:,} trials\n", *of_workers(), sep="\n")


if __name__ == "__main__":
    main()
