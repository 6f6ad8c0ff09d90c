"""What the predictions of a stack cost: cross-entropy or squared error, against labels that are mixed and weighted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

Loss = Callable[[Tensor], Tensor]
"""Takes the net's outputs (R, n, K) and returns each replica's mean loss (R,)."""


@dataclass(frozen=True, eq=False)
class Criterion:
    r"""The loss of every step of a stack.

    A row i with the share λ and a row j with 1 − λ, of weights w, cost in a minibatch of n examples

    .. math:: \tfrac{1}{n} (\lambda w_i \, l(y_i) + (1 - \lambda) w_j \, l(y_j))

    so that a weight of 2 counts as a row that is there twice. For squared errors that is
    :math:`m (p - \tilde y)^2 / n` with the mass :math:`m = \lambda w_i + (1 - \lambda) w_j` and the mixed target
    :math:`\tilde y = (\lambda w_i y_i + (1 - \lambda) w_j y_j) / m`, but for a constant. The mean is over the n
    examples, whatever they weigh: weights with a mean of 1 leave the size of the gradient as it is.

    Args:
        y: classes, int64, or numbers to be predicted, floating, of shape (S, N).
        classes: K, of class indices.
        sets: which of the S sets of rows each replica has, int64 of shape (R,), on the device.
        sample_weight: of shape (S, N), ≥ 0; each row counts once if not given.
        label_smoothing: share of the uniform distribution that is mixed into every class, in [0, 1].
    """

    y: Tensor
    classes: int
    sets: Tensor
    sample_weight: Tensor | None = None
    label_smoothing: float = 0.0

    def losses(self, rows: Sequence[Tensor], shares: Sequence[Tensor]) -> Iterator[Loss]:
        """Yield the loss of each of S steps against several rows for every example, with their shares.

        Args:
            rows: numbers of rows, each of shape (S, R, n).
            shares: what each of them counts, of the same shapes; those of an example sum to 1.
        """
        labels = [picked_rows(self.y, each, self.sets) for each in rows]
        if self.sample_weight is not None:
            weights = [picked_rows(self.sample_weight, each, self.sets) for each in rows]
            shares = [share * weight for share, weight in zip(shares, weights, strict=True)]
        if self.y.is_floating_point():
            return _squared_errors(labels, shares)
        return _cross_entropies(labels, shares, self.classes, self.label_smoothing)

    def of_draws(self, targets: Sequence[Any]) -> Loss:
        """Return the loss of one step against what each replica's own draw made of its labels."""
        if self.y.is_floating_point():
            return lambda outputs: _own_losses(targets, F.mse_loss, outputs.squeeze(2))
        smoothed = partial(F.cross_entropy, label_smoothing=self.label_smoothing)
        return partial(_own_losses, targets, smoothed if self.label_smoothing else F.cross_entropy)


def picked_rows(values: Tensor, picked: Tensor, sets: Tensor) -> Tensor:
    """Return the picked rows (..., R, n) of every replica from (S, N, ...), where replica r has the set ``sets[r]``."""
    start = (sets * values.shape[1]).unsqueeze(1)
    return values.flatten(0, 1).index_select(0, (picked + start).flatten()).unflatten(0, picked.shape)


def _cross_entropies(
    labels: Sequence[Tensor], shares: Sequence[Tensor], classes: int, smoothing: float
) -> Iterator[Loss]:
    counts = shares[0].new_zeros((*labels[0].shape, classes))
    for label, share in zip(labels, shares, strict=True):
        counts.scatter_add_(3, label.unsqueeze(3), share.unsqueeze(3))
    if smoothing:
        counts = counts.lerp(counts.mean(3, keepdim=True), smoothing)
    for mine in counts.div_(-labels[0].shape[2]):  # what a class counts in its replica's mean, once for all
        yield partial(_cross_entropy, mine)


def _squared_errors(labels: Sequence[Tensor], shares: Sequence[Tensor]) -> Iterator[Loss]:
    mass = torch.stack(tuple(shares)).sum(0)
    sums = torch.stack([label * share for label, share in zip(labels, shares, strict=True)]).sum(0)
    mixed = sums / mass.clamp_min(torch.finfo(mass.dtype).tiny)  # what weighs nothing has no target either
    for target, mine in zip(mixed, mass / labels[0].shape[2], strict=True):
        yield partial(_mean_squared_error, target, mine)


def _cross_entropy(counts: Tensor, logits: Tensor) -> Tensor:
    return (F.log_softmax(logits, 2) * counts).sum((1, 2))


def _mean_squared_error(target: Tensor, mass: Tensor, predicted: Tensor) -> Tensor:
    return ((predicted.squeeze(2) - target).square() * mass).sum(1)


def _own_losses(targets: Sequence[Any], criterion: Callable[..., Tensor], outputs: Tensor) -> Tensor:
    return torch.stack([each.loss(criterion, mine) for each, mine in zip(targets, outputs, strict=True)])
