"""What vicinities are called in tables and figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from vicinal.vicinity import Dirac, Gaussian, Mixup, file_of, vicinity

ERM = repr(Dirac())
"""The canonical name of empirical risk minimisation."""


def mixup(alpha: float, *, halves: bool = False, per: Literal["batch", "example"] = "batch") -> str:
    """Return the canonical name of mixup with this alpha: the paper's form, or the fastest, in place by halves.

    Args:
        alpha: its parameter.
        halves: the fastest form.
        per: what one λ is drawn for, in the paper's form.
    """
    return repr(Mixup(alpha, partner="halves", inplace=True) if halves else Mixup(alpha, per=per))


def label(name: str) -> str:
    """Return what a vicinity is called in tables and figures, from its canonical name."""
    if file_of(name) is not None:
        return name.split(":")[-1]
    made = vicinity(name)
    if name == ERM:
        return "ERM"
    if isinstance(made, Mixup) and name in (mixup(made.alpha), mixup(made.alpha, halves=True)):
        return f"mixup α={made.alpha:g}"
    if isinstance(made, Mixup) and name == mixup(made.alpha, per="example"):
        return f"mixup α={made.alpha:g}, λ an example"
    if isinstance(made, Gaussian):
        return f"Gaussian σ={made.sigma:g}"
    return name


def pairing(name: str) -> str:
    """Return how a vicinity pairs the examples of a batch, for tables; empty where it does not, or is one's own."""
    made = None if file_of(name) is not None else vicinity(name)
    return made.partner if isinstance(made, Mixup) and isinstance(made.partner, str) else ""


def labels(names: Sequence[str]) -> dict[str, str]:
    """Return what each of several vicinities is called beside the others: no two alike.

    Those that only differ in how they pair are told apart by that; where that does not do it, by their whole names.
    """
    called = {name: label(name) for name in names}
    paired = {name: f"{text}, {pairing(name)}" if pairing(name) else name for name, text in called.items()}
    return _told_apart(_told_apart(called, paired), {name: name for name in names})


def _told_apart(called: Mapping[str, str], otherwise: Mapping[str, str]) -> dict[str, str]:
    """Return what each name is called where that is no other's, else what it is called otherwise."""
    times = Counter(called.values())
    return {name: text if times[text] == 1 else otherwise[name] for name, text in called.items()}
