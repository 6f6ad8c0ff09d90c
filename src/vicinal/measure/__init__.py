"""What is measured of a trained net, beside its errors."""

from vicinal.measure._answers import hits
from vicinal.measure._ascent import EPS, STEPS, AttackWarning
from vicinal.measure._attack import fgsm, ifgsm, pgd, sweep
from vicinal.measure._between import Between, between
from vicinal.measure._boundary import EXTENT, boundary, surface
from vicinal.measure._calibration import BINS, Calibration, binned, calibration
from vicinal.measure._diagnose import diagnose
from vicinal.measure._diagnosis import Diagnosis
from vicinal.measure._distances import Reference
from vicinal.measure._memorisation import Memorisation, memorisation
from vicinal.measure._modes import Places
from vicinal.measure._normalised import Normalised
from vicinal.measure._players import discriminator_gradient, generator_gradient
from vicinal.measure._robustness import Robustness

__all__ = [
    "BINS",
    "EPS",
    "EXTENT",
    "STEPS",
    "AttackWarning",
    "Between",
    "Calibration",
    "Diagnosis",
    "Memorisation",
    "Normalised",
    "Places",
    "Reference",
    "Robustness",
    "between",
    "binned",
    "boundary",
    "calibration",
    "diagnose",
    "discriminator_gradient",
    "fgsm",
    "generator_gradient",
    "hits",
    "ifgsm",
    "memorisation",
    "pgd",
    "surface",
    "sweep",
]
