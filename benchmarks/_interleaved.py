"""Timings as ratios: all forms take turns in one run, so that a machine whose speed drifts is fair to each."""

import argparse
import json
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import torch


def ratios(forms: Mapping[str, Callable[[], object]], *, base: str, rounds: int) -> dict[str, dict[str, float]]:
    """Time every form once a round, in random order, and relate it to the base form of the same round.

    Returns:
        For every form its median seconds, and the median and quartiles of its ratio to the base.
    """
    for form in forms.values():
        form()
    order, seconds = list(forms), {name: [] for name in forms}
    shuffler = random.Random(0)
    for _ in range(rounds):
        shuffler.shuffle(order)
        for name in order:
            started = time.perf_counter()
            forms[name]()
            seconds[name].append(time.perf_counter() - started)
    table = {}
    for name in forms:
        paired = [mine / theirs for mine, theirs in zip(seconds[name], seconds[base], strict=True)]
        low, middle, high = statistics.quantiles(paired, n=4)
        table[name] = {"seconds": statistics.median(seconds[name]), "ratio": middle, "low": low, "high": high}
    return table


def main(title: str, measure: Callable[[], dict[str, dict[str, float]]]) -> None:
    """Run a benchmark on one thread, print its table with hardware and load, and write it where ``--json`` says."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    machine = {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "torch": torch.__version__,
    }
    table = measure()
    print(title)
    print(f"one thread · {machine['cores']} cores · load {machine['load']:.1f} · torch {machine['torch']}\n")
    width = max(map(len, table))
    print(f"{'':{width}}      median     ratio   (quartiles)")
    for name, row in table.items():
        milli = f"{row['seconds'] * 1e3:.3f} ms"
        print(f"{name:{width}}  {milli:>12}  {row['ratio']:7.2f}   ({row['low']:.2f} to {row['high']:.2f})")
    if arguments.json:
        arguments.json.write_text(json.dumps({"title": title, "machine": machine, "table": table}, indent=1))
