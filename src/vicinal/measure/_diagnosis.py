"""What a diagnosis finds, as data."""

import math
from dataclasses import dataclass
from typing import Any

from vicinal._html import shown
from vicinal._numbers import legible
from vicinal.measure._between import NAMES, Between
from vicinal.measure._calibration import Calibration
from vicinal.measure._robustness import Robustness


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """How a classifier does on examples, how well it knows that, between them, and under attack.

    Args:
        examples: N, how many it was asked about.
        classes: K, how many it tells apart.
        error: answers that are wrong, in per cent.
        top5_error: examples whose class is not among the five most probable ones (all where K < 5), in per cent.
        nll: mean negative log-likelihood of the true class, in nats.
        calibration: how sure it is against how often it is right.
        between: what it does on the lines between examples of different classes; None where there were no two classes.
        between_training: whether those were examples that it was trained on.
        robustness: its error over the size of a change that was made against it; None where none was asked for.
        notes: sentences on what of this is doubtful.
    """

    examples: int
    classes: int
    error: float
    top5_error: float
    nll: float
    calibration: Calibration
    between: Between | None
    between_training: bool
    robustness: Robustness | None
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the figures by name, and what is doubtful."""
        rows = [
            ("error, %", legible(self.error)),
            ("top-5 error, %", legible(self.top5_error)),
            ("negative log-likelihood, nats", legible(self.nll)),
            ("expected calibration error, %", legible(self.calibration.error)),
            ("more confident than right, points", legible(self.calibration.overconfidence, sign=True)),
        ]
        if self.between is not None:
            where = "training" if self.between_training else "these"
            for name, value in self.between.means().items():
                rows.append((f"{NAMES[name]}, mean between {where} examples", legible(value)))
        if self.robustness is not None:
            attacked = zip(self.robustness.eps.tolist(), self.robustness.ifgsm.tolist(), strict=True)
            rows += [(f"error under I-FGSM, eps = {eps:g}/255, %", legible(error)) for eps, error in attacked if eps]
        title = f"{self.examples:,} examples of {self.classes} classes"
        return shown(title, ("measure", "figure"), rows, self.notes)

    def document(self) -> dict[str, Any]:
        """Return all of it as plain data, for JSON; null where a figure is missing."""
        return {
            "examples": self.examples,
            "classes": self.classes,
            "error": _finite(self.error),
            "top5_error": _finite(self.top5_error),
            "nll": _finite(self.nll),
            "calibration": _calibration(self.calibration),
            "between": None if self.between is None else _between(self.between, training=self.between_training),
            "attacks": None if self.robustness is None else _attacks(self.robustness),
            "notes": list(self.notes),
        }


def _calibration(found: Calibration) -> dict[str, Any]:
    columns = (found.count.tolist(), found.confidence.tolist(), found.accuracy.tolist())
    bins = len(found.count)
    return {
        "error": found.error,
        "mean_confidence": found.mean_confidence,
        "mean_accuracy": found.mean_accuracy,
        "bins": [
            {
                "from": k / bins,
                "to": (k + 1) / bins,
                "count": n,
                "confidence": _finite(sure),
                "accuracy": _finite(right),
            }
            for k, (n, sure, right) in enumerate(zip(*columns, strict=True))
        ],
    }


def _between(found: Between, *, training: bool) -> dict[str, Any]:
    rows = [{name: _finite(value) for name, value in row.items()} for row in found.rows()]
    return {"training_points": training, **found.means(), "over_lam": rows}


def _attacks(found: Robustness) -> dict[str, Any]:
    columns = (found.eps.tolist(), found.fgsm.tolist(), found.ifgsm.tolist())
    rows = [dict(zip(("eps", "fgsm_error", "ifgsm_error"), row, strict=True)) for row in zip(*columns, strict=True)]
    return {"examples": found.examples, "steps": found.steps, "stuck": found.stuck, "over_eps": rows}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
