"""The IDX format of MNIST and its kin: a magic number, the sizes, and then the bytes."""

import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vicinal._errors import InputError
from vicinal.data._images import Images
from vicinal.data._official import LARGEST, REMEDY, content_of, unzipped

_BYTES = 0x08  # the format's code for unsigned bytes


def read_idx(path: Path, dimensions: int) -> Tensor:
    """Read a file of unsigned bytes, packed by gzip or not.

    Args:
        path: the file.
        dimensions: how many the array must have.

    Returns:
        The array, uint8.

    Raises:
        InputError: the file is of another form, or is cut off.
    """
    packed = content_of(path)
    content = unzipped(packed)
    if packed and content is packed and packed.startswith(b"\x1f\x8b"):
        raise InputError(f"{path.name}: expected a whole gzip file, found a damaged one. {REMEDY}")
    if len(content) > LARGEST:
        raise InputError(f"{path.name}: expected a data set, found more than {LARGEST:,} bytes. {REMEDY}")
    head = 4 + 4 * dimensions
    if content[:4] != bytes([0, 0, _BYTES, dimensions]) or len(content) < head:
        expected = f"{dimensions} dimension{'s' if dimensions > 1 else ''}"
        raise InputError(f"{path.name}: expected an IDX file of bytes in {expected}, found something else. {REMEDY}")
    shape = [int(side) for side in np.frombuffer(content[4:head], dtype=">u4")]
    if len(content) - head != math.prod(shape):
        sides = " × ".join(map(str, shape))
        raise InputError(f"{path.name}: expected {sides} bytes, found {len(content) - head}. {REMEDY}")
    return torch.from_numpy(np.frombuffer(content, dtype=np.uint8, offset=head).reshape(shape).copy())


def read_pairs(name: str, classes: tuple[str, ...], *paths: Path) -> Images:
    """Read pictures and labels to train on, pictures and labels to test on.

    Raises:
        InputError: a file is malformed, or its pictures and labels do not fit together.
    """
    parts: list[tuple[Tensor, Tensor]] = []
    for pictures, labels in (paths[:2], paths[2:]):
        x, y = read_idx(pictures, 3), read_idx(labels, 1)
        if len(x) != len(y) or not len(x):
            raise InputError(
                f"{labels.name}: expected {len(x)} labels, as in {pictures.name}, found {len(y)}. {REMEDY}"
            )
        if x.shape[1] != x.shape[2] or not x.shape[1]:
            found = f"{x.shape[1]} × {x.shape[2]}"
            raise InputError(f"{pictures.name}: expected square pictures, found {found} pixels. {REMEDY}")
        if int(y.max()) >= len(classes):
            expected = f"labels below {len(classes)}"
            raise InputError(f"{labels.name}: expected {expected}, found {int(y.max())}. {REMEDY}")
        parts.append((x[:, None], y.long()))
    one, other = (f"{x.shape[-1]} pixels" for x, _ in parts)
    if one != other:
        raise InputError(f"{paths[2].name}: expected pictures of {one}, as in {paths[0].name}, found {other}. {REMEDY}")
    return Images(name, *parts[0], *parts[1], classes)
