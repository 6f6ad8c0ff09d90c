"""Cross-entropy against several labels at once, with a single softmax."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch._C._functorch import peek_interpreter_stack
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torch.utils._python_dispatch import is_in_torch_dispatch_mode

from vicinal._errors import must_be
from vicinal.vicinity._lerp import mixed

_MEAN, _SUM = 1, 2
"""torch's numbers for ``reduction="mean"`` and ``"sum"``."""
_nll_and_count = torch.ops.aten.nll_loss_forward.default


def cross_entropy_options(criterion: Callable[..., Any]) -> dict[str, Any] | None:
    """Return the options of a criterion that is torch's cross-entropy in any of its forms, or None for another."""
    if criterion is F.cross_entropy:
        return {}
    if isinstance(criterion, partial) and criterion.func is F.cross_entropy and not criterion.args:
        return dict(criterion.keywords)
    if type(criterion) is nn.CrossEntropyLoss:
        names = ("weight", "ignore_index", "reduction", "label_smoothing")
        return {name: getattr(criterion, name) for name in names}
    return None


def mixed_cross_entropy(
    logits: Tensor,
    labels: Sequence[Tensor],
    weights: Sequence[Tensor],
    *,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    r"""Return :math:`(1 - \sum_k w_k) \, l(z, y^{(0)}) + \sum_k w_k \, l(z, y^{(k)})` for the cross-entropy l of torch.

    Args:
        logits: (N, K) or (N, K, T).
        labels: class indices, each (N,) or (N, T), int64.
        weights: share of each label but the first, each () or (N,).
        weight: class weights (K,).
        ignore_index: class index whose positions count neither above nor below the line.
        reduction: ``"mean"`` (over the sum of all shares times class weights), ``"sum"`` or ``"none"``.
        label_smoothing: share of the uniform distribution, in [0, 1].

    Returns:
        A tensor of shape (), or of the labels' shape with ``"none"``; a mean over nothing is NaN, as torch's is.

    Raises:
        ValueError: ``reduction`` or ``label_smoothing`` is none that torch takes.
    """
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(must_be("reduction", '"mean", "sum" or "none"', reduction))
    if not 0 <= label_smoothing <= 1:
        raise ValueError(must_be("label_smoothing", "a number from 0 to 1", label_smoothing))
    logp = torch.log_softmax(logits, 1)
    of_batch = not any(map(Tensor.dim, weights))
    if reduction == "mean" and of_batch and not label_smoothing and _counted_well(logp):
        return _mean(logp, labels, weights, weight, ignore_index)
    smooth = _uniform_loss(logp, weight) if label_smoothing else None
    summed = reduction != "none" and of_batch
    losses, counts = [], []
    for label in labels:
        loss = F.nll_loss(
            logp, label, weight, ignore_index=ignore_index, reduction="sum" if summed and smooth is None else "none"
        )
        counted = label != ignore_index
        if smooth is not None:
            loss = torch.lerp(loss, smooth * counted, label_smoothing)
            loss = loss.sum() if summed else loss
        losses.append(loss)
        if reduction == "mean":
            # never in half precision, which cannot count above 2,048
            one = torch.promote_types(logp.dtype, torch.float32)
            count = counted.to(one) if weight is None else weight[label.masked_fill(~counted, 0)] * counted
            counts.append(count.sum() if summed else count)
    total = mixed(losses, weights)
    if reduction == "none":
        return total
    return total.sum() / mixed(counts, weights).sum().to(total.dtype) if reduction == "mean" else total.sum()


def _counted_well(logp: Tensor) -> bool:
    """Tell whether torch's kernel for the loss counts exactly: it counts in the dtype of ``logp``, (N, K)."""
    return logp.ndim == 2 and logp.dtype in (torch.float32, torch.float64)


def _readable(logp: Tensor) -> bool:
    """Tell whether numbers can be read without waiting, and nothing records, transforms or imitates what is done."""
    return (
        logp.is_cpu
        and type(logp) is Tensor
        and not torch.compiler.is_compiling()
        and not torch.jit.is_tracing()
        and peek_interpreter_stack() is None
        and not is_in_torch_dispatch_mode()
    )


def _mean(
    logp: Tensor, labels: Sequence[Tensor], weights: Sequence[Tensor], weight: Tensor | None, ignore_index: int
) -> Tensor:
    """Return the mean loss by torch's own kernel, which returns what it counted beside the loss.

    Where numbers can be read, means are mixed by their share times what was counted: the fewest operations, of which a
    small batch's time is made. Elsewhere sums are mixed and divided.
    """
    if not _readable(logp):
        pairs = (_nll_and_count(logp, label, weight, _SUM, ignore_index) for label in labels)
        losses, counts = zip(*pairs, strict=True)
        return mixed(losses, weights) / mixed(counts, weights)
    others = [share.item() for share in weights]
    mean, counted = None, 0.0
    for label, share in zip(labels, (1 - sum(others), *others), strict=True):
        loss, count = _nll_and_count(logp, label, weight, _MEAN, ignore_index)
        mass = share * count.item()
        counted += mass
        if mean is None or counted == mass:  # nothing counted before it
            mean = loss
        elif mass:
            mean = torch.lerp(mean, loss, mass / counted)
    assert mean is not None
    return mean


def _uniform_loss(logp: Tensor, weight: Tensor | None) -> Tensor:
    """Return the loss against the uniform distribution, of the shape of the labels."""
    if weight is None:
        return -logp.mean(1)
    return -torch.einsum("k,nk...->n...", weight, logp) / logp.shape[1]
