"""A figure measured in points from its upper left corner, so that text and panels are placed as on a page."""

from typing import Final, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vicinal.report._style import LIGHT

_CHARACTER: Final = 0.6
"""Width of a character for a size of 1, mean and some to spare: the reader's sans serif is not known here."""


class Canvas:
    """A figure of a size in points, with panels and words set by hand.

    Args:
        width: width in points.
        height: height in points.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / 72, height / 72))

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
        self.figure.text(
            left / self.width,
            1 - baseline / self.height,
            printable,
            color=LIGHT[colour],
            size=size,
            ha=anchor,
            va="baseline",
            parse_math=False,
        )

    def rule(self, top: float) -> None:
        """Draw a quiet line from side to side."""
        y = 1 - top / self.height
        self.figure.add_artist(Line2D([0.0, 1.0], [y, y], color=LIGHT["rule"], linewidth=0.6))


def breadth(text: str, size: float) -> float:
    """Return about how wide a line of text is, in points."""
    return _CHARACTER * size * len(text)


def shortened(text: str, size: float, room: float) -> str:
    """Return the text, or as much of its beginning as fits into so many points, with an ellipsis."""
    if breadth(text, size) <= room:
        return text
    return text[: int(room / breadth("…", size)) - 1].rstrip() + "…"
