"""What an estimator was asked for, checked once, before anything is trained."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from vicinal._errors import InputError, must_be
from vicinal.vicinity import CMixup, Dirac, Mixup

PARTNERS = ("any", "closeness")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Checked settings of a fit.

    Args:
        alpha: of the mixing; None where it is to be chosen.
        partners: ``"any"``, or ``"closeness"`` of the target.
        hidden: units of the hidden layers.
        epochs: passes over the rows.
        batch: rows a minibatch.
        learning_rate: Adam's.
        label_smoothing: share of the uniform distribution in every target.
        dropout: probability of dropping a hidden unit.
        weight_decay: Adam's.
    """

    alpha: float | None
    partners: str
    hidden: tuple[int, ...]
    epochs: int
    batch: int
    learning_rate: float
    label_smoothing: float
    dropout: float
    weight_decay: float

    def vicinity(self, alpha: float) -> Dirac | Mixup | CMixup:
        """Return what mixes with this α; targets are of deviation 1, which is what C-Mixup's bandwidth is meant for."""
        if alpha == 0:
            return Dirac()
        return Mixup(alpha) if self.partners == "any" else CMixup(alpha)


def checked(given: dict[str, Any]) -> Settings:
    """Return an estimator's parameters as checked settings.

    Args:
        given: as ``get_params`` returns them.

    Raises:
        InputError: one of them is out of its range.
    """
    alpha, partners, hidden = given["alpha"], given.get("partners", "any"), given["hidden"]
    automatic = isinstance(alpha, str) and alpha == "auto"
    if not automatic and not _is_real(alpha, lambda value: value >= 0):
        raise InputError(must_be("alpha", '"auto" or a number ≥ 0', repr(alpha)))
    if not isinstance(partners, str) or partners not in PARTNERS:
        raise InputError(must_be("partners", '"any" or "closeness"', repr(partners)))
    if isinstance(hidden, str) or not isinstance(hidden, Sequence) or not all(_is_count(units) for units in hidden):
        raise InputError(must_be("hidden", "a tuple of numbers of units, each at least 1", repr(hidden)))
    for name in ("epochs", "batch_size"):
        if not _is_count(given[name]):
            raise InputError(must_be(name, "a whole number, at least 1", repr(given[name])))
    in_range: dict[str, tuple[str, Callable[[float], bool]]] = {
        "learning_rate": ("a number above 0", lambda value: value > 0),
        "label_smoothing": ("a number from 0 to 1", lambda value: 0 <= value <= 1),
        "dropout": ("a probability in [0, 1)", lambda value: 0 <= value < 1),
        "weight_decay": ("a number ≥ 0", lambda value: value >= 0),
    }
    numbers = {name: given.get(name, 0.0) for name in in_range}
    for name, (expected, fits) in in_range.items():
        if not _is_real(numbers[name], fits):
            raise InputError(must_be(name, expected, repr(numbers[name])))
    return Settings(
        alpha=None if automatic else float(alpha),
        partners=partners,
        hidden=tuple(int(units) for units in hidden),
        epochs=int(given["epochs"]),
        batch=int(given["batch_size"]),
        **{name: float(value) for name, value in numbers.items()},
    )


def _is_real(value: Any, fits: Callable[[float], bool]) -> bool:
    """Return whether this is a finite number that fits; NaN fits nowhere."""
    real = isinstance(value, Real) and not isinstance(value, bool)
    return real and math.isfinite(value) and fits(float(value))


def _is_count(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1
