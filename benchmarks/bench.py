"""Every benchmark one after the other, each in a process of its own: docs/speed.json, docs/speed.md, a figure.

    make bench

Every row is a ratio whose two forms took turns in random order in one process on one thread; a goal is met where the
median is. Run it on a quiet machine: the load that each process found is kept beside its figures.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _others import LARGE, SMALL
from matplotlib.figure import Figure

from vicinal.report._style import LIGHT, style

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
FILES = ("mixing", "images", "loss", "feeding", "replicas", "training_step", "usual_style", "starting")


@dataclass(frozen=True)
class Goal:
    """A bound of the ratio of a row: at most, or at least where more is better."""

    bound: float
    least: bool = False

    def met(self, ratio: float) -> bool:
        """Tell whether a ratio is within the bound."""
        return ratio >= self.bound if self.least else ratio <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.bound:g}"


GOALS: Mapping[tuple[str, str], Goal] = {
    ("mixing", f"{SMALL} in place, halves"): Goal(2.2),
    ("mixing", f"{SMALL} in place, halves, the mixing alone"): Goal(1.3),
    ("mixing", f"{LARGE} in place, halves"): Goal(0.85),
    ("mixing", f"{LARGE} in place, halves, the mixing alone"): Goal(0.75),
    ("mixing", f"{LARGE} in place, halves, compiled"): Goal(0.55),
    ("loss", "K = 10"): Goal(0.92),
    ("loss", "K = 100"): Goal(0.85),
    ("loss", "K = 1000"): Goal(0.65),
    ("replicas", "  8 replicas, ERM"): Goal(4, least=True),
    ("replicas", " 32 replicas, ERM"): Goal(5.5, least=True),
    ("replicas", "128 replicas, ERM"): Goal(6, least=True),
}
"""The goals that are a bound of one row; those that relate two rows of ``mixing`` are in :func:`against_others`."""
OURS = ("in place, halves", "new tensor, permutation")
OTHERS = ("torchvision", "timm", "kornia", "fastai's form", "authors' form")


def measured(name: str) -> dict[str, Any]:
    """Run one benchmark and return what it found."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "found.json"
        subprocess.run([sys.executable, str(HERE / f"{name}.py"), "--json", str(kept)], check=True)
        return json.loads(kept.read_text())


def against_others(table: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, float, Goal]]:
    """Yield how often our forms go into the fastest other library's, and into torchvision's, with their goals."""
    for size, times in ((LARGE, 8), (SMALL, 2)):
        ratio = {form: table[f"{size} {form}"]["ratio"] for form in (*others_in(table, size), *OURS)}
        fastest = min(others_in(table, size), key=ratio.__getitem__)
        yield (
            f"{size} {fastest}, the fastest other / in place",
            ratio[fastest] / ratio[OURS[0]],
            Goal(times, least=True),
        )
        yield f"{size} a new tensor / torchvision", ratio[OURS[1]] / ratio["torchvision"], Goal(0.6)


def others_in(table: Mapping[str, object], size: str) -> list[str]:
    """Return the other libraries that were there to be timed."""
    return [name for name in OTHERS if f"{size} {name}" in table]


def page(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the page of measured speeds, in Markdown."""
    machine = found["mixing"]["machine"]
    loads = ", ".join(f"{each['machine']['load']:.1f}" for each in found.values())
    lines = [
        "# Measured speeds",
        "",
        "What a mix, a loss, a step cost beside what others do, as ratios. The forms of a table took turns in random "
        "order in one process on one thread; shown are the median of the paired ratios and its spread. `make bench` "
        "makes this page.",
        "",
        f"{machine['processor']}, {machine['cores']} cores, torch {machine['torch']}; load when each table began: "
        f"{loads}.",
        "",
        "![Time of one mixup call by form, in copies of the batch](figures/speed.svg)",
    ]
    for name, each in found.items():
        lines += [
            "",
            f"## {each['title']}",
            "",
            f"| form | median | ratio ({each['spread']}) | goal |",
            "|---|---|---|---|",
        ]
        for row, figures in each["table"].items():
            span = f"{figures['ratio']:.3g} ({figures['low']:.3g} to {figures['high']:.3g})"
            goal = judged(figures["ratio"], GOALS.get((name, row)))
            lines.append(f"| {row.strip()} | {1e3 * figures['seconds']:.3g} ms | {span} | {goal} |")
        further = against_others(each["table"]) if name == "mixing" else ()
        lines += [f"| {row} | | {ratio:.3g} | {judged(ratio, goal)} |" for row, ratio, goal in further]
        lines += ["", f"{each['note'][0].upper()}{each['note'][1:]}."] if each["note"] else []
    return "\n".join(lines) + "\n"


def judged(ratio: float, goal: Goal | None) -> str:
    """Return a goal and whether it is met, as the table has it."""
    return "" if goal is None else f"{goal} {'met' if goal.met(ratio) else '**missed**'}"


def figure(table: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw the time of one call by form for both sizes, in copies of the batch: the memory's own speed is the line."""
    with style():
        drawn = Figure(figsize=(7.4, 3.4), layout="constrained")
        for axes, size in zip(drawn.subplots(1, 2), (SMALL, LARGE), strict=True):
            rows = {name.removeprefix(f"{size} "): row for name, row in table.items() if name.startswith(size)}
            rows = dict(sorted(list(rows.items())[1:], key=lambda row: -row[1]["ratio"]))
            colours = [LIGHT["erm"] if name in (*OTHERS, "clone") else LIGHT["mixup-4"] for name in rows]
            axes.barh(list(rows), [row["ratio"] for row in rows.values()], color=colours, height=0.6)
            axes.axvline(1, color=LIGHT["real"], linewidth=1)
            axes.set(xscale="log", xlabel=f"{size}: copies of the batch (line: one copy)")
            axes.spines[["top", "right", "left"]].set_visible(False)
            axes.tick_params(left=False)
    return drawn


def main() -> None:
    """Run the benchmarks asked for, all of them if none is, and write what the site shows of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which, of {', '.join(FILES)}; the others are kept")
    names = parser.parse_args().names or FILES
    kept = DOCS / "speed.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    fresh = {name: measured(name) for name in names}
    found = {name: (known | fresh)[name] for name in FILES if name in known | fresh}
    kept.write_text(json.dumps(found, indent=1) + "\n")
    if "mixing" in found:
        (DOCS / "speed.md").write_text(page(found))
        with style():
            figure(found["mixing"]["table"]).savefig(DOCS / "figures" / "speed.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
