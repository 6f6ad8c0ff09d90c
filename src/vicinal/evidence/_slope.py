"""The slope of a figure over a covariate, seed by seed."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vicinal._errors import must_be


def slope(x: ArrayLike, ys: ArrayLike) -> NDArray[np.float64]:
    r"""Return the least-squares slope of every seed's figures over the covariate.

    .. math:: b_s = \sum_t (x_t - \bar x) \, y_{st} \Big/ \sum_t (x_t - \bar x)^2

    Args:
        x: values of the covariate, of shape (T,), not all equal; log₂ α, say, or the number of a layer.
        ys: figures of shape (n, T), one row a seed.

    Returns:
        Slopes of shape (n,), in the unit of the figures per unit of the covariate, ready for :func:`paired`.

    Raises:
        ValueError: the shapes do not agree, or the covariate does not vary.

    Example:
        >>> slope([0, 1, 3], [[5, 7, 11], [0, -1, -3]]).tolist()
        [2.0, -1.0]
    """
    at, figures = np.asarray(x, dtype=np.float64), np.asarray(ys, dtype=np.float64)
    if at.ndim != 1 or figures.ndim != 2 or figures.shape[1] != len(at):
        raise ValueError(
            must_be("ys", "of shape (n, T) with x of shape (T,)", f"shapes {figures.shape} and {at.shape}")
        )
    if len(np.unique(at)) < 2:
        raise ValueError(must_be("x", "at least two different values", at.tolist()))
    centred = at - at.mean()
    return figures @ centred / (centred @ centred)
