"""A figure measured in points from its upper left corner, so that text and panels are placed as on a page."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from itertools import accumulate
from typing import Final, Literal
from unicodedata import east_asian_width

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from vicinal.report._style import LIGHT

_NARROW: Final = dict.fromkeys("ijlI'|", 0.34) | dict.fromkeys(" .,:;!/[]()frtJ-\\", 0.44)
_WIDE: Final = dict.fromkeys("mwMW%@…½–—", 1.0)
_BREADTHS: Final = _NARROW | _WIDE
"""Breadth for a size of 1 where it is not that of most letters; as in DejaVu Sans, which is broad among the sans serifs
that a reader may have."""


class Drawn(Figure):
    """A figure that a notebook shows, whether or not pyplot has been imported there."""

    def _repr_png_(self) -> bytes:
        """Return the figure as PNG, on white, with a margin."""
        page = self.bbox_inches.padded(6 / 72)
        held = BytesIO()
        self.savefig(held, format="png", dpi=100, facecolor="white", bbox_inches=page)
        return held.getvalue()


class Canvas:
    """A figure of a size in points, with panels and words set by hand.

    Args:
        width: width in points.
        height: height in points.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = Drawn(figsize=(width / 72, height / 72))

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add a panel without a frame."""
        bottom = self.height - top - height
        box = (left / self.width, bottom / self.height, width / self.width, height / self.height)
        axes = self.figure.add_axes(box)
        axes.patch.set_visible(False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return axes

    def words(
        self,
        text: str,
        left: float,
        baseline: float,
        *,
        colour: str = "ink",
        size: float = 8.0,
        anchor: Literal["left", "right"] = "left",
    ) -> None:
        """Set a line of text. Names come from users: a dollar sign is one, and what cannot be printed is a space."""
        printable = "".join(letter if letter.isprintable() else " " for letter in text)
        place = (left / self.width, 1 - baseline / self.height)
        if printable.strip():
            self.figure.text(
                *place, printable, color=LIGHT[colour], size=size, ha=anchor, va="baseline", parse_math=False
            )

    def line(self, points: Sequence[tuple[float, float]], *, colour: str, width: float) -> None:
        """Draw a line through points, each given by its distance from the left and from the top."""
        xs, ys = zip(*((left / self.width, 1 - top / self.height) for left, top in points), strict=True)
        self.figure.add_artist(Line2D(xs, ys, color=LIGHT[colour], linewidth=width))

    def box(self, left: float, top: float, width: float, height: float, *, colour: str) -> None:
        """Fill a rectangle."""
        corner = (left / self.width, 1 - (top + height) / self.height)
        size = (width / self.width, height / self.height)
        self.figure.add_artist(Rectangle(corner, *size, facecolor=LIGHT[colour], linewidth=0.0))

    def place(self, axes: Axes, x: float, y: float) -> tuple[float, float]:
        """Return where a point of a panel stands: its distances from the left and from the top."""
        across, up = self.figure.transFigure.inverted().transform(axes.transData.transform((x, y)))
        return float(across) * self.width, (1 - float(up)) * self.height

    def rule(self, top: float) -> None:
        """Draw a quiet line from side to side."""
        self.line([(0.0, top), (self.width, top)], colour="rule", width=0.6)


def breadth(text: str, size: float) -> float:
    """Return about how wide a line of text is in points, rather too much than too little."""
    return size * sum(map(_breadth, text))


def shortened(text: str, size: float, room: float) -> str:
    """Return the text, or as much of its beginning as fits into so many points, with an ellipsis."""
    if breadth(text, size) <= room:
        return text
    ends = accumulate((size * _breadth(letter) for letter in text), initial=breadth("…", size))
    kept = sum(end <= room for end in ends) - 1
    return text[: max(kept, 0)].rstrip() + "…"


@cache
def _breadth(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return 1.05
    return _BREADTHS.get(letter, 0.66 if letter.islower() or letter.isdigit() else 0.84)
