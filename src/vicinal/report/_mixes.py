"""Mixed examples: each beside the two that went into it, with their shares beneath, and the law that λ follows."""

import math
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vicinal.experiments import Mixes
from vicinal.report._canvas import Canvas, breadth, shortened
from vicinal.report._density import draw_density
from vicinal.report._style import LIGHT

# Lengths are in points.
_BROAD: Final = 400.0
_BESIDE: Final = 132.0
_DENSITY: Final = 150.0
_GAP: Final = 12.0
_BETWEEN: Final = 15.0
_CLOSE: Final = 3.0
_STRIPE: Final = 2.2
_LAM: Final = 12.0
_BAR: Final = 5.0
_LINE: Final = 10.4
_SIZE: Final = 8.0
_SHARPNESS: Final = 150 / 72
"""Dots a point of images whose pixels are not shown one by one."""
_FEW: Final = 32

FIRST: Final = "real"
SECOND: Final = "generated"
"""The colours of the two shares: those of the two classes in Figure 1(b)."""


def draw_mixes(picture: Mixes, width: float) -> Figure:
    """Draw the examples in rows, four across or two on a phone, and the density of λ beside or below them.

    Args:
        picture: the examples, at least one.
        width: width of the figure in points.
    """
    broad = width >= _BROAD
    law = picture.alpha is not None
    room = width - (_BESIDE + 2 * _GAP if law and broad else 0.0)
    across = 4 if broad else 2
    cell = (room + _GAP) / across - _GAP
    lines = _lines(picture, cell)
    tall = _mixed_size(picture, cell)[1] + _LAM + _BAR + lines * _LINE + 3.0
    rows = math.ceil(len(picture.lam) / across)
    height = rows * (tall + _BETWEEN) - _BETWEEN
    below = _BETWEEN + 0.7 * _DENSITY if law and not broad else 0.0
    canvas = Canvas(width, max(height, _DENSITY if law and broad else 0.0) + below)
    for index in range(len(picture.lam)):
        row, column = divmod(index, across)
        _draw(canvas, picture, index, (column * (cell + _GAP), row * (tall + _BETWEEN)), cell, lines)
    if picture.alpha is not None:
        box = (width - _BESIDE, 0.0, _BESIDE, min(height, 220.0)) if broad else (0.0, height + _BETWEEN, width, 105.0)
        draw_density(canvas, box, picture.alpha, picture.lam)
    return canvas.figure


def _mixed_size(picture: Mixes, cell: float) -> tuple[float, float]:
    """Return width and height of the mixed example within its cell; the two others stand left of it, half as large."""
    if picture.mixed.ndim == 2:
        return cell, 0.62 * cell
    high, wide = picture.mixed.shape[2:]
    tallness = min(max(high / wide, 0.5), 2.0)
    size = (cell - _STRIPE - _CLOSE + 0.5 * _CLOSE / tallness) / 1.5
    return size, size * tallness


def _lines(picture: Mixes, cell: float) -> int:
    """Return 1 where both names of every example stand beside each other, else 2."""
    return 1 if all(breadth(f"{one}  {other}", _SIZE) <= cell for one, other in picture.names) else 2


def _draw(canvas: Canvas, picture: Mixes, index: int, corner: tuple[float, float], cell: float, lines: int) -> None:
    left, top = corner
    size, tall = _mixed_size(picture, cell)
    if picture.mixed.ndim == 4:
        half = 0.5 * (tall - _CLOSE)
        wide = cell - size - _CLOSE - _STRIPE
        for number, (source, colour) in enumerate(((picture.first, FIRST), (picture.second, SECOND))):
            y = top + number * (half + _CLOSE)
            canvas.box(left, y, _STRIPE, half, colour=colour)
            _image(canvas.axes(left + _STRIPE, y, wide, half), source[index], half)
        _image(canvas.axes(left + cell - size, top, size, tall), picture.mixed[index], tall)
    else:
        _rows(canvas.axes(left, top, size, tall), picture, index)
    lam, (one, other) = float(picture.lam[index]), picture.names[index]
    below = top + tall + _LAM
    canvas.words(f"λ = {lam:.2f}", left, below - 3.0, size=_SIZE)
    canvas.box(left, below, cell * lam, _BAR, colour=FIRST)
    canvas.box(left + cell * lam, below, cell * (1 - lam), _BAR, colour=SECOND)
    baseline = below + _BAR + 9.0
    canvas.words(shortened(one, _SIZE, cell), left, baseline, size=_SIZE)
    second = shortened(other, _SIZE, cell)
    canvas.words(second, left + cell, baseline + (lines - 1) * _LINE, size=_SIZE, anchor="right")


def _image(axes: Axes, image: NDArray[np.uint8], tall: float) -> None:
    """Show an image: pixel by pixel where it has few, else smoothly and as sharp as it is printed."""
    few = image.shape[1] <= _FEW and 2 * image.shape[1] <= _SHARPNESS * tall
    shown = np.broadcast_to(image, (3, *image.shape[1:])).transpose(1, 2, 0)
    axes.imshow(shown, interpolation="none" if few else "auto", aspect="equal")
    axes.set(xticks=[], yticks=[])


def _rows(axes: Axes, picture: Mixes, index: int) -> None:
    """Draw rows of a table as lines over their columns, each column from its least to its greatest value."""
    both = np.concatenate([picture.first, picture.second]).astype(np.float64)
    low, high = np.nanmin(both, axis=0), np.nanmax(both, axis=0)
    breadths = np.where(high > low, high - low, 1.0)
    drawn = ((picture.first, FIRST, 1.0), (picture.second, SECOND, 1.0), (picture.mixed, "ink", 1.5))
    for rows, colour, width in drawn:
        scaled = (rows[index] - low) / breadths
        axes.plot(scaled, color=LIGHT[colour], linewidth=width, marker="" if len(scaled) > 1 else "o", markersize=3.2)
    axes.set(xticks=[], yticks=[], ylim=(-0.05, 1.05))
