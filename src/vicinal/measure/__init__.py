"""What is measured of a trained net, beside its errors."""

from vicinal.measure._between import Between, between
from vicinal.measure._boundary import EXTENT, boundary, surface
from vicinal.measure._memorisation import Memorisation, memorisation

__all__ = ["EXTENT", "Between", "Memorisation", "between", "boundary", "memorisation", "surface"]
