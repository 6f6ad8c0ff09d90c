"""An estimator's rows through the trainer: one net, or one for each α in a single stack."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import InputError, must_be
from vicinal.integrations.sklearn._rows import Rows
from vicinal.integrations.sklearn._settings import Settings
from vicinal.models import MLP
from vicinal.training import Moments, fit

ALPHAS = (0.0, 0.1, 0.2, 0.4, 1.0)
"""What ``alpha="auto"`` chooses from; 0 is ERM."""


def new_net(rows: Rows, settings: Settings, *, seeds: Sequence[int]) -> MLP:
    """Return a fresh net for these rows, one replica a seed."""
    return MLP([rows.x.shape[1], *settings.hidden, rows.outputs], seeds=seeds)


def train(
    net: MLP,
    rows: Rows,
    settings: Settings,
    *,
    alphas: Sequence[float],
    seed: int,
    epochs: int,
    moments: Moments | None = None,
) -> tuple[list[Tensor], Tensor]:
    """Train a stack of replicas, one an α, with the same order of rows and the same uniforms, in place.

    Returns:
        The replicas' mean losses (R,) of each epoch; and which replicas had a loss that was not finite, bool (R,).
    """
    losses: list[Tensor] = []
    failed = torch.zeros(len(alphas), dtype=torch.bool)

    def after_epoch(epoch: int, loss: Tensor, broken: Tensor) -> None:  # noqa: ARG001 - as the trainer calls it
        losses.append(loss.clone())
        failed.logical_or_(broken >= 0)

    fit(
        net,
        rows.x.expand(len(alphas), -1, -1).contiguous(),
        rows.y.expand(len(alphas), -1).contiguous(),
        vicinity=[settings.vicinity(alpha) for alpha in alphas],
        seeds=[seed] * len(alphas),
        batch=settings.batch,
        epochs=epochs,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        dropout=settings.dropout,
        label_smoothing=settings.label_smoothing,
        sample_weight=None if rows.weights is None else rows.weights.expand(len(alphas), -1).contiguous(),
        after_epoch=after_epoch,
        moments=moments,
    )
    return losses, failed


def scores(rows: Rows, settings: Settings, *, seed: int) -> dict[float, float]:
    """Return for each α how well four fifths of the rows prepare for the others: minus their mean loss.

    The loss is the negative log-likelihood in nats, or the squared error in the target's unit; the score of an α with
    which training broke down is −∞.
    """
    train_on, valid = rows.divided(seed)
    net = new_net(rows, settings, seeds=[seed] * len(ALPHAS))
    _, failed = train(net, train_on, settings, alphas=ALPHAS, seed=seed, epochs=settings.epochs)
    with torch.no_grad():
        outputs = net.eval()(valid.x.expand(len(ALPHAS), -1, -1)).double()
    weights = torch.ones(len(valid)) if valid.weights is None else valid.weights
    mean = (_losses(outputs, valid.y) @ weights.double()) / weights.double().sum()
    mean = mean.masked_fill(failed | ~mean.isfinite(), np.inf)
    return {alpha: -value * rows.unit for alpha, value in zip(ALPHAS, mean.tolist(), strict=True)}


def _losses(outputs: Tensor, y: Tensor) -> Tensor:
    """Return each replica's loss of each row, (R, n), for outputs (R, n, K)."""
    if y.is_floating_point():
        return (outputs.squeeze(2) - y).square()
    return F.nll_loss(F.log_softmax(outputs, 2).permute(0, 2, 1), y.expand(len(outputs), -1), reduction="none")


def best(found: dict[float, float]) -> float:
    """Return the α with the highest score; the smallest of several.

    Raises:
        InputError: training broke down with every one of them.
    """
    alpha = max(found, key=lambda each: (found[each], -each))
    if found[alpha] == -np.inf:
        raise not_finite()
    return alpha


def not_finite() -> InputError:
    """Return the error for a loss that was not finite."""
    return InputError(must_be("the loss", "finite", "another", "Lower learning_rate, or scale the columns"))
