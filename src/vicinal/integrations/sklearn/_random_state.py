"""The one seed that all of an estimator's randomness follows from."""

from numbers import Integral
from typing import Any

import numpy as np

from vicinal._errors import InputError, must_be


def seed_from(random_state: Any) -> int:
    """Return a seed: a number is one itself, a ``RandomState`` gives one and moves, None takes one that nobody knows.

    scikit-learn takes None for NumPy's global stream; that is left alone here.

    Raises:
        InputError: it is none of these.
    """
    if random_state is None:
        return int(np.random.default_rng().integers(2**31))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    if isinstance(random_state, Integral) and not isinstance(random_state, bool) and int(random_state) >= 0:
        return int(random_state)
    raise InputError(must_be("random_state", "None, a number ≥ 0 or a numpy.random.RandomState", repr(random_state)))
