"""How often a net is right over how sure it is, as a picture with the interval of every bin."""

import math

import numpy as np
from scipy.stats import binomtest

from vicinal.experiments import Reliability
from vicinal.measure import Calibration


def reliability(found: Calibration, caption: str, *, repeats: float = 1.0) -> Reliability:
    """Return the diagram of a calibration that was measured, with Wilson's 95 % interval of the accuracy of each bin.

    Args:
        found: the bins.
        caption: what is shown.
        repeats: how often each example was answered for, by nets that are much alike: so many answers count once.
    """
    count = found.count.numpy()
    right = np.nan_to_num(found.accuracy.numpy()) * count
    ends = [_interval(round(k / repeats), round(n / repeats)) for k, n in zip(right, count, strict=True)]
    low, high = (np.array(each) for each in zip(*ends, strict=True))
    sure, accurate = found.mean_confidence, found.mean_accuracy
    return Reliability(found.confidence.numpy(), found.accuracy.numpy(), low, high, count, sure, accurate, caption)


def _interval(right: int, n: int) -> tuple[float, float]:
    """Return the Wilson interval of a share, at 95 %; NaN where nothing was counted."""
    if not n:
        return math.nan, math.nan
    found = binomtest(right, n).proportion_ci(method="wilson")
    return found.low, found.high
