"""Paired gains of several methods on several groups: a dot with its interval for each, against one method at zero."""

import itertools
import math
from collections.abc import Iterable
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vicinal.experiments import Gain, Gains
from vicinal.report._canvas import Canvas, breadth, shortened
from vicinal.report._style import LIGHT, token

# Lengths are in points.
_ROW: Final = 13.0
_BETWEEN: Final = 10.0
_TOP: Final = 16.0
_BOTTOM: Final = 32.0
_RIGHT: Final = 8.0
_BROAD: Final = 400.0
_NAME: Final = 9.0
_METHOD: Final = 8.0


def draw_gains(picture: Gains, width: float) -> Figure:
    """Draw a row for each gain, those of a group together, all on one scale with better to the right.

    Args:
        picture: the gains; those of a group follow each other.
        width: width of the figure in points; where it is a phone's, a group's name stands above its rows.
    """
    groups = [list(gains) for _, gains in itertools.groupby(picture.gains, key=lambda gain: gain.group)]
    broad = width >= _BROAD
    above = 0.0 if broad else _ROW + 2.0
    names = _room((gain.group for gain in picture.gains), _NAME, 0.3 * width) if broad else 0.0
    methods = _room((gain.method for gain in picture.gains), _METHOD, (0.25 if broad else 0.45) * width)
    indent = names + 14.0 if broad else 0.0
    left = indent + methods + 8.0
    tall = sum(_BETWEEN + above + _ROW * len(gains) for gains in groups)
    canvas = Canvas(width, _TOP + tall + _BOTTOM)
    axes = canvas.axes(left, _TOP, width - left - _RIGHT, tall)
    axes.set_ylim(tall, 0.0)
    y = 0.0
    for gains in groups:
        canvas.rule(_TOP + y)
        y += 0.5 * _BETWEEN + above
        name = shortened(gains[0].group, _NAME, names if broad else width)
        canvas.words(name, 0.0, _TOP + y - above + 9.6, size=_NAME)
        for gain in gains:
            canvas.words(shortened(gain.method, _METHOD, methods), indent, _TOP + y + 9.4, colour="quiet", size=_METHOD)
            _dot(axes, gain, y + 0.5 * _ROW)
            y += _ROW
        y += 0.5 * _BETWEEN
    canvas.rule(_TOP + y)
    against = shortened(picture.against, _METHOD, 0.3 * width)
    _scale(axes, picture, against)
    label = f"gain over {against} ({picture.unit}): better to the right"
    canvas.words(label, width, canvas.height - 4.0, colour="quiet", size=_METHOD, anchor="right")
    return canvas.figure


def _room(texts: Iterable[str], size: float, most: float) -> float:
    return min(max(breadth(text, size) for text in texts), most)


def _dot(axes: Axes, gain: Gain, y: float) -> None:
    effect, colour = gain.effect, LIGHT[token(gain.method, gain.alpha)]
    known = math.isfinite(effect.low) and math.isfinite(effect.high)
    if known:
        axes.plot([effect.low, effect.high], [y, y], color=colour, linewidth=1.4)
    axes.plot([effect.mean], [y], "o", markersize=4.6, color=colour, fillstyle="full" if known else "none")


def _scale(axes: Axes, picture: Gains, against: str) -> None:
    effects = [gain.effect for gain in picture.gains]
    ends = [end for effect in effects for end in (effect.low, effect.mean, effect.high) if math.isfinite(end)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    margin = 0.04 * (high - low) or 1.0
    axes.set(xlim=(low - margin, high + margin), yticks=[])
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.tick_params(length=0, pad=4)
    axes.axvline(0.0, color=LIGHT["erm"], linewidth=0.9, zorder=0)
    axes.annotate(against, (0.0, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 4), textcoords="offset points",
                  ha="center", color=LIGHT["erm"], size=_METHOD)  # fmt: skip
