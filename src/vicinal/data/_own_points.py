"""Somebody's own points of the plane: a text file of two columns of numbers."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal.data._picture import shown
from vicinal.data._points import HELD_OUT, Cloud, Planar, as_points

FEWEST = 20
"""Points of a file: a quarter of them is compared with."""
ENDINGS = (".csv", ".tsv", ".txt")
_MARGIN = 0.15
"""Share of the breadth of all points that the rectangle looked at reaches beyond them."""
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class OwnPoints(Planar):
    """Points from a file, moved to their mean and divided by one number for both coordinates.

    Args:
        name: the file's.
        points: float64 of shape (N, 2); their mean is 0 and their mean square 1.
        notes: a sentence on how they were moved.
    """

    points: NDArray[np.float64]
    notes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the points in their order."""
        return hashlib.sha256(np.ascontiguousarray(self.points).tobytes()).hexdigest()

    def cloud(self, *, seed: int) -> Cloud:
        """Divide the points at random: a quarter, at most 2,000, to compare with, the others to train on."""
        order = np.random.default_rng(seed).permutation(len(self.points))
        held_out = min(HELD_OUT, len(order) // 4)
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        middle, half = (low + high) / 2, (0.5 + _MARGIN) * float((high - low).max())
        left, bottom, right, top = (float(each) for each in (*(middle - half), *(middle + half)))
        return Cloud(
            as_points(self.points[order[held_out:]]),
            as_points(self.points[order[:held_out]]),
            (left, right, bottom, top),
        )


def read_points(path: Path) -> OwnPoints:
    """Read a file of two columns of numbers, with a line of names above them or without.

    Cells are separated by commas, semicolons (numbers may have decimal commas then), tabs or blanks; empty lines are
    passed over.

    Raises:
        InputError: the file cannot be read, a line holds something else, or the points are too few or all one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "something else"
        raise InputError(must_be(shown(path), "a text file of two columns of numbers", str(reason))) from None
    points = np.array(list(_numbers(shown(path.name), text)), dtype=np.float64).reshape(-1, 2)
    if len(points) < FEWEST:
        raise InputError(must_be(shown(path.name), f"a file of {FEWEST} points or more", f"{len(points)}"))
    centred = points - points.mean(axis=0)
    scale = float(np.sqrt(np.square(centred).mean()))
    if not scale > 0:
        raise InputError(must_be(shown(path.name), "a file of points that differ", f"{len(points)} equal ones"))
    x, y = points.mean(axis=0)
    note = f"The points are moved by their mean, ({x:.4g}, {y:.4g}), and divided by their deviation, {scale:.4g}."
    return OwnPoints(path.name, centred / scale, notes=(f"{note} Distances are in this unit.",))


def _numbers(file: str, text: str) -> Iterator[tuple[float, float]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    separator = next((mark for mark in ";\t," if lines and mark in lines[0][1]), None)
    for place, (number, line) in enumerate(lines):
        cells = [cell.strip().strip('"') for cell in line.split(separator)]
        if len(cells) != 2:
            raise InputError(f"{file}, line {number}: expected 2 columns, found {len(cells)}.")
        values = [_number(cell.replace(",", ".") if separator == ";" else cell) for cell in cells]
        if place == 0 and values == [None, None]:
            continue  # the columns' names
        for column, (cell, value) in enumerate(zip(cells, values, strict=True), 1):
            if value is None:
                found = shown(cell if len(cell) <= 40 else f"{cell[:40]}…")
                raise InputError(f'{file}, line {number}, column {column}: expected a number, found "{found}".')
        yield values[0], values[1]  # pyright: ignore[reportReturnType]


def _number(cell: str) -> float | None:
    """Return the number that a cell holds, if it is one that nets can count with."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) <= _LARGEST else None
