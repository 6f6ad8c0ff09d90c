"""A benchmark as a command of its own: its table with hardware, load and version, and the same as JSON."""

import argparse
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from _row import Rows

from vicinal import __version__
from vicinal.studies import this_machine

ROOT = Path(__file__).parents[1]


def version() -> str:
    """Return the version, the commit where there is one, and whether what is timed differs from it."""
    if not (ROOT / ".git").exists():
        return __version__
    commit = _git("describe", "--always")
    changed = " with changes" if _git("status", "--porcelain", "src", "benchmarks") else ""
    return f"{__version__} at {commit}{changed}"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def machine() -> dict[str, Any]:
    """Return what a figure of speed is not to be told without."""
    return {
        "processor": this_machine("cpu").processor,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "torch": torch.__version__,
        "vicinal": version(),
    }


def main(title: str, measure: Callable[[], Rows], *, spread: str = "quartiles", note: str = "") -> None:
    """Run a benchmark on one thread, print its table, and write it where ``--json`` says.

    Args:
        title: what is timed and what it is related to.
        measure: does it.
        spread: what the ends of the rows' spread are, in words.
        note: what stands below the table.
    """
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    where, table = machine(), measure()
    print(title)
    print(f"one thread · {where['cores']} cores · load {where['load']:.1f} · torch {where['torch']}\n")
    names = {name: f"{name} ({row.remark})" if row.remark else name for name, row in table.items()}
    width = max(map(len, names.values()))
    print(f"{'':{width}}        median  found ({spread})")
    for name, row in table.items():
        own = "" if row.seconds is None else f"{row.seconds * 1e3:.3f} ms"
        print(f"{names[name]:{width}}  {own:>12}  {row.told}")
    if note:
        print(f"\n{note}")
    if arguments.json:
        rows = {name: asdict(row) for name, row in table.items()}
        kept = {"title": title, "machine": where, "spread": spread, "note": note, "table": rows}
        arguments.json.write_text(json.dumps(kept, indent=1))
