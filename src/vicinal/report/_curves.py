"""Lines over an axis, as in Figures 2 and 3(b): named at their ends, with bands for their spread."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vicinal.experiments import Curve, Curves, Panel
from vicinal.report._axis import Axis, dress, horizontal, vertical
from vicinal.report._canvas import Canvas, breadth, shortened
from vicinal.report._labels import apart
from vicinal.report._style import LIGHT, tokens

# Lengths are in points.
_GAP: Final = 14.0
_BELOW: Final = 14.0
_TITLE: Final = 13.0
_AXIS: Final = 14.0
_MARKED: Final = 11.0
_TICKS: Final = 26.0
_LEAST: Final = (74.0, 104.0)
_TALLEST: Final = 180.0
_TALLNESS: Final = 0.64
_MOST: Final = 3
_NAMES: Final = 0.42
"""Share of a panel's breadth that the names of its lines may take."""
_LEADER: Final = 9.0
_LINE: Final = 10.4
_HEAD: Final = 9.0
_SIZE: Final = 8.0

_DASHES: Final = ("solid", (0, (4.0, 1.6)), (0, (1.0, 1.4)), (0, (6.0, 1.4, 1.0, 1.4)))
"""Lines of one colour in a panel differ in these."""
_FEW: Final = 8
"""Up to so many points are marked as what is measured, the line between them is for the eye."""


@dataclass(frozen=True)
class _Frame:
    """Room for one panel: the numbers left of its lines, the lines, their names right of them; titles above."""

    left: float
    right: float
    titled: float
    marked: float
    width: float
    height: float
    corner: tuple[float, float] = (0.0, 0.0)

    @property
    def edges(self) -> tuple[float, float, float]:
        """Where the lines begin at the left, where they end at the right, where they begin at the top."""
        left, top = self.corner
        return left + self.left, left + self.left + self.width, top + self.titled + _AXIS + self.marked

    @property
    def broad(self) -> float:
        return self.left + self.width + self.right

    @property
    def tall(self) -> float:
        return self.titled + _AXIS + self.marked + self.height + _TICKS

    def at(self, row: int, column: int) -> Self:
        """Return the frame of one panel of many."""
        return replace(self, corner=(column * (self.broad + _GAP), row * (self.tall + _BELOW)))


def draw_curves(picture: Curves, width: float) -> Figure:
    """Draw the panels side by side as far as they have room, the others below.

    Args:
        picture: the panels.
        width: width of the figure in points.
    """
    panels = [panel for panel in picture.panels if known(panel)]
    named = list(
        dict.fromkeys((curve.method or curve.label, curve.alpha) for panel in panels for curve in panel.curves)
    )
    colours = dict(zip(named, tokens(named), strict=True))
    scales = [_up(panel) for panel in panels]
    across, frame = _laid(panels, scales, width)
    canvas = Canvas(width, math.ceil(len(panels) / across) * (frame.tall + _BELOW) - _BELOW)
    for index, (panel, up) in enumerate(zip(panels, scales, strict=True)):
        _draw(canvas, panel, up, frame.at(*divmod(index, across)), colours)
    return canvas.figure


def known(panel: Panel) -> list[Curve]:
    """Return the lines of a panel that have at least one point to be drawn."""
    return [curve for curve in panel.curves if np.isfinite(curve.mean).any()]


def _laid(panels: Sequence[Panel], scales: Sequence[Axis], width: float) -> tuple[int, _Frame]:
    """Return how many panels stand side by side, as many as have room, and how each is laid out."""
    left = 6.0 + max(breadth(text, _SIZE) for up in scales for text in up.texts)
    wanted = 1.0 + _LEADER + max(breadth(curve.label, _SIZE) for panel in panels for curve in known(panel))

    def divided(across: int) -> tuple[float, float]:
        """Return the breadth of a panel's lines and of their names."""
        each = (width + _GAP) / across - _GAP
        right = min(wanted, _NAMES * each)
        return max(each - left - right, 0.0), right

    evenly = [math.ceil(len(panels) / math.ceil(len(panels) / most)) for most in range(min(_MOST, len(panels)), 0, -1)]
    across = next((number for number in evenly if divided(number)[0] >= _LEAST[0]), 1)  # four stand two by two
    room, right = divided(across)
    tall = max(_LEAST[1], min(_TALLNESS * room, _TALLEST), _LINE * max(len(known(panel)) for panel in panels))
    titled = _TITLE if any(panel.title for panel in panels) else 0.0
    marked = _MARKED if any(panel.marks and panel.marked for panel in panels) else 0.0
    return across, _Frame(left, right, titled, marked, room, tall)


def _up(panel: Panel) -> Axis:
    ends = [end for curve in known(panel) for end in (curve.mean, curve.low, curve.high) if end is not None]
    return vertical(np.concatenate(ends), log=panel.log)


def _draw(canvas: Canvas, panel: Panel, up: Axis, frame: _Frame, colours: dict[tuple[str, float | None], str]) -> None:
    curves = known(panel)
    xs = np.concatenate([curve.x[np.isfinite(curve.mean)] for curve in curves])
    along = horizontal(xs, room=frame.width, ticks=panel.ticks, log=panel.x_log)
    left, right, top = frame.edges
    axes = canvas.axes(left, top, frame.width, frame.height)
    dress(axes, along, up)
    _say(canvas, panel, frame)
    _mark(canvas, axes, panel, along, frame)
    seen: Counter[str] = Counter()
    ends = []
    for curve in curves:
        colour = colours[curve.method or curve.label, curve.alpha]
        _line(axes, curve, colour, _DASHES[seen[colour] % len(_DASHES)])
        seen[colour] += 1
        last = int(np.flatnonzero(np.isfinite(curve.mean))[-1])
        end = min(max(float(curve.mean[last]), up.low), up.high)  # a logarithmic axis does not show all values
        ends.append(canvas.place(axes, float(curve.x[last]), end))
    places = apart([y for _, y in ends], gap=_LINE, low=top + 2.0, high=top + frame.height - 1.0)
    for curve, end, place in zip(curves, ends, places, strict=True):
        if not curve.label:
            continue
        colour = colours[curve.method or curve.label, curve.alpha]
        canvas.line([end, (right + _LEADER - 2.5, place)], colour=colour, width=0.7)
        text = shortened(curve.label, _SIZE, frame.right - _LEADER)
        canvas.words(text, right + _LEADER, place + 2.8, size=_SIZE)


def _say(canvas: Canvas, panel: Panel, frame: _Frame) -> None:
    """Write the titles of a panel and of its axes."""
    (left, top), (_, right, start) = frame.corner, frame.edges
    canvas.words(shortened(panel.title, _HEAD, frame.broad), left, top + 9.0, size=_HEAD)
    up = shortened(panel.y, _SIZE, frame.broad)
    canvas.words(up, left, top + frame.titled + 9.0, colour="quiet", size=_SIZE)
    along = shortened(panel.x, _SIZE, frame.left + frame.width)
    canvas.words(along, right, start + frame.height + 24.0, colour="quiet", size=_SIZE, anchor="right")


def _line(axes: Axes, curve: Curve, colour: str, dashes: object) -> None:
    if curve.low is not None and curve.high is not None:
        axes.fill_between(curve.x, curve.low, curve.high, facecolor=LIGHT[colour], alpha=0.16, linewidth=0.0)
    dots = "o" if np.isfinite(curve.mean).sum() <= _FEW else ""
    axes.plot(curve.x, curve.mean, color=LIGHT[colour], linewidth=1.4, linestyle=dashes, marker=dots, markersize=3.2)


def _mark(canvas: Canvas, axes: Axes, panel: Panel, along: Axis, frame: _Frame) -> None:
    """Draw dotted lines where something happens, and say once, above the first of them, what it is."""
    marks = [mark for mark in panel.marks if along.low <= mark <= along.high]
    for mark in marks:
        axes.axvline(mark, color=LIGHT["quiet"], linewidth=0.7, linestyle=(0, (1.0, 2.0)), zorder=0.5)
    if marks and panel.marked:
        _, right, top = frame.edges
        text = shortened(panel.marked, _SIZE, right - frame.corner[0])
        first = canvas.place(axes, marks[0], axes.get_ylim()[0])[0]
        left = max(frame.corner[0], min(first, right - breadth(text, _SIZE)))
        canvas.words(text, left, top - 3.0, colour="quiet", size=_SIZE)
