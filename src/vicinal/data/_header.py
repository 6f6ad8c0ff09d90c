"""Whether the first row of a table holds the columns' names."""

import re
from collections import Counter
from collections.abc import Sequence

from vicinal.data._marks import ALWAYS

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*[.,]?|[.,]\d+)([eE][+-]?\d+)?\s?%?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d\d.*)?")
_MOST = 2000  # columns that are looked at


def header_of(rows: Sequence[Sequence[str]]) -> tuple[bool, bool]:
    """Tell whether the first row is a header, and whether this is sure.

    A name above a column of numbers is a header, a number above one is none. Where all is text, the first row is none
    if its words come again below it, and a header if they do not where other words do.

    Args:
        rows: the first rows, of the same length.
    """
    first, rest = [cell.strip() for cell in rows[0][:_MOST]], rows[1:]
    if not rest:
        numbers = any(_NUMBER.fullmatch(cell) for cell in first)
        return not numbers, False
    names, values = 0, 0
    again, new = 0, 0
    for position, cell in enumerate(first):
        below = [row[position].strip() for row in rest if position < len(row)]
        filled = [each for each in below if each not in ALWAYS]
        if cell in ALWAYS or not filled:
            continue
        for pattern in (_NUMBER, _DATE):
            if all(pattern.fullmatch(each) for each in filled):
                names, values = (names, values + 1) if pattern.fullmatch(cell) else (names + 1, values)
                break
        else:
            counts = Counter(filled)
            again += cell in counts
            new += cell not in counts and len(counts) <= len(filled) // 2
    if names or values:
        sure = not (names and values)
        return names > 0, sure
    if again or new:
        return again == 0, True
    return len(set(first)) == len(first) and "" not in first, False
