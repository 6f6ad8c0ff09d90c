"""What vicinities are called in tables and figures."""

from vicinal.vicinity import Dirac, Gaussian, Mixup, file_of, vicinity

ERM = repr(Dirac())
"""The canonical name of empirical risk minimisation."""


def mixup(alpha: float) -> str:
    """Return the canonical name of mixup with this alpha."""
    return repr(Mixup(alpha))


def label(name: str) -> str:
    """Return what a vicinity is called in tables and figures, from its canonical name."""
    if file_of(name) is not None:
        return name.split(":")[-1]
    made = vicinity(name)
    if name == ERM:
        return "ERM"
    if isinstance(made, Mixup) and name == mixup(made.alpha):
        return f"mixup α={made.alpha:g}"
    if isinstance(made, Gaussian):
        return f"Gaussian σ={made.sigma:g}"
    return name
