"""What is measured of a trained net, beside its errors."""

from vicinal.measure._ascent import AttackWarning
from vicinal.measure._attack import fgsm, ifgsm, pgd, sweep
from vicinal.measure._between import Between, between
from vicinal.measure._boundary import EXTENT, boundary, surface
from vicinal.measure._memorisation import Memorisation, memorisation
from vicinal.measure._normalised import Normalised

__all__ = [
    "EXTENT",
    "AttackWarning",
    "Between",
    "Memorisation",
    "Normalised",
    "between",
    "boundary",
    "fgsm",
    "ifgsm",
    "memorisation",
    "pgd",
    "surface",
    "sweep",
]
