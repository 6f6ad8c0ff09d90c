"""Training beyond empirical risk minimisation: mixup and its kin, the paper reproduced, a verdict on one's own data."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vicinal._compare import compare
    from vicinal._version import __version__
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
    "compare",
    "discriminator_loss",
    "rank_generator",
]

_HOMES = dict.fromkeys(__all__, "vicinal.vicinity") | {
    "__version__": "vicinal._version",
    "compare": "vicinal._compare",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'vicinal' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
