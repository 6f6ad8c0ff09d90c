"""A part of the pictures, drawn class by class, where a task is to be small."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data._feed import Part
from vicinal.data._split import cut
from vicinal.vicinity import rank_generator, seed_of

_TO: Mapping[Part, str] = {"train": "train on", "valid": "choose by", "test": "test on"}


def some(n: int, wanted: int, seed: int) -> Tensor:
    """Return the numbers of some of n pictures to look at, all of them if that is too many, in random order."""
    return torch.randperm(n, generator=rank_generator(seed_of("examples", seed), 0))[:wanted]


def chosen(name: str, labels: Tensor, rows: int | None, seed: int, part: Part = "train") -> Tensor:
    """Return the numbers of some pictures of a part in ascending order, of every class its share, rounded up or down.

    Args:
        name: the data set's name, for the message.
        labels: the classes of all N pictures.
        rows: how many to take; all if not given.
        seed: fixes which.
        part: what they are drawn from; to train on, to choose by or to test on.

    Raises:
        InputError: there are fewer than that.
    """
    n = len(labels)
    if rows is None or rows == n:
        return torch.arange(n)
    if not 1 <= rows <= n:
        sentence = must_be(f"the number of examples to {_TO[part]}", f"in [1, {n}], all of them", rows)
        raise InputError(f"{name}: {sentence}")
    random = np.random.default_rng(seed_of("rows", part, seed))
    _, taken = cut(np.arange(n), labels.numpy(), rows, random)
    return torch.from_numpy(taken)
