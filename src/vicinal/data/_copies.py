"""Pictures or sounds of which the same one is there twice: a copy of what is trained on says nothing when tested on."""

import hashlib
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import torch

from vicinal._errors import InputError, must_be
from vicinal.data._folders import TEST_SHARE
from vicinal.data._images import Images
from vicinal.data._parted import PARTS
from vicinal.data._sounds import Sounds
from vicinal.data._split import cut

FEWEST = 4
"""Different examples that can be divided."""

Held = TypeVar("Held", Images, Sounds)


def distinct(data: Held) -> tuple[Held, int]:
    """Return data without the copies of an example, in parts that are drawn anew, and how many copies there were.

    Args:
        data: of which nobody has said what is tested on.

    Raises:
        InputError: all examples are copies of a few.
    """
    seen, stays = set[bytes](), list[bool]()
    for rows in _rows(data):
        for digest in _digests(rows):
            stays.append(digest not in seen)
            seen.add(digest)
    if len(seen) == len(stays):
        return data, 0
    if len(seen) < FEWEST:
        raise InputError(must_be(f"the examples of {data.name}", f"{FEWEST} different ones or more", f"{len(seen)}"))
    every = np.flatnonzero(stays)
    labels = torch.cat(_labels(data)).numpy()
    rest, test = cut(every, labels, max(1, round(TEST_SHARE * len(every))), np.random.default_rng(0))
    parts = {"train": torch.from_numpy(rest), "test": torch.from_numpy(test)}
    return data.only(parts), len(stays) - len(seen)  # pyright: ignore[reportArgumentType] - two of the parts


def tested_twins(data: Images) -> list[tuple[int, int]]:
    """Return which images that are tested on are copies of ones trained on: pairs of their numbers in both parts."""
    trained = {digest: number for number, digest in enumerate(_digests(data.x_train))}
    tested = enumerate(_digests(data.x_test))
    return [(number, trained[digest]) for number, digest in tested if digest in trained]


def whole(data: Held) -> Held:
    """Return all examples as ones to train on; they are those to test on as well, of which nothing can be learned."""
    every = torch.arange(sum(map(len, _labels(data))))
    return data.only({"train": every, "test": every})


def _digests(rows: torch.Tensor) -> Iterator[bytes]:
    return (hashlib.blake2b(row.numpy().tobytes(), digest_size=16).digest() for row in rows)


def _rows(data: Images | Sounds) -> list[torch.Tensor]:
    if isinstance(data, Images):
        return [data.x_train, data.x_test]
    return [data.waves[part] for part in PARTS if part in data.waves]


def _labels(data: Images | Sounds) -> list[torch.Tensor]:
    if isinstance(data, Images):
        return [data.y_train, data.y_test]
    return [data.targets[part] for part in PARTS if part in data.targets]
