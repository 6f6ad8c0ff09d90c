"""What a row counts by its class."""

import math
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be


def weights_of_classes(class_weight: Any, y: NDArray[Any], classes: NDArray[Any]) -> NDArray[np.float64]:
    """Return what each row counts, (N,).

    Args:
        class_weight: None; ``"balanced"``, by which all rows of a class count N / K together, K the number of classes
            that have rows; or a dictionary from classes, where those that it does not name count 1.
        y: the class of each row, of shape (N,).
        classes: all classes.

    Raises:
        InputError: it is none of these, or names something else than a class.
    """
    if class_weight is None:
        return np.ones(len(y))
    found, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    if isinstance(class_weight, str) and class_weight == "balanced":
        return (len(y) / (len(found) * counts))[codes]
    if not isinstance(class_weight, Mapping):
        raise InputError(must_be("class_weight", 'None, "balanced" or a dictionary', repr(class_weight)))
    if strange := [label for label in class_weight if label not in classes.tolist()]:
        raise InputError(must_be("class_weight", f"of the classes {listed(classes)}", listed(strange)))
    for label, weight in class_weight.items():
        if not isinstance(weight, Real) or not math.isfinite(weight) or weight < 0:
            raise InputError(must_be(f"class_weight of {label!r}", "a number ≥ 0", repr(weight)))
    return np.array([float(class_weight.get(label, 1)) for label in found.tolist()])[codes]


def listed(labels: Iterable[Any]) -> str:
    """Return labels as a sentence names them."""
    return ", ".join(repr(label) for label in np.asarray(labels).tolist())
