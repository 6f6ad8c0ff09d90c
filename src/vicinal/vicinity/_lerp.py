"""The arithmetic of a mix, free of any object: rows with rows, in cache, in place where it is asked for.

Fresh memory is what mixing costs (page faults), not arithmetic; so each function touches at most one new result, and
works on a few rows at a time, so that the second pass finds them in cache.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

CHUNK = 1 << 19
"""Bytes of the rows that are mixed at a time; half a mebibyte stays in the second-level cache with its partners."""


def over(weight: Tensor, x: Tensor) -> Tensor:
    """Return ``weight``, of shape () or (N,), in the dtype of ``x`` and where it is, to broadcast over its rows."""
    weight = weight.to(device=x.device, dtype=x.dtype, non_blocking=True)
    return weight if weight.ndim == 0 else weight.reshape(-1, *[1] * (x.ndim - 1))


def amount(weight: Tensor, x: Tensor) -> Any:
    """Return one weight on the CPU as a Python float, which kernels take as an argument; any other as :func:`over`."""
    if weight.ndim or weight.device.type != "cpu" or torch.compiler.is_compiling():
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
    if torch.compiler.is_compiling() and x.device.type == "cpu":
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
    half = len(x) // 2
    rows = _rows_a_chunk(x)
    there, back = amount(weight, x), amount(weight / (1 - weight), x)
    for start in range(0, half, rows):
        stop = min(start + rows, half)
        a, b = x[start:stop], x[half + start : half + stop]
        a.lerp_(b, _part(there, start, stop))
        b.lerp_(a, _part(back, start, stop))


def swap_halves(x: Tensor) -> Tensor:
    """Return row i + N // 2 in the place of row i and the reverse, in a new tensor; with odd N the last row stays.

    Args:
        x: of shape (N, ...), any dtype.
    """
    half = len(x) // 2
    if len(x) % 2 == 0:
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
    rows = min(_rows_a_chunk(x), len(x))
    gathered = torch.empty_like(x[:rows])
    for start in range(0, len(x), rows):
        stop = min(start + rows, len(x))
        theirs = gathered[: stop - start]
        torch.index_select(x, 0, partner[start:stop], out=theirs)
        torch.lerp(x[start:stop], theirs, _part(weight, start, stop), out=result[start:stop])
    return result


def lerp_halves(x: Tensor, share: Tensor) -> Tensor:
    """Mix row i with row i + N // 2 and the reverse, into a new tensor, without gathering; see :func:`lerp_rows`."""
    half = len(x) // 2
    weight = amount(share, x)
    pieces = (
        (x[:half], x[half : 2 * half], _part(weight, 0, half)),
        (x[half : 2 * half], x[:half], _part(weight, half, 2 * half)),
    )
    if not _chunkable(x):
        rest = [x[2 * half :]] if len(x) % 2 else []  # an empty piece would lose the memory format
        return torch.cat([*(torch.lerp(*piece) for piece in pieces), *rest])
    result = torch.empty_like(x)
    for piece, start in zip(pieces, (0, half), strict=True):
        torch.lerp(*piece, out=result[start : start + half])
    result[2 * half :] = x[2 * half :]
    return result


def _part(weight: Any, start: int, stop: int) -> Any:
    """Return the weights of some rows; one weight for all of them stays what it is."""
    return weight[start:stop] if isinstance(weight, Tensor) and weight.ndim else weight


def _chunkable(x: Tensor) -> bool:
    """Tell whether writing into a ready buffer is possible and pays: eager, on the CPU, without a gradient to carry."""
    return len(x) > 0 and x.device.type == "cpu" and not torch.compiler.is_compiling() and not _carries_gradient(x)


def _carries_gradient(x: Tensor) -> bool:
    return x.requires_grad and torch.is_grad_enabled()


def _rows_a_chunk(x: Tensor) -> int:
    if x.device.type != "cpu":
        return max(1, len(x))
    row = x.element_size() * max(1, x[0].numel()) if len(x) else 1
    return max(1, CHUNK // row)
