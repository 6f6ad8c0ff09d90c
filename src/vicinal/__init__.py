"""Training beyond empirical risk minimisation: mixup and its kin, the paper reproduced, a verdict on one's own data."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vicinal._compare import compare as compare
    from vicinal._version import __version__
    from vicinal.integrations.sklearn import MixupClassifier as MixupClassifier
    from vicinal.integrations.sklearn import MixupRegressor as MixupRegressor
    from vicinal.vicinity import (
        Choice,
        CMixup,
        CutMix,
        Dirac,
        Dirichlet,
        Draw,
        Gaussian,
        Latent,
        MixPoint,
        Mixup,
        Neighbours,
        Outside,
        Targets,
        Until,
        Vicinity,
        Warmup,
        discriminator_loss,
        rank_generator,
    )

__all__ = [
    "CMixup",
    "Choice",
    "CutMix",
    "Dirac",
    "Dirichlet",
    "Draw",
    "Gaussian",
    "Latent",
    "MixPoint",
    "Mixup",
    "Neighbours",
    "Outside",
    "Targets",
    "Until",
    "Vicinity",
    "Warmup",
    "__version__",
    "discriminator_loss",
    "rank_generator",
]

_HOMES = dict.fromkeys(__all__, "vicinal.vicinity") | {"__version__": "vicinal._version"}
_WITH_EXTRAS = {
    "MixupClassifier": "vicinal.integrations.sklearn",
    "MixupRegressor": "vicinal.integrations.sklearn",
    "compare": "vicinal._compare",
}
"""Names that need more than torch, and that ``from vicinal import *`` leaves out therefore."""


def __getattr__(name: str) -> Any:
    home = (_HOMES | _WITH_EXTRAS).get(name)
    if home is None:
        raise AttributeError(f"module 'vicinal' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*__all__, *_WITH_EXTRAS])
