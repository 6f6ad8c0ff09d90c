"""The loss of mixed targets as Transformers' own models have it for labels that are not mixed."""

from functools import partial
from typing import Any

from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import must_be

LOSSES = {
    "single_label_classification": F.cross_entropy,
    "multi_label_classification": F.binary_cross_entropy_with_logits,
    "regression": F.mse_loss,
}
"""What a model's configuration calls its problem, and the loss that belongs to it."""


def logits_of(outputs: Any) -> Tensor:
    """Return the logits of a model that was given no labels, whether it returns a dict or a tuple."""
    return outputs["logits"] if isinstance(outputs, dict) else outputs[0]


def problem_of(config: Any, labels: Tensor) -> str:
    """Return what kind of problem it is, by the rule of the models: as said, else by the labels."""
    if config.problem_type is not None:
        return config.problem_type
    if config.num_labels == 1:
        return "regression"
    return "multi_label_classification" if labels.is_floating_point() else "single_label_classification"


def fitting(problem: str, labels: Tensor, logits: Tensor) -> Tensor:
    """Return the labels as the loss of the problem takes them.

    Args:
        problem: one of ``LOSSES``.
        labels: class indices of shape (N,); or (N, K), (N,) where there is one number an example.
        logits: of shape (N, K).

    Raises:
        ValueError: the logits are of another shape, as those of other tasks are.
    """
    if logits.ndim != 2:
        raise ValueError(
            must_be("the model's logits", "of shape (N, K), one row an image or a sequence",
                    f"shape {tuple(logits.shape)}", "For other tasks give a compute_loss_func")
        )  # fmt: skip
    if problem == "single_label_classification":
        return labels.view(-1)
    return labels.to(logits.dtype).view_as(logits)


def loss_of(problem: str, targets: Any, logits: Tensor, *, items: Any = None, label_smoothing: float = 0.0) -> Tensor:
    """Return the loss, of shape ().

    Args:
        problem: one of ``LOSSES``.
        targets: of the labels that :func:`fitting` returned.
        logits: of shape (N, K).
        items: the number of labels in all batches whose gradients are accumulated, by which the sum is divided; the
            mean over this batch if not given.
        label_smoothing: share of the uniform distribution, in [0, 1], for class indices.
    """
    smoothing = {"label_smoothing": label_smoothing} if label_smoothing else {}
    if items is None:
        return targets.loss(partial(LOSSES[problem], **smoothing), logits)
    return targets.loss(partial(LOSSES[problem], reduction="sum", **smoothing), logits) / items
