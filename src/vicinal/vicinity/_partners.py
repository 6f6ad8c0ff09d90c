"""Who is mixed with whom: partners as row numbers of the batch, int64 of shape (N,)."""

import torch
from torch import Tensor

from vicinal._errors import must_be
from vicinal.vicinity._beta import precise
from vicinal.vicinity._lerp import swap_halves


def permutation(n: int, generator: torch.Generator | None = None) -> Tensor:
    """Return a uniformly random permutation of the rows: the paper's choice."""
    return torch.randperm(n, generator=generator, device="cpu" if generator is None else generator.device)


def halves(n: int, device: torch.device | str = "cpu") -> Tensor:
    """Pair row i with row i + N // 2; with odd N the last row is its own partner."""
    return swap_halves(torch.arange(n, device=device))


def matching(n: int, generator: torch.Generator | None = None) -> Tensor:
    """Return a uniformly random perfect matching; with odd N one row is its own partner."""
    order = permutation(n, generator)
    partner = torch.empty_like(order)
    partner[order] = order[halves(n, order.device)]
    return partner


def of_other_class(y: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Return for each row a uniformly random row of another class, or itself where there is none.

    Args:
        y: class indices of shape (N,).
        generator: source of randomness; torch's default CPU generator if not given.
    """
    order, start, count = _class_blocks(y)
    skipped = _uniform_below(len(y) - count, generator)
    place = torch.where(skipped < start, skipped, skipped + count)
    return torch.where(count < len(y), order[place.clamp_max(len(y) - 1)], torch.arange(len(y), device=y.device))


def of_same_class(y: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Return for each row a uniformly random other row of its class, or itself where it is alone."""
    order, start, count = _class_blocks(y)
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(y), device=y.device)
    skipped = start + _uniform_below(count - 1, generator)
    place = torch.where(skipped < rank, skipped, skipped + 1)
    return torch.where(count > 1, order[place.clamp_max(len(y) - 1)], torch.arange(len(y), device=y.device))


def of_close_target(y: Tensor, bandwidth: float, generator: torch.Generator | None = None) -> Tensor:
    r"""Return for each row of each batch another row of it, the likelier the closer their targets are.

    .. math:: p(j \mid i) \propto \exp(-(y_i - y_j)^2 / (2 \sigma^2)), \quad j \ne i

    Args:
        y: numbers of shape (B, N), a row for each batch.
        bandwidth: the distance σ at which a row still counts 0.61 of one with the same target, > 0.
        generator: source of randomness; torch's default CPU generator if not given.

    Returns:
        Row numbers, int64 of shape (B, N); in a batch of one the row itself.
    """
    batches, n = y.shape
    device = "cpu" if generator is None else generator.device
    uniform = torch.rand((batches, n, 1), dtype=precise(device), device=device, generator=generator).to(y.device)
    if n < 2:
        return torch.zeros_like(y, dtype=torch.int64)
    y = y.to(uniform.dtype) / bandwidth
    itself = torch.eye(n, dtype=torch.bool, device=y.device)
    # the nearest row counts 1 after the softmax's shift, so that no batch is without a partner however far all are
    close = (y.unsqueeze(2) - y.unsqueeze(1)).square_().mul_(-0.5).masked_fill_(itself, -torch.inf).softmax(2)
    reached = close.cumsum(2)
    return (reached < (1 - uniform) * reached[:, :, -1:]).sum(2)


def checked_numbers(y: object, why: str) -> Tensor:
    """Return ``y`` as numbers of shape (N,), or say that this vicinity needs them."""
    if not isinstance(y, Tensor) or y.dtype == torch.bool or y.is_complex() or y.ndim != 1:
        found = f"{y.dtype} of shape {tuple(y.shape)}" if isinstance(y, Tensor) else repr(y)
        raise ValueError(must_be("y", f"numbers of shape (N,) for {why}", found))
    return y


def checked_classes(y: object, why: str) -> Tensor:
    """Return ``y`` as class indices of shape (N,), or say that this partner rule needs them."""
    if not isinstance(y, Tensor) or y.is_floating_point() or y.dtype == torch.bool or y.ndim != 1:
        found = f"{y.dtype} of shape {tuple(y.shape)}" if isinstance(y, Tensor) else repr(y)
        raise ValueError(must_be("y", f"class indices of shape (N,) for partner={why!r}", found))
    return y


def checked_partner(partner: object, n: int) -> Tensor:
    """Return what a caller's own partner rule gave, or say what is wrong with it."""
    if not isinstance(partner, Tensor) or partner.dtype != torch.int64 or partner.shape != (n,):
        found = f"{partner.dtype} of shape {tuple(partner.shape)}" if isinstance(partner, Tensor) else repr(partner)
        raise ValueError(must_be("the partners", f"an int64 tensor of shape ({n},)", found))
    if n and partner.device.type == "cpu" and not bool(((partner >= 0) & (partner < n)).all()):
        raise ValueError(
            must_be("the partners", f"row numbers from 0 to {n - 1}", f"{partner.min()} to {partner.max()}")
        )
    return partner


def _class_blocks(y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the rows sorted by class, and for each row where its class starts in that order and how many it has."""
    order = torch.argsort(y, stable=True)
    _, inverse, counts = torch.unique(y, return_inverse=True, return_counts=True)
    starts = counts.cumsum(0) - counts
    return order, starts[inverse], counts[inverse]


def _uniform_below(limit: Tensor, generator: torch.Generator | None) -> Tensor:
    """Draw an integer from 0 to limit − 1 for each row; 0 where limit is 0."""
    device = "cpu" if generator is None else generator.device
    uniform = torch.rand(limit.shape, dtype=precise(device), device=device, generator=generator).to(limit.device)
    return torch.minimum((uniform * limit).long(), (limit - 1).clamp_min(0))
