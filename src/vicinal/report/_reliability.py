"""A reliability diagram: how often a net is right over how sure it is, and how many answers stand behind each dot."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vicinal.experiments import Reliability
from vicinal.report._axis import Axis, dress, vertical
from vicinal.report._canvas import Canvas, breadth, shortened
from vicinal.report._style import LIGHT

# Lengths are in points.
_BROAD: Final = 400.0
_GAP: Final = 26.0
_BELOW: Final = 18.0
_TOP: Final = 31.0
_TICKS: Final = 26.0
_RIGHT: Final = 9.0
_MOST: Final = 208.0
_LOW: Final = 96.0
"""Height of the lower panel where the two stand below each other."""
_HEAD: Final = 9.0
_SIZE: Final = 8.0
_DOTS: Final = (2.4, 9.0)
"""Diameters of the dot of hardly any and of all answers."""
_PERCENT: Final = Axis(0.0, 100.0, (0.0, 20.0, 40.0, 60.0, 80.0, 100.0))


def draw_reliability(picture: Reliability, width: float) -> Figure:
    """Draw the diagram, and beside it, or on a phone below, the number of answers over how sure they are.

    Args:
        picture: the bins.
        width: width of the figure in points.
    """
    broad = width >= _BROAD
    each = (width - _GAP) / 2 if broad else width
    up = vertical([0.0, *picture.count.tolist()])
    left = 6.0 + max(breadth(text, _SIZE) for text in (*_PERCENT.texts, *up.texts))
    side = min(each - left - _RIGHT, _MOST)
    first = _TOP + side + _TICKS
    second, height = ((each + _GAP, 0.0), side) if broad else ((0.0, first + _BELOW), _LOW)
    canvas = Canvas(width, first if broad else first + _BELOW + _TOP + _LOW + _TICKS)
    axes = _panel(canvas, (0.0, 0.0), left, (side, side), _PERCENT, "Right answers, %")
    _diagram(axes, picture)
    _name_the_sides(canvas, axes)
    axes = _panel(canvas, second, left, (side, height), up, "Number of answers")
    _numbers(axes, picture)
    _means(canvas, axes, picture, top=second[1] + _TOP)
    return canvas.figure


def _panel(
    canvas: Canvas, corner: tuple[float, float], left: float, size: tuple[float, float], up: Axis, title: str
) -> Axes:
    (x, y), (width, height) = corner, size
    axes = canvas.axes(x + left, y + _TOP, width, height)
    dress(axes, _PERCENT, up)
    canvas.words(shortened(title, _HEAD, left + width), x, y + 9.0, size=_HEAD)
    canvas.words("sure, %", x + left + width, y + _TOP + height + 24.0, colour="quiet", anchor="right")
    return axes


def _diagram(axes: Axes, picture: Reliability) -> None:
    """Draw a dot a bin, larger with its answers, the interval of its accuracy, and how far it is from the diagonal."""
    axes.plot([0.0, 100.0], [0.0, 100.0], color=LIGHT["quiet"], linewidth=0.8, linestyle=(0, (4.0, 2.0)))
    filled = picture.count > 0
    sure, right, low, high = (
        100 * each[filled] for each in (picture.confidence, picture.accuracy, picture.low, picture.high)
    )
    sizes = np.interp(np.sqrt(picture.count[filled] / picture.count.sum()), (0.0, 1.0), _DOTS)
    axes.vlines(sure, right, sure, color=LIGHT["generated"], linewidths=sizes, alpha=0.5, capstyle="butt")
    axes.vlines(sure, low, high, color=LIGHT["real"], linewidth=0.8)
    axes.scatter(sure, right, s=sizes**2, color=LIGHT["real"], linewidths=0.0, zorder=3, clip_on=False)


def _name_the_sides(canvas: Canvas, axes: Axes) -> None:
    """Say what it means to be above and below the diagonal."""
    left, top = canvas.place(axes, 0.0, 100.0)
    right, bottom = canvas.place(axes, 100.0, 0.0)
    canvas.words("right more often than sure", left + 5.0, top + 12.0, colour="quiet")
    canvas.words("surer than right", right - 4.0, bottom - 6.0, colour="quiet", anchor="right")


def _numbers(axes: Axes, picture: Reliability) -> None:
    edges = np.linspace(0.0, 100.0, len(picture.count) + 1)
    axes.bar(edges[:-1], picture.count, width=np.diff(edges), align="edge", color=LIGHT["quiet"], alpha=0.4,
             edgecolor=LIGHT["paper"], linewidth=0.8)  # fmt: skip


def _means(canvas: Canvas, axes: Axes, picture: Reliability, *, top: float) -> None:
    """Mark how sure the answers are on average and how many are right, each with its name above the panel."""
    marks = [(100 * picture.sure, "sure", "generated"), (100 * picture.right, "right", "real")]
    leftwards = sum(value for value, _, _ in marks) > 100
    for row, (value, word, colour) in enumerate(sorted(marks, reverse=leftwards)):
        place, bottom = canvas.place(axes, value, 0.0)
        baseline = top - 13.0 + 10.0 * row
        canvas.line([(place, bottom), (place, baseline - 7.0)], colour=colour, width=1.3)
        text, away = f"{value:.1f} % {word}", -3.5 if leftwards else 3.5
        canvas.words(text, place + away, baseline, anchor="right" if leftwards else "left")
