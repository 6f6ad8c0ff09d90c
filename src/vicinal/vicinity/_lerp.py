"""The arithmetic of a mix, free of any object: rows with rows, in cache, in place where it is asked for.

Fresh memory is what mixing costs (page faults), not arithmetic; so what mixes rows touches at most one new result, and
where it passes over them twice it takes a few at a time, which the second pass finds in cache.
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


def lerp_pairs_(x: Tensor, weight: Tensor) -> Tensor:
    r"""Mix row i with row i + N // 2, in place, both with the same minor weight.

    .. math:: a \leftarrow (1 - w) a + w b, \quad b \leftarrow (1 - w) b + w a

    The second line takes the mixed a and weight w / (1 - w), which gives the same and needs no copy of a.

    Args:
        x: floating tensor of shape (N, ...), overwritten; with odd N the last row stays as it is.
        weight: minor weight in [0, 1/2], of shape () or (N // 2,), any floating dtype.

    Returns:
        ``x`` itself.
    """
    if x.is_cpu and torch.compiler.is_compiling():
        _opaque_lerp_pairs_(x, weight)
    else:
        _lerp_pairs_now_(x, weight)
    return x


@torch.library.custom_op("vicinal::lerp_pairs_", mutates_args=("x",))
def _opaque_lerp_pairs_(x: Tensor, weight: Tensor) -> None:
    """Mix in place, unseen by the compiler.

    What it sees it writes to fresh memory first and then copies back: seven times the time of this on 154 MB.
    """
    _lerp_pairs_now_(x, weight)


@_opaque_lerp_pairs_.register_fake
def _(x: Tensor, weight: Tensor) -> None:  # shapes and dtypes stay
    pass


def _lerp_pairs_now_(x: Tensor, weight: Tensor) -> None:
    half, odd = x.shape[0] // 2, x.shape[0] % 2  # divmod knows no symbolic sizes
    a, b, _ = x.split_with_sizes((half, half, odd))
    there = amount(weight, x)
    back = there / (1 - there) if isinstance(there, float) else over(weight / (1 - weight), x)
    if isinstance(there, float) and _worth_chunks(a) and a.is_contiguous():
        a, b = a.view(-1), b.view(-1)  # one weight for all: a chunk need not end with a row
    for rows, mine, theirs in _chunks(a, b):
        mine.lerp_(theirs, _part(there, rows))
        theirs.lerp_(mine, _part(back, rows))


def swap_halves(x: Tensor) -> Tensor:
    """Return row i + N // 2 in the place of row i and the reverse, in a new tensor; with odd N the last row stays.

    Args:
        x: of shape (N, ...), any dtype.
    """
    half, odd = x.shape[0] // 2, x.shape[0] % 2
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
    if not _buffered(x):
        return torch.lerp(x, x.index_select(0, partner), weight)
    result = torch.empty_like(x)
    for rows, mine, whose, theirs in _chunks(x, partner, result):
        torch.index_select(x, 0, whose, out=theirs)
        torch.lerp(mine, theirs, _part(weight, rows), out=theirs)
    return result


def lerp_halves(x: Tensor, share: Tensor) -> Tensor:
    """Mix row i with row i + N // 2 and the reverse, into a new tensor, without gathering; see :func:`lerp_rows`."""
    half = x.shape[0] // 2
    weight, first, second = amount(share, x), slice(0, half), slice(half, 2 * half)
    pieces = (x[first], x[second], _part(weight, first)), (x[second], x[first], _part(weight, second))
    if not _buffered(x):
        rest = [x[2 * half :]] if len(x) % 2 else []  # an empty piece would lose the memory format
        return torch.cat([*(torch.lerp(*piece) for piece in pieces), *rest])
    result = torch.empty_like(x)
    for piece, rows in zip(pieces, (first, second), strict=True):
        torch.lerp(*piece, out=result[rows])
    result[2 * half :] = x[2 * half :]
    return result


def _worth_chunks(x: Tensor) -> bool:
    """Tell whether ``x`` is on the CPU and long enough to be mixed a few rows at a time."""
    return x.is_cpu and x.nbytes >= 2 * CHUNK


def _chunks(x: Tensor, *others: Tensor) -> Iterator[tuple[Any, ...]]:
    """Yield a few rows at a time, as a slice, of ``x`` and of tensors as long as it; all at once if that is as good."""
    n = x.shape[0]
    if not _worth_chunks(x):
        yield slice(0, n), x, *others
        return
    rows = max(1, CHUNK * n // x.nbytes)
    starts = range(0, n, rows)
    for start, *pieces in zip(starts, *(tensor.split(rows) for tensor in (x, *others)), strict=True):
        yield slice(start, start + rows), *pieces


def _part(weight: Any, rows: slice) -> Any:
    """Return the weights of some rows; one weight for all of them stays what it is."""
    return weight[rows] if isinstance(weight, Tensor) and weight.ndim else weight


def _buffered(x: Tensor) -> bool:
    """Tell whether writing into a ready buffer is possible and pays: eager, on the CPU, without a gradient to carry."""
    return x.is_cpu and x.shape[0] > 0 and not torch.compiler.is_compiling() and not _carries_gradient(x)


def _carries_gradient(x: Tensor) -> bool:
    return x.requires_grad and torch.is_grad_enabled()
