"""Samples that move as a generator learns: an animated SVG that needs no script; whoever wants no motion sees its end.

A panel's generated points are one path whose form goes over from one step's to the next's, so that it is sharp at any
size and follows the page's colours.
"""

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from vicinal.experiments import Film, Stages
from vicinal.report._canvas import shortened
from vicinal.report._style import LIGHT, NARROW

# Lengths are in points.
_GAP: Final = 8.0
_HEAD: Final = 14.0
_TOP: Final = 18.0
_SIZE: Final = 8.0
_LARGEST: Final = 330.0
"""Width of the film where there is room for more."""
_UNITS: Final = 500
"""Of a panel's breadth, so that places are whole numbers."""
_DOT: Final = 9
_REAL: Final = 7
_DOTS: Final = 160
_FRAMES: Final = 40
_SECONDS: Final = 12.0
_MOVING: Final = 0.88
"""Share of the time after which the last step stands still."""

STYLE: Final = (
    ".film-still { display: none } "
    "@media print, (prefers-reduced-motion: reduce) { .film-still { display: inline } .film-moving { display: none } }"
)
"""What shows either the moving points or those of the last step; the page's own style says the same."""


def film(picture: Film, *, prefix: str, title: str, description: str, style: str = "") -> str:
    """Return a film as an ``<svg>`` element in the page's colours, two panels side by side.

    Args:
        picture: the film, of one step or more.
        prefix: how its ids begin: letters, digits and hyphens that nothing else on the page has.
        title: what it is, for those who cannot see it.
        description: what it shows, for those who cannot see it.
        style: rules that stand in it where no page has them.
    """
    stages = picture.stages
    left, right, bottom, top = stages.extent
    side = (NARROW - _GAP) / 2
    tall = side * (top - bottom) / (right - left)
    height = _TOP + (len(stages.rows) + 1) // 2 * (_HEAD + tall + _GAP) - _GAP
    frames = np.unique(np.linspace(0, len(stages.steps) - 1, _FRAMES).round().astype(int))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {NARROW:g} {height:.1f}" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-text" style="max-width: {_LARGEST:g}pt" font-size="{_SIZE:g}">',
        f'<title id="{prefix}-title">{escape(title)}</title><desc id="{prefix}-text">{escape(description)}</desc>',
        f"<style>{style}</style>" if style else "",
        *_counter(stages, frames),
    ]
    for number, row in enumerate(stages.rows):
        down, across = divmod(number, 2)
        x, y = across * (side + _GAP), _TOP + down * (_HEAD + tall + _GAP)
        label = escape(shortened(row.label, _SIZE, side))
        parts.append(f'<text x="{x:g}" y="{y + 10:.1f}" fill="{_colour("ink")}">{label}</text>')
        parts.append(
            f'<svg x="{x:g}" y="{y + _HEAD:.1f}" width="{side:g}" height="{tall:.1f}" '
            f'viewBox="0 0 {_UNITS} {_UNITS * tall / side:.0f}" fill="none" stroke-linecap="round">'
        )
        parts.append(f'<rect width="100%" height="100%" stroke="{_colour("rule")}" stroke-width="4"/>')
        parts.append(_dots(stages, stages.real[:_DOTS], "real", _REAL))
        parts += _generated(stages, row.samples[frames][:, :_DOTS])
        parts.append("</svg>")
    return "".join([*parts, "</svg>"])


def _generated(stages: Stages, samples: NDArray[np.float32]) -> Iterator[str]:
    """Yield the points of the last step, and those that move."""
    forms = [_form(stages, points) for points in samples]
    look = f'stroke="{_colour("generated")}" stroke-width="{_DOT}"'
    yield f'<path class="film-still" {look} d="{forms[-1]}"/>'
    values = ";".join([*forms, forms[-1]])
    yield f'<path class="film-moving" {look} d="{forms[-1]}">{_animated("d", values, len(forms))}</path>'


def _counter(stages: Stages, frames: NDArray[np.int64]) -> Iterator[str]:
    """Yield the step of the moment: each in its turn, the last where nothing moves."""
    place = f'x="0" y="10" fill="{_colour("quiet")}"'
    steps = [f"step {stages.steps[frame]:,}" for frame in frames.tolist()]
    yield f'<text class="film-still" {place}>{steps[-1]}</text>'
    for number, step in enumerate(steps):
        turn = ";".join("1" if each == number else "0" for each in (*range(len(steps)), len(steps) - 1))
        shown = int(number == len(steps) - 1)
        moving = _animated("opacity", turn, len(steps), discrete=True)
        yield f'<text class="film-moving" {place} opacity="{shown}">{step}{moving}</text>'


def _animated(attribute: str, values: str, frames: int, *, discrete: bool = False) -> str:
    times = ";".join(f"{time:.4g}" for time in (*np.linspace(0, _MOVING, frames), 1.0))
    mode = ' calcMode="discrete"' if discrete else ""
    return (
        f'<animate attributeName="{attribute}" dur="{_SECONDS:g}s" repeatCount="indefinite"{mode} '
        f'keyTimes="{times}" values="{values}"/>'
    )


def _dots(stages: Stages, points: NDArray[np.float32], colour: str, size: int) -> str:
    return f'<path stroke="{_colour(colour)}" stroke-width="{size}" d="{_form(stages, points)}"/>'


def _form(stages: Stages, points: NDArray[np.float32]) -> str:
    """Return points as a path of short lines, in whole units of the panel from its upper left corner."""
    left, right, _, top = stages.extent
    scale = _UNITS / (right - left)
    x, y = scale * (points[:, 0] - left), scale * (top - points[:, 1])
    far = 4 * _UNITS  # what is beyond is not seen, wherever it is
    places = np.clip(np.nan_to_num(np.stack([x, y], axis=1), nan=far), -far, far).round().astype(int)
    return "".join(f"M{across} {down}h1" for across, down in places.tolist())


def _colour(token: str) -> str:
    return f"var(--{token}, {LIGHT[token]})"
