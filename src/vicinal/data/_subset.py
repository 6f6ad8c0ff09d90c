"""A part of the pictures, drawn class by class, where a task is to be small."""

import numpy as np
import torch
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data._split import cut
from vicinal.vicinity import rank_generator, seed_of


def some(n: int, wanted: int, seed: int) -> Tensor:
    """Return the numbers of some of n pictures to look at, all of them if that is too many, in random order."""
    return torch.randperm(n, generator=rank_generator(seed_of("examples", seed), 0))[:wanted]


def chosen(name: str, labels: Tensor, rows: int | None, seed: int) -> Tensor:
    """Return the numbers of some pictures to train on in ascending order, of every class its share, rounded up or down.

    Args:
        name: the data set's name, for the message.
        labels: the classes of all N pictures.
        rows: how many to take; all if not given.
        seed: fixes which.

    Raises:
        InputError: there are fewer than that.
    """
    n = len(labels)
    if rows is None or rows == n:
        return torch.arange(n)
    if not 1 <= rows <= n:
        sentence = must_be("the number of examples to train on", f"in [1, {n}], all of them", rows)
        raise InputError(f"{name}: {sentence}")
    random = np.random.default_rng(seed_of("rows", "train", seed))
    _, taken = cut(np.arange(n), labels.numpy(), rows, random)
    return torch.from_numpy(taken)
