"""Examples of what a vicinity makes of a batch, for a picture of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from vicinal._errors import must_be
from vicinal.experiments._picture import Mixes
from vicinal.vicinity import Mixup, Vicinity


def mixes(
    x: Tensor | NDArray[Any],
    y: Tensor | ArrayLike,
    *,
    vicinity: Vicinity,
    classes: Sequence[str] = (),
    shown: int = 8,
    caption: str = "",
) -> Mixes:
    """Mix a batch once and return the first of its examples that have another partner than themselves.

    Args:
        x: images of shape (N, C, H, W) with one or three channels, uint8 or floats in [0, 1]; or rows of a table of
            shape (N, D). They are left as they are.
        y: their classes, integers of shape (N,).
        vicinity: what mixes them; one that mixes pairs. With one λ an example the picture shows more of its law.
        classes: the classes' names by class; their numbers if none are given.
        shown: how many examples there are at most, at least 1.
        caption: what is shown.

    Raises:
        ValueError: shapes, values or classes are others, or the vicinity does not mix pairs.
    """
    inputs, labels = _inputs(x), _labels(y, classes)
    if len(labels) != len(inputs):
        raise ValueError(must_be("y", f"as long as x, which has {len(inputs)} rows", f"{len(labels)} labels"))
    if shown < 1:
        raise ValueError(must_be("shown", "an integer ≥ 1", shown))
    draw = vicinity.draw(len(inputs), y=labels).out_of_place()
    if not hasattr(draw, "partner") or getattr(draw, "inputs_only", False):
        raise ValueError(must_be("the vicinity", "one that mixes pairs and their labels", repr(vicinity)))
    mixed: Tensor = draw.mix(inputs.clone())
    partner: Tensor = draw.partner  # pyright: ignore[reportAttributeAccessIssue]
    lam: Tensor = draw.lam.expand(len(inputs))  # pyright: ignore[reportAttributeAccessIssue]
    alone = partner == torch.arange(len(inputs))
    rows = alone.to(torch.uint8).argsort(stable=True)[:shown]
    theirs = partner[rows]
    pairs = zip(labels[rows].tolist(), labels[theirs].tolist(), strict=True)
    return Mixes(
        *(_array(values) for values in (mixed[rows], inputs[rows], inputs[theirs])),
        lam=lam[rows].double().numpy(),
        names=tuple((_name(one, classes), _name(other, classes)) for one, other in pairs),
        alpha=vicinity.alpha if isinstance(vicinity, Mixup) and vicinity.alpha > 0 else None,
        caption=caption,
    )


def _inputs(x: Tensor | NDArray[Any]) -> Tensor:
    """Return images in [0, 255] or rows, float32 on the host."""
    given = torch.as_tensor(x).detach().cpu()
    if not (given.ndim == 2 or (given.ndim == 4 and given.shape[1] in (1, 3))) or not given.numel():
        expected = "images of shape (N, 1 or 3, H, W), or rows of shape (N, D), and not empty"
        raise ValueError(must_be("x", expected, f"shape {tuple(given.shape)}"))
    if given.ndim == 2 or given.dtype == torch.uint8:
        return given.float()
    low, high = float(given.min()), float(given.max())
    if not (given.is_floating_point() and low >= 0 and high <= 1):
        found = f"{given.dtype} from {low:g} to {high:g}"
        raise ValueError(must_be("x", "images of uint8, or of floats in [0, 1]", found, "Undo their normalisation"))
    return 255 * given.float()


def _labels(y: Tensor | ArrayLike, classes: Sequence[str]) -> Tensor:
    labels = torch.as_tensor(y).detach().cpu()
    if labels.ndim != 1 or labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        raise ValueError(
            must_be("y", "classes, integers of shape (N,)", f"{labels.dtype} of shape {tuple(labels.shape)}")
        )
    if classes and len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < len(classes):
        found = f"classes from {int(labels.min())} to {int(labels.max())}"
        raise ValueError(must_be("y", f"classes from 0 to {len(classes) - 1}, one for each name", found))
    return labels.long()


def _name(label: int, classes: Sequence[str]) -> str:
    return str(classes[label]) if classes else str(label)


def _array(values: Tensor) -> NDArray[Any]:
    return values.round().to(torch.uint8).numpy() if values.ndim == 4 else values.numpy().astype(np.float32)
