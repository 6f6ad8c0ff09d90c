"""Labels that stand beside the ends of lines and do not run into each other."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import isotonic_regression


def apart(wanted: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Return places near the wanted ones, in their order, at least a gap from each other and all within two ends.

    Of all such places they have the least sum of squared distances from the wanted ones: less its rank times the gap,
    each place is a value of an isotonic regression.

    Args:
        wanted: where each would stand if it were alone.
        gap: how far apart two of them stand at least.
        low: the lower end.
        high: the upper end; where the room up to it is too small for all, they stand beyond it.
    """
    if not wanted:
        return []
    order = np.argsort(wanted, kind="stable")
    ranks = gap * np.arange(len(wanted))
    free = isotonic_regression(np.asarray(wanted, dtype=np.float64)[order] - ranks).x
    places = np.empty(len(wanted))
    places[order] = np.clip(free, low, max(low, high - ranks[-1])) + ranks
    return places.tolist()
