"""What is measured of a trained net, beside its errors."""

from collections.abc import Callable

from torch import nn

from vicinal.measure._between import Between, between
from vicinal.measure._boundary import EXTENT, boundary, surface

MEASURES: dict[str, Callable[[nn.Module], dict[str, float]]] = {"boundary": boundary}
"""Every measure that a task can name; each returns its figures by name."""

__all__ = ["EXTENT", "MEASURES", "Between", "between", "boundary", "surface"]
