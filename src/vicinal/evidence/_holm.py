"""Holm's step-down correction: several tests at once, with one error rate for all of them together."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p: ArrayLike) -> NDArray[np.float64]:
    r"""Return Holm's adjusted p-values.

    .. math:: \tilde p_{(i)} = \max_{j \le i} \min\bigl(1, (k - j + 1) \, p_{(j)}\bigr)

    Rejecting where the adjusted value is below a rate rejects any true null hypothesis with at most that probability,
    however the tests depend on each other.

    Args:
        p: p-values of the k tests, of shape (k,), k ≥ 0.

    Returns:
        Adjusted p-values in the order of ``p``.

    Example:
        >>> holm([0.01, 0.04, 0.02]).tolist()
        [0.03, 0.04, 0.04]

    Source: S. Holm, A simple sequentially rejective multiple test procedure, *Scandinavian Journal of Statistics* 6,
    1979.
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values)
    steps = np.arange(len(values), 0, -1) * values[order]
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def holm_levels(p: ArrayLike, level: float = 0.95) -> NDArray[np.float64]:
    r"""Return the level of each test's interval at which the interval says what Holm's correction says.

    .. math:: 1 - (1 - \mathrm{level}) / (k - \min(i, r)), \quad i = 0, 1, \dots \text{ in the order of } p,

    where r tests are rejected: those that are not all stand at the step at which the procedure stopped.

    Args:
        p: p-values of the k tests, of shape (k,), k ≥ 0.
        level: the level of all of them together, in (0, 1).

    Returns:
        Levels in the order of ``p``, each in [level, 1).
    """
    values = np.asarray(p, dtype=np.float64)
    rejected = int((holm(values) < 1 - level).sum())
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.argsort(values)] = np.arange(len(values))
    return 1 - (1 - level) / (len(values) - np.minimum(rank, rejected))
