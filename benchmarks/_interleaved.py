"""Timings as ratios: all forms take turns in one run, so that a machine whose speed drifts is fair to each."""

import argparse
import json
import math
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch


def processor() -> str:
    """Return the processor's name where the system tells it, else its architecture."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """Return the first and the third quartile."""
    low, _, high = statistics.quantiles(values, n=4)
    return low, high


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return a 95 % interval of the median: the order statistics between which it lies whatever the distribution."""
    n = len(values)
    below = [sum(math.comb(n, i) for i in range(k + 1)) / 2**n for k in range(n)]
    k = sum(tail <= 0.025 for tail in below)
    ordered = sorted(values)
    return ordered[max(0, k - 1)], ordered[min(n - 1, n - k)]


def ratios(
    forms: Mapping[str, Callable[[], object]],
    *,
    base: str,
    rounds: int,
    spread: Callable[[Sequence[float]], tuple[float, float]] = quartiles,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, dict[str, float]]:
    """Time every form once a round, in random order, and relate it to the base form of the same round.

    Args:
        forms: what is timed, by name.
        base: the name of the form that the others are related to.
        rounds: how many.
        spread: what is told of the ratios beside their median.
        clock: seconds; ``time.process_time`` where other programs share the processor.

    Returns:
        For every form its median seconds, and the median and spread of its ratio to the base.
    """
    for form in forms.values():
        form()
    order, seconds = list(forms), {name: [] for name in forms}
    shuffler = random.Random(0)
    for _ in range(rounds):
        shuffler.shuffle(order)
        for name in order:
            started = clock()
            forms[name]()
            seconds[name].append(clock() - started)
    table = {}
    for name in forms:
        paired = [mine / theirs for mine, theirs in zip(seconds[name], seconds[base], strict=True)]
        low, high = spread(paired)
        middle = statistics.median(paired)
        table[name] = {"seconds": statistics.median(seconds[name]), "ratio": middle, "low": low, "high": high}
    return table


def main(
    title: str, measure: Callable[[], dict[str, dict[str, float]]], *, spread: str = "quartiles", note: str = ""
) -> None:
    """Run a benchmark on one thread, print its table with hardware and load, and write it where ``--json`` says."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    machine = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "torch": torch.__version__,
    }
    table = measure()
    print(title)
    print(f"one thread · {machine['cores']} cores · load {machine['load']:.1f} · torch {machine['torch']}\n")
    width = max(map(len, table))
    print(f"{'':{width}}      median     ratio   ({spread})")
    for name, row in table.items():
        milli = f"{row['seconds'] * 1e3:.3f} ms"
        print(f"{name:{width}}  {milli:>12}  {row['ratio']:8.3f}   ({row['low']:.3f} to {row['high']:.3f})")
    if note:
        print(f"\n{note}")
    if arguments.json:
        kept = {"title": title, "machine": machine, "spread": spread, "note": note, "table": table}
        arguments.json.write_text(json.dumps(kept, indent=1))
