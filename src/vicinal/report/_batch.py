"""Anybody's batch, mixed and drawn."""

from collections.abc import Sequence
from typing import Any

import torch
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from vicinal.experiments import mixes
from vicinal.report._figure import draw
from vicinal.report._style import WIDE
from vicinal.vicinity import Mixup, Vicinity


def batch(
    x: Tensor | NDArray[Any],
    y: Tensor | ArrayLike,
    *,
    alpha: float = 1.0,
    vicinity: Vicinity | None = None,
    classes: Sequence[str] = (),
    shown: int = 8,
    generator: torch.Generator | None = None,
    width: float = WIDE,
) -> Figure:
    """Draw examples of a batch as mixup makes them: sources, mix, λ and its shares, beside the density of λ.

    Args:
        x: images of shape (N, C, H, W) with one or three channels, uint8 or floats in [0, 1]; or rows of a table of
            shape (N, D). They are left as they are.
        y: their classes, integers of shape (N,).
        alpha: mixup's parameter, in [0, inf); every example has a λ of its own.
        vicinity: another one that mixes pairs, instead of mixup with this alpha.
        classes: the classes' names by class; their numbers if none are given.
        shown: how many examples there are at most, at least 1.
        generator: source of mixup's randomness; torch's default CPU generator if not given.
        width: width of the figure in points.

    Returns:
        The figure, to be shown, or written by :func:`save`.

    Raises:
        ValueError: shapes, values or classes are others, or the vicinity does not mix pairs.

    Example:
        >>> images, labels = torch.rand(16, 3, 32, 32), torch.arange(16) % 2
        >>> figure = batch(images, labels, alpha=0.4, classes=["cat", "dog"])
    """
    vicinity = Mixup(alpha, per="example", generator=generator) if vicinity is None else vicinity
    return draw(mixes(x, y, vicinity=vicinity, classes=classes, shown=shown), width)
