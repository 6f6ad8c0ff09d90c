"""A table in characters; columns that do not fit beside each other stand below each other."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len

from vicinal.report._layout import FIGURE_SPACE, Laid, Layout
from vicinal.report._lines import lines

_GAP: Final = "  "


def grid(layout: Layout, width: int) -> Iterator[str]:
    """Yield the lines of a table, names of its rows at the left of each block of columns.

    Args:
        layout: the table.
        width: characters of a line.
    """
    names, *others = layout.columns
    first = min(_breadth(names), width // 2)
    for number, block in enumerate(_blocks(others, width - first)):
        if number:
            yield ""
        columns = [names, *block]
        widths = [first, *map(_breadth, block)]
        titles = [lines(laid.column.title, size) for laid, size in zip(columns, widths, strict=True)]
        deepest = max(map(len, titles))
        yield from _beside([[""] * (deepest - len(title)) + title for title in titles], columns, widths)
        for name, rows in layout.groups:
            yield from [name] if name else []
            for row in rows:
                cells = ["".join(laid.cells[row]).replace(FIGURE_SPACE, " ") for laid in columns]
                yield from _beside([lines(cells[0], first), *([cell] for cell in cells[1:])], columns, widths)


def _blocks(columns: Sequence[Laid], width: int) -> list[list[Laid]]:
    blocks: list[list[Laid]] = [[]]
    left = width
    for laid in columns:
        needed = len(_GAP) + _breadth(laid)
        if blocks[-1] and needed > left:
            blocks.append([])
            left = width
        blocks[-1].append(laid)
        left -= needed
    return blocks


def _breadth(laid: Laid) -> int:
    """Return the width of a column whose title may be broken between words."""
    texts = [figure + spread for figure, spread in laid.cells] + laid.column.title.split()
    return max(map(cell_len, texts))


def _beside(cells: Sequence[Sequence[str]], columns: Sequence[Laid], widths: Sequence[int]) -> Iterator[str]:
    """Yield lines with cells of several lines beside each other."""
    for pieces in itertools.zip_longest(*cells, fillvalue=""):
        padded = []
        for piece, laid, width in zip(pieces, columns, widths, strict=True):
            space = " " * (width - cell_len(piece))
            padded.append(space + piece if laid.numeric else piece + space)
        yield _GAP.join(padded).rstrip()
