"""The log ratio of two figures, seed by seed."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vicinal._errors import must_be


def log_ratio(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Return ln(a / b), of which 0 means equal and ln 2 = 0.69 that a is twice b.

    Args:
        a: figures of shape (n,), one a seed, > 0.
        b: figures of the same seeds, of the same shape, > 0.

    Returns:
        Log ratios of shape (n,), ready for :func:`paired`.

    Raises:
        ValueError: the shapes differ, or a figure is not positive and finite.
    """
    above, below = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if above.shape != below.shape:
        raise ValueError(must_be("a and b", "of one shape", f"shapes {above.shape} and {below.shape}"))
    for name, figures in (("a", above), ("b", below)):
        wrong = figures[~((figures > 0) & np.isfinite(figures))]
        if wrong.size:
            raise ValueError(must_be(f"every figure of {name}", "a finite number > 0", float(wrong[0])))
    return np.log(above) - np.log(below)
