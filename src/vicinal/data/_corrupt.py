"""Labels of which a share is replaced by random ones."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from vicinal._errors import must_be
from vicinal.vicinity import seed_of

Labels = TypeVar("Labels", Tensor, NDArray[Any])


@dataclass(frozen=True, eq=False)
class CorruptedLabels(Generic[Labels]):
    """Labels of which some were replaced.

    Args:
        labels: all labels, those replaced among them, of shape (N,) and of the type that was given.
        replaced: which were drawn anew, bool of shape (N,); some of them may have drawn their own class again.
    """

    labels: Labels
    replaced: Labels


def corrupt_labels(
    y: Labels | ArrayLike,
    share: float,
    *,
    seed: int,
    classes: Labels | ArrayLike | None = None,
    symmetric: bool = False,
) -> CorruptedLabels[Any]:
    """Replace exactly the stated share of the labels, rounded to whole ones, by classes drawn uniformly.

    Args:
        y: labels of any kind that can be told apart (numbers, texts), of shape (N,); it is left as it is.
        share: of the labels to replace, in [0, 1].
        seed: fixes which are replaced, and by what.
        classes: the classes to draw from, of shape (K,); those that occur in ``y`` if not given.
        symmetric: draw from the other classes only; else from all of them, so that one label in K keeps its class.

    Returns:
        The labels, as a tensor on its device where ``y`` is one and as an array elsewhere, and which were replaced.

    Raises:
        ValueError: the share is out of its range, ``y`` is no row of labels, or there are not two classes to draw from.

    Example:
        >>> corrupted = corrupt_labels(["cat", "dog", "dog", "cat"], 0.5, seed=0, symmetric=True)
        >>> corrupted.labels[corrupted.replaced] != np.array(["cat", "dog", "dog", "cat"])[corrupted.replaced]
        array([ True,  True])

    Source: arXiv 1710.09412, section 3.4, after arXiv 1611.03530.
    """
    given = np.asarray(_on_host(y))
    if given.ndim != 1:
        raise ValueError(must_be("y", "labels of shape (N,)", f"shape {given.shape}"))
    if isinstance(share, bool) or not 0 <= share <= 1:
        raise ValueError(must_be("the share of labels to replace", "in [0, 1]", share))
    known = np.unique(given if classes is None else np.asarray(_on_host(classes)))
    if len(known) < 2 and share > 0:
        raise ValueError(must_be("the classes to draw from", "two or more", f"{len(known)}"))
    random = np.random.default_rng(seed_of("corrupt labels", seed))
    number = int(share * len(given) + 0.5)
    rows = random.permutation(len(given))[:number]
    labels, replaced = given.astype(np.result_type(given, known)), np.zeros(len(given), dtype=bool)
    if number and symmetric:
        own = np.searchsorted(known, given[rows]).clip(max=len(known) - 1)
        strange = known[own] != given[rows]  # labels of a class that is none of those to draw from: all are others
        drawn = random.integers(0, len(known) - ~strange)
        labels[rows] = known[drawn + (~strange & (drawn >= own))]
    elif number:
        labels[rows] = known[random.integers(0, len(known), number)]
    replaced[rows] = True
    if isinstance(y, Tensor):
        return CorruptedLabels(
            *(torch.from_numpy(each).to(y.device, kind) for each, kind in ((labels, y.dtype), (replaced, torch.bool)))
        )
    return CorruptedLabels(labels, replaced)


def _on_host(labels: Any) -> Any:
    return labels.detach().cpu().numpy() if isinstance(labels, Tensor) else labels
