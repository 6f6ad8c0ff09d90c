"""What a mixed batch is to be recognised as: the labels of all that went into it, and their shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree

from vicinal._errors import must_be
from vicinal.vicinity._beta import precise
from vicinal.vicinity._cross_entropy import cross_entropy_options, mixed_cross_entropy
from vicinal.vicinity._lerp import mixed, over

IGNORED = -100
"""The class index that torch's cross-entropy leaves out unless told otherwise."""


@dataclass(frozen=True, eq=False)
class Targets:
    r"""The labels of a mixed batch, the heaviest first, and the shares of the others.

    .. math:: \tilde y_i = (1 - \sum_k w_{ik}) \, y_i^{(0)} + \sum_{k \ge 1} w_{ik} \, y_i^{(k)}

    Args:
        labels: tensors of one shape: class indices int64 (N,), (N, T) or (N, H, W), or floating vectors of any shape
            (N, ...). The first holds the label with the greatest share, the major one.
        weights: share of each label but the first, float64, of shape () or (N,).

    A registered pytree: it can be passed through compiled functions, workers, pinned memory.
    """

    labels: tuple[Tensor, ...]
    weights: tuple[Tensor, ...] = ()

    def __len__(self) -> int:
        return len(self.labels[0])

    @property
    def major(self) -> Tensor:
        """The label with the greatest share in each example, as it was given."""
        return self.labels[0]

    @property
    def shares(self) -> tuple[Tensor, ...]:
        """The share of every label, in the order of ``labels``; they sum to 1."""
        if not self.weights:
            return (torch.ones((), dtype=precise(self.major.device)),)
        return (1 - sum(self.weights[1:], start=self.weights[0]), *self.weights)

    def loss(self, criterion: Callable[..., Tensor], output: Tensor, **options: Any) -> Tensor:
        r"""Return the loss of ``output`` for these targets, of the shape that the criterion gives.

        Class indices: :math:`\sum_k s_k \, l(output, y^{(k)})`, for cross-entropy with a single softmax; its mean
        divides by the sum of all shares times class weights, ignored positions left out. Floating labels are mixed
        first and the criterion is called once, as the paper defines it (section 2).

        Args:
            criterion: ``F.cross_entropy``, a ``functools.partial`` of it with keywords, ``nn.CrossEntropyLoss(...)``,
                or any function of (output, labels).
            output: what the net returned, (N, K), (N, K, T) for class indices.
            **options: passed on to the criterion, for example ``label_smoothing=0.1``.

        Raises:
            TypeError: the shares differ from example to example but the criterion returns a single number.
            ValueError: output and floating labels hold equally many numbers in different shapes, which would broadcast.
        """
        if options:
            criterion = partial(criterion, **options)
        if self.major.is_floating_point():
            vectors = self.dense()
            if output.shape != vectors.shape and output.numel() == vectors.numel():
                raise ValueError(
                    must_be("output", f"of the targets' shape {tuple(vectors.shape)}", f"{tuple(output.shape)}",
                            "Reshape one of them, else they broadcast against each other")
                )  # fmt: skip
            return criterion(output, vectors)
        settings = cross_entropy_options(criterion)
        if settings is not None and self.weights:
            return mixed_cross_entropy(output, self.labels, self.weights, **settings)
        return self._terms(criterion, output)

    def _terms(self, criterion: Callable[[Tensor, Any], Tensor], output: Tensor) -> Tensor:
        if not self.weights:
            return criterion(output, self.major)
        losses = [criterion(output, label) for label in self.labels]
        if not losses[0].ndim and any(weight.ndim for weight in self.weights):
            raise TypeError(
                must_be(
                    "the criterion's result",
                    "one loss an example, since every example has its own weight",
                    "a single number",
                    'Give the criterion reduction="none" and average afterwards',
                )
            )
        if losses[0].ndim and len(losses[0]) != len(self):
            raise TypeError(
                must_be(
                    "the criterion's result",
                    f"one loss for each of the {len(self)} examples",
                    f"shape {tuple(losses[0].shape)}",
                    "Give outputs as (N, K, T) and labels as (N, T)",
                )
            )
        return mixed(losses, self.weights)

    def dense(self, num_classes: int | None = None, *, label_smoothing: float = 0.0) -> Tensor:
        """Return the targets as vectors: shares of the classes, or the mixed floating labels.

        Args:
            num_classes: K, for class indices only.
            label_smoothing: share of the uniform distribution that is mixed in, in [0, 1], for class indices only.

        Returns:
            For class indices (N, K) or (N, K, T) in torch's default dtype, rows that sum to 1; those of negative
            labels are 0. For floating labels a tensor of their shape and dtype.
        """
        if self.major.is_floating_point():
            if num_classes is not None:
                raise TypeError(must_be("num_classes", "left out, since the labels are vectors already", num_classes))
            if label_smoothing:
                raise TypeError(must_be("label_smoothing", "left out, since the labels are vectors", label_smoothing))
            return mixed(self.labels, self.weights)
        if num_classes is None:
            raise TypeError(must_be("num_classes", "given for class indices", None))
        shape = (len(self), num_classes, *self.major.shape[1:])
        result = torch.zeros(shape, dtype=torch.get_default_dtype(), device=self.major.device)
        for label, share in zip(self.labels, self.shares, strict=True):
            counted = (label >= 0) * over(share, result[:, 0])
            result.scatter_add_(1, label.clamp_min(0).unsqueeze(1), counted.to(result.dtype).unsqueeze(1))
        if label_smoothing:
            uniform = result.sum(1, keepdim=True) / num_classes
            result = torch.lerp(result, uniform.expand_as(result), label_smoothing)
        return result

    def accuracy(self, logits: Tensor, *, ignore_index: int = IGNORED) -> Tensor:
        r"""Return the expected accuracy, :math:`\sum_k s_k [\hat y = y^{(k)}]`, averaged over the positions that count.

        Under mixing the plain accuracy against one label looks broken; this is the figure to log beside the loss.

        Args:
            logits: (N, K) or (N, K, T).
            ignore_index: class index of positions that do not count.

        Raises:
            ValueError: the labels are no class indices, or of another shape than the guesses.
        """
        guess = logits.argmax(1)
        if self.major.is_floating_point() or self.major.shape != guess.shape:
            found = f"{self.major.dtype} of shape {tuple(self.major.shape)}"
            raise ValueError(must_be("the labels", f"class indices of shape {tuple(guess.shape)}", found))
        hit = torch.zeros(guess.shape, dtype=torch.float32, device=guess.device)
        counted = torch.zeros_like(hit)
        for label, share in zip(self.labels, self.shares, strict=True):
            share = over(share, hit) * (label != ignore_index)
            hit = hit + share * (guess == label)
            counted = counted + share
        return hit.sum() / counted.sum()

    def to(self, device: torch.device | str, *, non_blocking: bool = False) -> Targets:
        """Return the same targets on another device."""
        return self._each(lambda tensor: send(tensor, torch.device(device), non_blocking=non_blocking))

    def pin_memory(self) -> Targets:
        """Return the same targets in pinned memory, as a ``DataLoader`` asks of custom batches."""
        return self._each(Tensor.pin_memory)

    def _each(self, function: Callable[[Tensor], Tensor]) -> Targets:
        return Targets(tuple(map(function, self.labels)), tuple(map(function, self.weights)))


def send(tensor: Tensor, device: torch.device, *, non_blocking: bool = True) -> Tensor:
    """Move a tensor without waiting: through pinned memory to CUDA, as float32 to a device without float64."""
    if tensor.device == device:
        return tensor
    if tensor.dtype == torch.float64:
        tensor = tensor.to(precise(device))
    if device.type == "cuda" and tensor.device.type == "cpu" and non_blocking:
        tensor = tensor.pin_memory()
    return tensor.to(device, non_blocking=non_blocking)


pytree.register_dataclass(Targets, field_names=["labels", "weights"])
