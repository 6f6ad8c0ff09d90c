"""What is measured of a trained net, beside its errors."""

from vicinal.measure._between import Between, between
from vicinal.measure._boundary import EXTENT, boundary, surface
from vicinal.measure._distances import Reference
from vicinal.measure._modes import Places
from vicinal.measure._players import discriminator_gradient, generator_gradient

__all__ = [
    "EXTENT",
    "Between",
    "Places",
    "Reference",
    "between",
    "boundary",
    "discriminator_gradient",
    "generator_gradient",
    "surface",
]
