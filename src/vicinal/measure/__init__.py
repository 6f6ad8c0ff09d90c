"""What is measured of a trained net, beside its errors."""

from vicinal.measure._between import Between, between
from vicinal.measure._boundary import EXTENT, boundary, surface

__all__ = ["EXTENT", "Between", "between", "boundary", "surface"]
