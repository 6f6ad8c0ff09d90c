"""What is measured of a trained net, beside its errors."""

from vicinal.measure._ascent import AttackWarning
from vicinal.measure._attack import fgsm, ifgsm, pgd, sweep
from vicinal.measure._between import Between, between
from vicinal.measure._boundary import EXTENT, boundary, surface
from vicinal.measure._distances import Reference
from vicinal.measure._memorisation import Memorisation, memorisation
from vicinal.measure._modes import Places
from vicinal.measure._normalised import Normalised
from vicinal.measure._players import discriminator_gradient, generator_gradient

__all__ = [
    "EXTENT",
    "AttackWarning",
    "Between",
    "Memorisation",
    "Normalised",
    "Places",
    "Reference",
    "between",
    "boundary",
    "discriminator_gradient",
    "fgsm",
    "generator_gradient",
    "ifgsm",
    "memorisation",
    "pgd",
    "surface",
    "sweep",
]
