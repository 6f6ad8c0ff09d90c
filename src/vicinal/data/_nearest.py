"""The nearest neighbours of every picture that is trained on: computed once, then kept in the user's cache.

They are a property of the data, whatever is trained: so they are found here, and kept beside the downloads.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal._files import sweep, write_with
from vicinal.data._feed import Feed
from vicinal.data._find import cache

BLOCK = 1_000
"""Rows whose distances to all others are held at a time: 200 MB of float32 beside 50,000 others."""
MOST = 2**33
"""Bytes of pictures that are compared with each other at most, as float32; CIFAR's are 614 million."""
_PLAIN = 500  # pictures that are prepared at a time
_FORM = 1


def nearest(x: Tensor, k: int, *, y: Tensor | None = None) -> Tensor:
    r"""Return the row numbers of the k nearest other rows of every row, the nearest first.

    .. math:: \lVert x_i - x_j \rVert^2 = \lVert x_i \rVert^2 + \lVert x_j \rVert^2 - 2 x_i \cdot x_j

    All pairs are compared, a block of rows at a time; the precision is that of float32, unless ``x`` is float64. Rows
    that are equally near come in any order.

    Args:
        x: N rows or pictures, floating, of shape (N, ...).
        k: how many, at least 1; where there are fewer other rows, all of them.
        y: classes, int64 of shape (N,); if given, only rows of the same class count, as many for all as the smallest
            class has.

    Returns:
        int64 of shape (N, k), on the device of ``x``: a table for :class:`vicinal.Neighbours`.

    Raises:
        InputError: a row has no other one, or none of its class.
        ValueError: ``k`` is below 1, or ``y`` is not as long as ``x``.

    Example:
        >>> nearest(torch.tensor([[0.0], [1.0], [3.0]]), 1).tolist()
        [[1], [0], [1]]

    Source: arXiv 1710.09412, section 3.8.
    """
    if k < 1:
        raise ValueError(must_be("k", "at least 1", k))
    if len(x) < 2:
        raise InputError(must_be("examples with neighbours", "two or more", len(x)))
    rows = x.flatten(1).to(torch.promote_types(x.dtype, torch.float32))
    rows = rows - rows.mean(0)  # the smaller the squares, the more digits their differences have
    if y is None:
        return _nearest(rows, min(k, len(rows) - 1))
    if y.shape != x.shape[:1]:
        raise ValueError(must_be("y", f"of shape ({len(x)},)", f"shape {tuple(y.shape)}"))
    classes, counts = y.to(x.device).unique(return_counts=True)
    fewest = int(counts.min())
    if fewest < 2:
        alone = int(classes[counts.argmin()])
        raise InputError(must_be("each class whose neighbours are asked for", "two examples or more",
                                 f"one of class {alone}"))  # fmt: skip
    table = torch.empty((len(rows), min(k, fewest - 1)), dtype=torch.int64, device=x.device)
    for each in classes.tolist():
        mine = (y.to(x.device) == each).nonzero().flatten()
        table[mine] = mine[_nearest(rows[mine], table.shape[1])]
    return table


def neighbours(
    feed: Feed, k: int, *, same_class: bool = False, fingerprint: str, rows: int | None = None, seed: int = 0
) -> Tensor:
    """Return the nearest neighbours among the pictures of the training part, unaugmented; see :func:`nearest`.

    They are computed where the feed's pictures are and kept in the user's cache, as safetensors; a file there that
    cannot be read is made anew, and where none can be written they are computed each time.

    Args:
        feed: gives the pictures.
        k: how many.
        same_class: whether only pictures of the same class count.
        fingerprint: of the data.
        rows: to how many pictures the training part was cut; all if not given.
        seed: which rows these are; of no importance where it is all of them.

    Returns:
        int64 of shape (N, k), on the host; k is smaller where there are fewer.

    Raises:
        InputError: a class has one picture only, or the pictures are too many to be compared.
    """
    file = cache() / "neighbours" / f"{_name(feed, k, same_class, fingerprint, rows, seed)}.safetensors"
    found = _kept(file, feed.size("train"))
    if found is None:
        found = nearest(_pictures(feed), k, y=feed.labels("train") if same_class else None).cpu()
        with suppress(OSError):
            sweep(file.parent, ["*.safetensors"])
            kept = found.to(torch.int32)
            write_with(file, lambda partial: save_file({"nearest": kept}, partial))
    return found


def _name(feed: Feed, k: int, same_class: bool, fingerprint: str, rows: int | None, seed: int) -> str:  # noqa: FBT001
    """Return a name that is different for everything that decides a table."""
    which = None if rows is None else [rows, seed]
    classes = hashlib.sha256(feed.labels("train").numpy().tobytes()).hexdigest() if same_class else None
    decides = json.dumps([_FORM, fingerprint, which, feed.shape, k, classes])
    return hashlib.sha256(decides.encode()).hexdigest()[:32]


def _kept(file: Path, rows: int) -> Tensor | None:
    try:
        found = load_file(file)["nearest"]
    except (OSError, SafetensorError, KeyError):
        return None
    return found.long() if found.ndim == 2 and len(found) == rows else None


def _pictures(feed: Feed) -> Tensor:
    """Return all pictures of the training part, prepared, float32 of shape (N, C, H, W), where the feed has them."""
    n, shape = feed.size("train"), feed.shape
    if 4 * n * torch.Size(shape).numel() > MOST:
        found = f"{n:,} of shape {' × '.join(map(str, shape))}"
        raise InputError(must_be("pictures with neighbours", f"at most {MOST / 2**30:g} GiB as float32", found,
                                 "Train on fewer rows, or on smaller pictures"))  # fmt: skip
    return torch.cat([x for x, _ in feed.plain("train", torch.arange(n).split(_PLAIN))])


def _nearest(rows: Tensor, k: int) -> Tensor:
    squares, found = rows.square().sum(1), []
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        # less the square of the block's own row, which changes no order
        distances = torch.addmm(squares, block, rows.T, alpha=-2.0)
        distances.diagonal(start).fill_(torch.inf)
        found.append(distances.topk(k, largest=False).indices)
    return torch.cat(found)
