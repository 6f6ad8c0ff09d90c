"""What the figures of the experiments show, as data; ``report/`` draws them and computes nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vicinal.evidence import Effect


@dataclass(frozen=True, eq=False)
class Plane:
    """A probability over a rectangle of the plane, with the training points on it.

    Args:
        title: the method's name.
        probability: p(class 1) at the centres of H × W cells, row 0 at the bottom.
        extent: left, right, bottom, top of the rectangle.
        points: training points of shape (N, 2).
        labels: their classes, 0 or 1, of shape (N,).
        notes: measured figures to print beneath, each already a short text.
    """

    title: str
    probability: NDArray[np.float32]
    extent: tuple[float, float, float, float]
    points: NDArray[np.float32]
    labels: NDArray[np.int64]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planes:
    """Panels side by side with one scale of probability, as in Figure 1(b)."""

    panels: tuple[Plane, ...]
    caption: str


@dataclass(frozen=True)
class Gain:
    """One dot with its interval: the paired gain of a method on a group (a table, a net)."""

    group: str
    method: str
    alpha: float | None
    effect: Effect


@dataclass(frozen=True)
class Gains:
    """Gains of several methods on several groups, drawn against zero; positive is better."""

    gains: tuple[Gain, ...]
    caption: str
    unit: str


Picture = Planes | Gains
