"""How a figure of the pages is written: once for a broad window and once for a phone, in the colours of the reports."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from vicinal.experiments import Film, Picture
from vicinal.report import draw
from vicinal.report._described import describe
from vicinal.report._film import STYLE, film
from vicinal.report._style import NARROW, WIDE
from vicinal.report._svg import svg

DOCS = Path(__file__).parents[1]
GROUND = '<rect class="ground" width="100%" height="100%" fill="#fdfcfa"/>'
"""Behind a figure that is looked at on its own; within the pages it is not drawn."""


def write_picture(picture: Picture, name: str, title: str) -> None:
    """Write a picture as docs/figures/NAME.svg and NAME-narrow.svg, a film as NAME.svg alone."""
    said = describe(picture)
    if isinstance(picture, Film):
        _write(name, film(picture, prefix=name, title=title, description=said, style=STYLE))
    else:
        write_drawn(lambda width: draw(picture, width), name, title, said)


def write_drawn(drawn: Callable[[float], Figure], name: str, title: str, said: str) -> None:
    """Write what a function draws for a width in points."""
    for ending, width in (("", WIDE), ("-narrow", NARROW)):
        _write(name + ending, svg(drawn(width), prefix=name + ending, title=title, description=said))


def _write(name: str, drawing: str) -> None:
    start, end, rest = drawing.partition("</desc>")
    start = start.replace("<svg ", '<svg font-family="system-ui, sans-serif" ', 1)
    (DOCS / "figures" / f"{name}.svg").write_text(f"{start}{end}{GROUND}{rest}\n", encoding="utf-8")
