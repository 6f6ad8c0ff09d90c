"""How far a net has learnt training labels that are wrong."""

from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from vicinal._errors import must_be
from vicinal._html import shown
from vicinal._numbers import legible

Labels = Tensor | NDArray[Any]


@dataclass(frozen=True)
class Memorisation:
    """Errors on the training points, in per cent; NaN over a part that is empty.

    Args:
        real: against the real labels, over all points.
        given: against the labels that were trained on, over all points.
        corrupted_real: against the real labels, over the points whose label was replaced.
        corrupted_given: against the labels that were trained on, over the points whose label was replaced; a net that
            has memorised them all has 0 here.
        kept: over the points whose label was left as it was.
    """

    real: float
    given: float
    corrupted_real: float
    corrupted_given: float
    kept: float

    def _repr_html_(self) -> str:
        """Return what a notebook shows: every error by what it is counted over and against."""
        rows = [
            ("all", legible(self.real), legible(self.given)),
            ("whose label was replaced", legible(self.corrupted_real), legible(self.corrupted_given)),
            ("whose label was kept", legible(self.kept), legible(self.kept)),  # both labels are one there
        ]
        heads = ("points", "error against real labels, %", "error against given labels, %")
        return shown("Errors on the training points", heads, rows)


def memorisation(predicted: Labels, *, real: Labels, given: Labels, replaced: Labels) -> Memorisation:
    """Compare what a net says of its training points with their real labels and with those that it was given.

    Args:
        predicted: the class that the net says of each point, integers of shape (N,), N ≥ 1, as ``logits.argmax(1)``
            gives them; tensors on the CPU or arrays, all of them.
        real: the true classes, of the same shape.
        given: the classes that were trained on.
        replaced: whose label was drawn at random, bool.

    Raises:
        ValueError: the shapes differ, there is no point, or ``replaced`` is not bool.

    Example:
        >>> y, logits = torch.tensor([0, 0, 1, 1]), torch.eye(2)[[0, 0, 1, 1]]
        >>> given, replaced = torch.tensor([0, 1, 1, 1]), torch.tensor([0, 1, 0, 0]).bool()
        >>> memorisation(logits.argmax(1), real=y, given=given, replaced=replaced)
        Memorisation(real=0.0, given=25.0, corrupted_real=0.0, corrupted_given=100.0, kept=0.0)

    Source: arXiv 1710.09412, section 3.4; Table 2 has ``kept`` as the error on the real labels and ``corrupted_given``
    as that on the corrupted ones.
    """
    guess, true, trained, drawn = (torch.as_tensor(each) for each in (predicted, real, given, replaced))
    shapes = [tuple(each.shape) for each in (guess, true, trained, drawn)]
    if len(set(shapes)) > 1 or guess.ndim != 1 or not len(guess):
        raise ValueError(must_be("predicted, real, given and replaced", "of one shape (N,), N ≥ 1", shapes,
                                 "Of logits take argmax(1)" if guess.ndim == 2 else ""))  # fmt: skip
    if drawn.dtype != torch.bool:
        raise ValueError(must_be("replaced", "bool", drawn.dtype))
    from_real, from_given = guess != true, guess != trained
    return Memorisation(
        *(
            100 * wrong.double().mean().item()
            for wrong in (from_real, from_given, from_real[drawn], from_given[drawn], from_given[~drawn])
        )
    )
