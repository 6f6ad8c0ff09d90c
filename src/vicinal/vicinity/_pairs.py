"""Halves mixed with each other in place, which needs no second batch; in compiled code too.

What ``torch.compile`` sees of it would be written to fresh memory and then copied back, in seven times the time. So on
the CPU compiled code takes it as one operation, ``vicinal::lerp_pairs_``, unseen. A batch that no cache holds is then
mixed by a kernel that the compiler made for this alone: one pass over the memory where eager code takes two.
"""

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from vicinal.vicinity._lerp import amount, chunked, chunks, over, part

UNCACHED = 1 << 25
"""Bytes of half a batch from which memory is what mixing waits for."""


def lerp_pairs_(x: Tensor, weight: Tensor) -> Tensor:
    r"""Mix row i with row i + N // 2, in place, both with the same minor weight.

    .. math:: a \leftarrow (1 - w) a + w b, \quad b \leftarrow (1 - w) b + w a

    Args:
        x: floating tensor of shape (N, ...), overwritten; with odd N the last row stays as it is.
        weight: minor weight in [0, 1/2], of shape () or (N // 2,), any floating dtype.

    Returns:
        ``x`` itself.
    """
    if x.is_cpu and torch.compiler.is_compiling():
        torch.ops.vicinal.lerp_pairs_(x, weight)
    else:
        _two_passes(x, weight)
    return x


def _two_passes(x: Tensor, weight: Tensor) -> None:
    """Mix a with b, then b with the mixed a and weight w / (1 - w): the same, and no copy of a is needed."""
    half, odd = divmod(x.shape[0], 2)
    a, b, _ = x.split_with_sizes((half, half, odd))
    there = amount(weight, x)
    back = there / (1 - there) if isinstance(there, float) else over(weight / (1 - weight), x)
    if isinstance(there, float) and chunked(a) and a.is_contiguous():
        a, b = a.view(-1), b.view(-1)  # one weight for all: a chunk need not end with a row
    for rows, mine, theirs in chunks(a, b):
        mine.lerp_(theirs, part(there, rows))
        theirs.lerp_(mine, part(back, rows))


def _unseen(x: Tensor, weight: Tensor) -> None:
    half = len(x) // 2
    a, b = x[:half], x[half : 2 * half]
    one_pass = _one_pass() if a.nbytes >= UNCACHED and weight.ndim == 0 and a.is_contiguous() else None
    if one_pass is None:
        _two_passes(x, weight)
    else:
        one_pass(a.view(-1), b.view(-1), weight)


@cache
def _one_pass() -> Callable[[Tensor, Tensor, Tensor], None] | None:
    """Return the compiled mix of two long vectors, or None where there is no C++ compiler for it."""
    from torch._dynamo.exc import TorchDynamoException  # takes a second to import

    compiled = torch.compile(_exchange, dynamic=True)
    try:
        compiled(torch.zeros(64), torch.zeros(64), torch.zeros((), dtype=torch.float64))
    except TorchDynamoException:
        return None
    return compiled


def _exchange(a: Tensor, b: Tensor, weight: Tensor) -> None:
    moved = (b - a) * weight
    a.add_(moved)
    b.sub_(moved)


_library = torch.library.Library("vicinal", "FRAGMENT")
_library.define("lerp_pairs_(Tensor(a!) x, Tensor weight) -> ()")
_library.impl("lerp_pairs_", _unseen, "CPU")
_library.impl("lerp_pairs_", lambda _x, _weight: None, "Meta")
