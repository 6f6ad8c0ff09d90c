"""A calibration as a picture: how many of the answers that are about as sure are right, with their intervals."""

import math

import numpy as np
from scipy.stats import binomtest

from vicinal.experiments import Reliability
from vicinal.measure import Calibration


def reliability(found: Calibration, caption: str = "") -> Reliability:
    """Return the reliability diagram of a calibration, every bin with a 95 % interval.

    Args:
        found: what was measured.
        caption: what stands below.
    """
    count = found.count.numpy()
    right = np.nan_to_num(found.accuracy.numpy()) * count
    ends = [_interval(round(k), int(n)) for k, n in zip(right, count, strict=True)]
    low, high = (np.array(each) for each in zip(*ends, strict=True))
    sure, accurate = found.mean_confidence, found.mean_accuracy
    return Reliability(found.confidence.numpy(), found.accuracy.numpy(), low, high, count, sure, accurate, caption)


def _interval(right: int, n: int) -> tuple[float, float]:
    """Return the Wilson interval of a share, at 95 %; NaN where nothing was counted."""
    if not n:
        return math.nan, math.nan
    found = binomtest(right, n).proportion_ci(method="wilson")
    return found.low, found.high
