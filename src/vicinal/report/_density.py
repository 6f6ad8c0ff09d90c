"""The law of the shares: the density of Beta(α, α), with the shares that were drawn."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from vicinal.report._axis import Axis, dress, vertical
from vicinal.report._canvas import Canvas, breadth
from vicinal.report._style import LIGHT, token

# Lengths are in points.
_ABOVE: Final = 29.0
_BELOW: Final = 26.0
_DRAWN: Final = 9.0
_HEAD: Final = 9.0
_SIZE: Final = 8.0

_EDGE: Final = 0.01
"""The density of a small α has no bound at 0 and 1; so far from them it is drawn."""


def draw_density(
    canvas: Canvas, box: tuple[float, float, float, float], alpha: float, drawn: NDArray[np.float64]
) -> None:
    """Draw the density over λ, and a stroke at its foot for each λ that was drawn.

    Args:
        canvas: the figure.
        box: left, top, width and height of the panel with its titles, in points.
        alpha: parameter of the law, in (0, inf).
        drawn: what was drawn, in [0, 1].
    """
    left, top, width, height = box
    at = np.linspace(_EDGE, 1.0 - _EDGE, 197)
    density = stats.beta.pdf(at, alpha, alpha)
    up = vertical([0.0, *density])
    room = 6.0 + max(breadth(text, _SIZE) for text in up.texts)
    tall = height - _ABOVE - _BELOW
    axes = canvas.axes(left + room, top + _ABOVE, width - room - 4.0, tall)
    dress(axes, Axis(0.0, 1.0, (0.0, 0.5, 1.0)), up)
    colour = LIGHT[token("mixup", alpha)]
    axes.fill_between(at, density, facecolor=colour, alpha=0.16, linewidth=0.0)
    axes.plot(at, density, color=colour, linewidth=1.4)
    axes.vlines(drawn, 0.0, up.high * _DRAWN / tall, color=LIGHT["ink"], linewidth=1.1, zorder=3, clip_on=False)
    canvas.words(f"λ from Beta({alpha:g}, {alpha:g})", left, top + 9.0, size=_HEAD)
    canvas.words("density; strokes: λ as drawn", left, top + 21.0, colour="quiet", size=_SIZE)
    canvas.words("λ", left + width - 4.0, top + height - 2.0, colour="quiet", size=_SIZE, anchor="right")
