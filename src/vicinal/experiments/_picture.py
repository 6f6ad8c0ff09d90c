"""What the figures of the experiments show, as data; ``report/`` draws them and computes nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vicinal.evidence import Estimate
from vicinal.experiments._stages import Film, Stages


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
    effect: Estimate


@dataclass(frozen=True)
class Gains:
    """Gains of several methods on several groups over one that is zero; positive is better."""

    gains: tuple[Gain, ...]
    caption: str
    unit: str
    against: str = "ERM"


@dataclass(frozen=True, eq=False)
class Curve:
    """A line with its spread, for example the mean over seeds of a figure at every epoch.

    Args:
        label: its name, which is set at its end; empty where a line alone needs none.
        x: where it is known, rising, of shape (P,).
        mean: the line there; NaN where it is not known.
        low: lower end of the band around it, of shape (P,); None where there is none.
        high: upper end of the band.
        method: whose colour it has: ``"ERM"``, a name that begins with ``"mixup"``, any other; the label's if empty.
        alpha: mixup's parameter, for the lightness of its colour; None where it has none.
    """

    label: str
    x: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None
    method: str = ""
    alpha: float | None = None


@dataclass(frozen=True)
class Panel:
    """Lines that share their axes.

    Args:
        title: what is shown: a data set, a net.
        x: title of the horizontal axis, with its unit.
        y: title of the vertical axis, with its unit.
        curves: the lines.
        log: whether the vertical axis is logarithmic; what is not above zero is then left out.
        ticks: where the horizontal axis has numbers; round ones are chosen where none are given.
        marks: places on the horizontal axis at which something happens, for example the learning rate drops.
        marked: what happens there.
        x_log: whether the horizontal axis is logarithmic.
    """

    title: str
    x: str
    y: str
    curves: tuple[Curve, ...]
    log: bool = False
    ticks: tuple[float, ...] = ()
    marks: tuple[float, ...] = ()
    marked: str = ""
    x_log: bool = False


@dataclass(frozen=True)
class Curves:
    """Panels of lines side by side, each with its own axes, as in Figures 2 and 3(b)."""

    panels: tuple[Panel, ...]
    caption: str


@dataclass(frozen=True, eq=False)
class Mixes:
    """Mixed examples of a batch, each beside the two that went into it.

    Args:
        mixed: images, uint8 of shape (N, C, H, W) with one or three channels; or rows of a table, floats of shape
            (N, D).
        first: the examples that have the share λ, of the same shape.
        second: the examples that have the share 1 − λ.
        lam: the shares λ, in [0, 1], of shape (N,).
        names: of each example the names of both classes, that of ``first`` before the other.
        alpha: λ is drawn from Beta(alpha, alpha); None where it follows another law.
        caption: what is shown.
    """

    mixed: NDArray[np.uint8] | NDArray[np.float32]
    first: NDArray[np.uint8] | NDArray[np.float32]
    second: NDArray[np.uint8] | NDArray[np.float32]
    lam: NDArray[np.float64]
    names: tuple[tuple[str, str], ...]
    alpha: float | None
    caption: str


@dataclass(frozen=True, eq=False)
class Reliability:
    """How often a net is right over how sure it is, and how many of its answers are how sure.

    Args:
        confidence: mean probability of the answer in each of B bins of equal width, in [0, 1], of shape (B,); NaN where
            a bin is empty.
        accuracy: share of right answers in each bin, in [0, 1]; NaN where it is empty.
        low: lower end of its interval.
        high: upper end of its interval.
        count: number of answers in each bin, of shape (B,).
        sure: mean probability of all answers.
        right: share of all answers that are right.
        caption: what is shown.
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    count: NDArray[np.int64]
    sure: float
    right: float
    caption: str


Picture = Planes | Gains | Curves | Mixes | Reliability | Stages | Film
"""Whatever a report can draw, as data."""
