"""Figure 1(b): p(class 1) over the plane, one panel a method, with the training points on it."""

import math
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from vicinal.experiments import Plane, Planes
from vicinal.report._canvas import Canvas, shortened
from vicinal.report._diverging import diverging
from vicinal.report._dots import dots
from vicinal.report._style import LIGHT

# Lengths are in points.
_LEFT: Final = 22.0
_GAP: Final = 14.0
_TITLE: Final = 18.0
_TICKS: Final = 26.0
_LINE: Final = 11.5
_SCALE: Final = 40.0
_LARGEST: Final = 200.0
_LONGEST: Final = 130.0
_BROAD: Final = 400.0
_MOST: Final = 4
_HEAD: Final = 9.0

_DOT: Final = 2.2
_DOTS: Final = ("#08446f", "#8f3f00")
_HALF: Final = "#1b1c20"  # dark in the dark too, as the panels stay light: not one of the style's colours


def draw_planes(picture: Planes, width: float) -> Figure:
    """Draw the panels side by side, or one below the other with their notes beside them where that is too narrow.

    Args:
        picture: the panels; all share one scale of probability.
        width: width of the figure in points.
    """
    return _side_by_side(picture, width) if width >= _BROAD else _stacked(picture, width)


def _side_by_side(picture: Planes, width: float) -> Figure:
    panels = picture.panels
    across = min(len(panels), _MOST)
    side = min((width - _LEFT + _GAP) / across - _GAP, _LARGEST)
    tall = side * max(_tallness(panel) for panel in panels)
    each = _TITLE + tall + _TICKS + _LINE * max(len(_lines(panel)) for panel in panels)
    canvas = Canvas(width, each * math.ceil(len(panels) / across) + _SCALE)
    for index, panel in enumerate(panels):
        row, column = divmod(index, across)
        left, top = _LEFT + column * (side + _GAP), row * each + _TITLE
        canvas.words(shortened(panel.title, _HEAD, side + _GAP), left, top - 8.0, size=_HEAD)
        _draw(canvas.axes(left, top, side, tall), panel, ticks=column == 0)
        _write(canvas, panel, left, top + tall + _TICKS)
    _draw_scale(canvas, _LEFT, min(side, _LONGEST))
    return canvas.figure


def _stacked(picture: Planes, width: float) -> Figure:
    panels = picture.panels
    side = 0.58 * (width - _LEFT)
    beside = _LEFT + side + 10.0
    heights = [side * _tallness(panel) for panel in panels]
    canvas = Canvas(width, sum(heights) + _GAP * (len(panels) - 1) + _TICKS + _SCALE)
    top = 2.0
    for index, (panel, tall) in enumerate(zip(panels, heights, strict=True)):
        canvas.words(shortened(panel.title, _HEAD, width - beside), beside, top + 9.0, size=_HEAD)
        _draw(canvas.axes(_LEFT, top, side, tall), panel, ticks=index == len(panels) - 1)
        _write(canvas, panel, beside, top + 18.0)
        top += tall + _GAP
    _draw_scale(canvas, _LEFT, min(side, _LONGEST))
    return canvas.figure


def _write(canvas: Canvas, panel: Plane, left: float, top: float) -> None:
    for row, line in enumerate(_lines(panel)):
        canvas.words(line, left, top + _LINE * (row + 0.5), colour="quiet")


def _lines(panel: Plane) -> list[str]:
    return [line for note in panel.notes for line in note.split(" · ")]


def _tallness(panel: Plane) -> float:
    left, right, bottom, top = panel.extent
    return (top - bottom) / (right - left)


def _draw(axes: Axes, panel: Plane, *, ticks: bool) -> None:
    axes.imshow(
        panel.probability,
        extent=panel.extent,
        origin="lower",
        cmap=diverging(),
        vmin=0.0,
        vmax=1.0,
        interpolation="bilinear",
        aspect="auto",
    )
    if panel.probability.min() < 0.5 < panel.probability.max():
        axes.contour(panel.probability, [0.5], extent=panel.extent, origin="lower", colors=_HALF, linewidths=0.9)
    for label, colour in enumerate(_DOTS):
        breadth = panel.extent[1] - panel.extent[0]
        axes.add_patch(dots(panel.points[panel.labels == label], breadth=breadth, colour=colour, size=_DOT))
    axes.set(xlim=panel.extent[:2], ylim=panel.extent[2:])
    if ticks:
        axes.xaxis.set_major_locator(MultipleLocator(1))
        axes.yaxis.set_major_locator(MultipleLocator(1))
        axes.tick_params(length=0, pad=3)
        axes.set_xlabel("x₁", loc="right", labelpad=-7)
        axes.set_ylabel("x₂", loc="top", labelpad=-2, rotation=0)
    else:
        axes.set(xticks=[], yticks=[])


def _draw_scale(canvas: Canvas, left: float, width: float) -> None:
    axes = canvas.axes(left, canvas.height - 20.0, width, 6.0)
    axes.imshow(np.linspace(0.0, 1.0, 256)[None], extent=(0, 1, 0, 1), aspect="auto", cmap=diverging())
    axes.axvline(0.5, color=_HALF, linewidth=0.9)
    axes.set(yticks=[], xticks=[0.0, 0.5, 1.0], xticklabels=["0", "½", "1"])
    axes.tick_params(length=0, pad=2, labelcolor=LIGHT["quiet"])
    canvas.words("p(class 1)", left, canvas.height - 24.0, colour="quiet")
