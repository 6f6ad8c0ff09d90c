"""The arithmetic of a mix, free of any object: rows with rows, in cache, into a new tensor.

Fresh memory is what mixing costs (page faults), not arithmetic; so each function touches one new result, and works on a
few rows at a time, so that the second pass finds them in cache.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

CHUNK = 1 << 20
"""Bytes that are mixed at a time; with their partners they stay in cache for the second pass."""


def over(weight: Tensor, x: Tensor) -> Tensor:
    """Return ``weight``, of shape () or (N,), in the dtype of ``x`` and where it is, to broadcast over its rows."""
    weight = weight.to(device=x.device, dtype=x.dtype, non_blocking=True)
    return weight if weight.ndim == 0 else weight.reshape(-1, *[1] * (x.ndim - 1))


def amount(weight: Tensor, x: Tensor) -> Any:
    """Return one weight on the CPU as a Python float, which kernels take as an argument; any other as :func:`over`."""
    if weight.ndim or not weight.is_cpu or torch.compiler.is_compiling():
        return over(weight, x)
    return weight.item()


def mixed(values: Sequence[Tensor], weights: Sequence[Tensor]) -> Tensor:
    """Return the first value plus each other one's difference from it times its weight, of shape () or (N,)."""
    first, *others = values
    if len(others) == 1:
        return torch.lerp(first, others[0], amount(weights[0], first))
    total = first
    for other, weight in zip(others, weights, strict=True):
        total = total + amount(weight, first) * (other - first)
    return total


def swap_halves(x: Tensor) -> Tensor:
    """Return row i + N // 2 in the place of row i and the reverse, in a new tensor; with odd N the last row stays.

    Args:
        x: of shape (N, ...), any dtype.
    """
    half, odd = divmod(x.shape[0], 2)
    if not odd:
        return x.roll(half, 0)  # the same in one operation
    return torch.cat([x[half:-1], x[:half], x[-1:]])


def lerp_rows(x: Tensor, partner: Tensor, share: Tensor) -> Tensor:
    r"""Mix every row with the row of its partner, into a new tensor.

    .. math:: \tilde x_i = (1 - s_i) x_i + s_i x_{\pi(i)}

    Args:
        x: floating tensor of shape (N, ...).
        partner: row numbers of shape (N,), int64, on the device of ``x``.
        share: the partner's share in [0, 1], of shape () or (N,), any floating dtype.

    Returns:
        A tensor like ``x``, differentiable in ``x``.
    """
    weight = amount(share, x)
    if not _chunkable(x):
        return torch.lerp(x, x.index_select(0, partner), weight)
    result = torch.empty_like(x)
    for rows, mine, whose, theirs in chunks(x, partner, result):
        torch.index_select(x, 0, whose, out=theirs)
        torch.lerp(mine, theirs, part(weight, rows), out=theirs)
    return result


def lerp_halves(x: Tensor, share: Tensor) -> Tensor:
    """Mix row i with row i + N // 2 and the reverse, into a new tensor, without gathering; see :func:`lerp_rows`."""
    half = x.shape[0] // 2
    weight, first, second = amount(share, x), slice(0, half), slice(half, 2 * half)
    pieces = (x[first], x[second], part(weight, first)), (x[second], x[first], part(weight, second))
    if not _chunkable(x):
        rest = [x[2 * half :]] if len(x) % 2 else []  # an empty piece would lose the memory format
        return torch.cat([*(torch.lerp(*piece) for piece in pieces), *rest])
    result = torch.empty_like(x)
    for piece, rows in zip(pieces, (first, second), strict=True):
        torch.lerp(*piece, out=result[rows])
    result[2 * half :] = x[2 * half :]
    return result


def chunked(x: Tensor) -> bool:
    """Tell whether there is enough of ``x`` to be mixed a few rows at a time, and a cache to gain by it."""
    return x.is_cpu and x.nbytes >= 2 * CHUNK


def chunks(x: Tensor, *others: Tensor) -> Iterator[tuple[Any, ...]]:
    """Yield a few rows at a time, as a slice, of ``x`` and of tensors as long as it; all at once if it is small."""
    n = x.shape[0]
    if not chunked(x):
        yield slice(0, n), x, *others
        return
    rows = max(1, CHUNK * n // x.nbytes)
    starts = range(0, n, rows)
    for start, *pieces in zip(starts, *(tensor.split(rows) for tensor in (x, *others)), strict=True):
        yield slice(start, start + rows), *pieces


def part(weight: Any, rows: slice) -> Any:
    """Return the weights of some rows; one weight for all of them stays what it is."""
    return weight[rows] if isinstance(weight, Tensor) and weight.ndim else weight


def _chunkable(x: Tensor) -> bool:
    """Tell whether writing into a ready buffer is possible and pays: eager, on the CPU, without a gradient to carry."""
    return x.is_cpu and x.shape[0] > 0 and not torch.compiler.is_compiling() and not _carries_gradient(x)


def _carries_gradient(x: Tensor) -> bool:
    return x.requires_grad and torch.is_grad_enabled()
