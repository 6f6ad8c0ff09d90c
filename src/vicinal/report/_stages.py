"""Figure 5: what a generator makes as its training goes on; a row a method, a column a step, one pair of axes."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from vicinal.experiments import Sampled, Stages
from vicinal.report._canvas import Canvas, shortened
from vicinal.report._dots import dots
from vicinal.report._style import LIGHT

# Lengths are in points.
_GAP: Final = 7.0
_LEAST: Final = 78.0
_LARGEST: Final = 130.0
_LEFT: Final = 14.0
_LABEL: Final = 13.0
_STEP: Final = 11.0
_BETWEEN: Final = 9.0
_TICKS: Final = 13.0
_HEAD: Final = 9.0
_SIZE: Final = 8.0
_DOT: Final = 1.5
_TINT: Final = 0.3
"""How opaque the ground is where the discriminator is sure."""


def draw_stages(picture: Stages, width: float) -> Figure:
    """Draw the panels, of as many steps as have room, the first and the last among them.

    Args:
        picture: the panels, at least one.
        width: width of the figure in points.
    """
    room = width - _LEFT
    across = min(len(picture.steps), max(1, int((room + _GAP) / (_LEAST + _GAP))))
    columns = np.unique(np.linspace(len(picture.steps) - 1, 0, across).round().astype(int)).tolist()
    side = min((room + _GAP) / across - _GAP, _LARGEST)
    left, right, bottom, top = picture.extent
    tall = side * (top - bottom) / (right - left)
    each = _LABEL + _STEP + tall + _BETWEEN
    canvas = Canvas(width, each * len(picture.rows) - _BETWEEN + _TICKS)
    for number, row in enumerate(picture.rows):
        above = number * each
        canvas.words(shortened(row.label, _HEAD, room), _LEFT, above + 9.0, size=_HEAD)
        for place, column in enumerate(columns):
            beside, start = _LEFT + place * (side + _GAP), above + _LABEL + _STEP
            canvas.words(f"step {picture.steps[column]:,}", beside, start - 3.5, colour="quiet", size=_SIZE)
            if row.notes:
                note = row.notes[column]
                canvas.words(note, beside + side, start - 3.5, colour="quiet", size=_SIZE, anchor="right")
            last = number == len(picture.rows) - 1 and place == 0
            _draw(canvas.axes(beside, start, side, tall), picture, row, column, ticks=last)
    return canvas.figure


def _draw(axes: Axes, picture: Stages, row: Sampled, column: int, *, ticks: bool) -> None:
    left, right, bottom, top = picture.extent
    axes.patch.set(visible=True, facecolor="none", edgecolor=LIGHT["rule"], linewidth=0.6)
    if row.surfaces is not None:
        ground = tinted(row.surfaces[column])
        axes.imshow(ground, extent=picture.extent, origin="lower", interpolation="none", aspect="auto")
    for points, colour in ((picture.real, "real"), (row.samples[column], "generated")):
        seen = points[within(points, picture.extent)]
        axes.add_patch(dots(seen, breadth=right - left, colour=LIGHT[colour], size=_DOT))
    axes.set(xlim=(left, right), ylim=(bottom, top))
    if ticks:
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10], prune="both"))
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10], prune="both"))
        axes.tick_params(length=0, pad=2, labelcolor=LIGHT["quiet"], labelsize=_SIZE)
    else:
        axes.set(xticks=[], yticks=[])


def within(points: NDArray[np.float32], extent: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Tell which points (N, 2) lie within left, right, bottom, top."""
    left, right, bottom, top = extent
    x, y = points.T
    return (left <= x) & (x <= right) & (bottom <= y) & (y <= top)


def tinted(surface: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return a ground, RGBA (H, W, 4), for a probability of "real": blue above ½, orange below, clear at it."""
    sure = 2 * np.nan_to_num(surface.astype(np.float64), nan=0.5) - 1
    colours = np.where(sure[..., None] > 0, to_rgb(LIGHT["real"]), to_rgb(LIGHT["generated"]))
    return np.concatenate([colours, _TINT * np.abs(sure)[..., None]], axis=-1)
