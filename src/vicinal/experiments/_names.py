"""What vicinities are called in tables and figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from vicinal.vicinity import Dirac, Dirichlet, Gaussian, Latent, Mixup, Outside, Vicinity, Warmup, file_of, vicinity

ERM = repr(Dirac())
"""The canonical name of empirical risk minimisation."""
_OF_CLASSES: dict[object, str] = {"same-class": "same class", "other-class": "other class"}


def mixup(alpha: float, *, halves: bool = False) -> str:
    """Return the canonical name of mixup with this alpha: the paper's form, or the fastest, in place by halves."""
    return repr(Mixup(alpha, partner="halves", inplace=True) if halves else Mixup(alpha))


def after(name: str, *, epochs: int) -> str:
    """Return the canonical name of a vicinity that holds after so many epochs in which nothing is mixed."""
    return repr(Warmup(vicinity(name), epochs=epochs))


def label(name: str) -> str:
    """Return what a vicinity is called in tables and figures, from its canonical name."""
    if file_of(name) is not None:
        return name.split(":")[-1]
    made = vicinity(name)
    if isinstance(made, Warmup):
        return f"{label(repr(made.vicinity))} after {made.epochs}"
    if name == ERM:
        return "ERM"
    return _called(made) or name


def _called(made: Vicinity) -> str:
    """Return what one of the package's own vicinities is called; empty where only its name says all of it."""
    if isinstance(made, Latent):
        # what is mixed in the middle of a net is never overwritten
        inner = made.vicinity
        if isinstance(inner, Mixup) and inner.partner == "halves":
            inner = replace(inner, inplace=True)
        called = _called(inner)
        return called and f"{called} after layer {made.layer}"
    if isinstance(made, Mixup | Outside) and made.mix == "inputs":
        called = _called(replace(made, mix="both"))
        return called and f"inputs only, {called}"
    if isinstance(made, Outside):
        nearest = f"{made.k} nearest{' of the class' if made.same_class else ''}"
        return f"mixup α={made.alpha:g}, {nearest if made.partner == 'neighbours' else 'two loaders'}"
    if isinstance(made, Mixup) and (classes := _OF_CLASSES.get(made.partner)):
        plain = repr(replace(made, partner="permutation")) == mixup(made.alpha)
        return f"mixup α={made.alpha:g}, {classes}" if plain else ""
    if isinstance(made, Mixup) and repr(made) in (mixup(made.alpha), mixup(made.alpha, halves=True)):
        return f"mixup α={made.alpha:g}"
    if isinstance(made, Dirichlet):
        return f"Dirichlet α={made.alpha:g}, {made.k} examples"
    return f"Gaussian σ={made.sigma:g}" if isinstance(made, Gaussian) else ""


def pairing(name: str) -> str:
    """Return how a vicinity pairs the examples of a batch, for tables; empty where it does not, or is one's own."""
    found = mixup_in(name)
    return found.partner if found is not None and isinstance(found.partner, str) else ""


def mixup_in(name: str) -> Mixup | None:
    """Return the mixup that a name stands for, from the start or after a warm-up, or None for another vicinity."""
    made = None if file_of(name) is not None else vicinity(name)
    held = made.vicinity if isinstance(made, Warmup) else made
    return held if isinstance(held, Mixup) else None


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
