"""The figure of all measured speeds: a dot a form with its spread, and the memory's own speed as a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from _goals import LARGE, SMALL, Found
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vicinal.report._style import LIGHT, WIDE, style

Rows = Mapping[str, Mapping[str, Any]]

LINE, ABOVE, BELOW = 11.5, 17.0, 20.0
"""Points: the height of a row, and what a panel has above its rows and below them."""
NAMES, VALUES, GAP = 146.0, 32.0, 10.0
"""Points: the width of the rows' names, that of their values, and what lies between two columns."""
DIGITS = (1,), (1, 2, 5), range(1, 10)
"""With which the labels of an axis begin: coarse, middle, fine."""
THEIRS = (
    "clone",
    "torchvision",
    "timm",
    "kornia",
    "fastai's form",
    "authors' form",
    "picture by picture",
    "usual style",
    "import torch",
)
"""How the names of those rows end that are not ours."""


@dataclass(frozen=True)
class Panel:
    """A part of a benchmark's table.

    Args:
        title: what its values are.
        benchmark: whose they are.
        column: where it stands in a broad window, 0 or 1.
        prefix: how the names of its rows begin.
        unit: of its rows.
    """

    title: str
    benchmark: str
    column: int
    prefix: str = ""
    unit: str = ""

    def rows(self, found: Found) -> Rows:
        """Return its rows by name, without those that are one of its lines and those that relate two of the others."""
        table = found.get(self.benchmark, {"table": {}})["table"]
        return {
            name.removeprefix(self.prefix).lstrip(): row
            for name, row in table.items()
            if name.startswith(self.prefix) and row["unit"] == self.unit and " / " not in name and not _line(row)
        }


PANELS = (
    Panel(f"A mixup call, {SMALL}; a copy = 1", "mixing", 0, SMALL),
    Panel(f"A mixup call, {LARGE}; a copy = 1", "mixing", 1, LARGE),
    Panel(f"uint8 to mixed floats, {SMALL}; a copy = 1", "images", 0, SMALL),
    Panel(f"uint8 to mixed floats, {LARGE}; a copy = 1", "images", 1, LARGE),
    Panel("The loss; two cross-entropies = 1", "loss", 0),
    Panel("Peak memory of the loss; the logits = 1", "loss", 0, unit="logit sizes"),
    Panel("Feeding 1,000 pictures; whole batches = 1", "feeding", 1),
    Panel("An epoch of the small net; this loop = 1", "usual_style", 1),
    Panel("A training step; ERM's = 1", "training_step", 1),
    Panel("Replica-steps a second; a plain loop's = 1", "replicas", 0),
    Panel("Starting a process, ms", "starting", 1, unit="ms"),
)


def figure(found: Found, width: float) -> Figure:
    """Draw all panels that have rows, in two columns where the width in points is enough."""
    shown = [(panel, rows) for panel in PANELS if (rows := panel.rows(found))]
    broad = width >= WIDE
    columns = [[each for each in shown if each[0].column == column] for column in (0, 1)] if broad else [shown]
    height = max(sum(_height(rows) for _, rows in column) for column in columns)
    across = (width - GAP * (len(columns) - 1)) / len(columns)
    with style():
        drawn = Figure(figsize=(width / 72, height / 72))
        for number, column in enumerate(columns):
            left, top = number * (across + GAP), height
            for panel, rows in column:
                plotted = LINE * len(rows)
                place = left + NAMES, top - ABOVE - plotted, across - NAMES - VALUES, plotted
                axes = drawn.add_axes((place[0] / width, place[1] / height, place[2] / width, place[3] / height))
                drawn.text(left / width, (top - 9) / height, panel.title, color=LIGHT["ink"], fontsize=9)
                _draw(axes, rows, ratio=not panel.unit)
                top -= _height(rows)
    return drawn


def number(value: float) -> str:
    """Return a number with three digits, and never as a power of ten."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _height(rows: Rows) -> float:
    return ABOVE + LINE * len(rows) + BELOW


def _line(row: Mapping[str, Any]) -> bool:
    """Tell whether a row is what the others are related to, or the memory's own speed."""
    return row["low"] == row["high"] == 1 or row["value"] == row["memory"]


def _draw(axes: Axes, rows: Rows, *, ratio: bool) -> None:
    if ratio:
        axes.axvline(1, color=LIGHT["rule"], linewidth=1)
    for place, (name, row) in enumerate(rows.items()):
        colour = LIGHT["erm" if name.endswith(THEIRS) else "mixup-4"]
        if row["memory"] is not None:
            axes.vlines(row["memory"], place - 0.5, place + 0.5, color=LIGHT["real"], linewidth=1)
        axes.hlines(place, row["low"], row["high"], color=colour, linewidth=1.2)
        axes.plot(row["value"], place, "o", color=colour, markersize=3.5, markeredgewidth=0)
        end = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "ha": "right", "va": "center"}
        axes.annotate(number(row["value"]), (1, place), (VALUES - 2, 0), color=LIGHT["ink"], **end)
    axes.set_yticks(range(len(rows)), list(rows), color=LIGHT["ink"])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xscale("log")
    _scale(axes, [row[key] for row in rows.values() for key in ("value", "low", "high", "memory")] + [1.0] * ratio)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_facecolor("none")


def _scale(axes: Axes, told: Sequence[float | None]) -> None:
    """Let a logarithmic axis hold all values above 0, with few ticks whose labels have no powers."""
    values = [value for value in told if value is not None and value > 0]
    low, high = min(values) / 1.15, max(values) * 1.15
    decades, middle, fine = (
        [tick for power in range(-4, 6) for digit in digits if low <= (tick := digit * 10.0**power) <= high]
        for digits in DIGITS
    )
    ticks = middle if 0 < len(middle) <= 3 else decades or fine
    axes.set_xlim(low, high)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
