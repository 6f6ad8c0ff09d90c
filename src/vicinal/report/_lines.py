"""A text in lines of a terminal, in which East Asian characters are two cells wide."""

import textwrap
from typing import Final

from rich.cells import cell_len, chop_cells

_FILLER: Final = "\0"


def lines(text: str, width: int) -> list[str]:
    """Return a text broken between words into lines of so many cells at most.

    textwrap counts characters: a wide one counts as two by a filler behind it, which is taken out again.

    Args:
        text: the text.
        width: cells of a line, at least 2.
    """
    filled = " ".join(_filled(word, width) for word in text.split(" "))
    return [line.replace(_FILLER, "") for line in textwrap.wrap(filled, width)]


def _filled(word: str, width: int) -> str:
    """Return a word with a filler behind each wide letter; one that fits no line is cut before it gets them."""
    if len(word) == cell_len(word):
        return word
    pieces = chop_cells(word, width) if cell_len(word) > width else [word]
    return " ".join("".join(letter + _FILLER if cell_len(letter) == 2 else letter for letter in it) for it in pieces)
