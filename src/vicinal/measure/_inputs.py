"""Examples, classes and logits as the measures of classifiers take them, checked in one place."""

import torch
from torch import Tensor, nn

from vicinal._errors import must_be


def checked_classes(x: Tensor, y: Tensor, *, form: str = "prepared as the model takes it") -> Tensor:
    """Check that ``x`` and ``y`` are N examples with their classes, and return the classes as int64 on the CPU.

    Args:
        x: examples, floating, of shape (N, ...).
        y: their classes, integers from 0, of shape (N,).
        form: in which ``x`` is wanted, for the sentence that says so.

    Raises:
        TypeError: ``x`` is not floating or ``y`` holds no class indices.
        ValueError: the shapes do not go together, or a class is negative.
    """
    if not isinstance(x, Tensor) or not x.is_floating_point():
        found = str(x.dtype) if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(must_be("x", f"a floating tensor, {form}", found))
    check_classes(y)
    if x.ndim < 2 or y.shape != x.shape[:1]:
        raise ValueError(must_be("x and y", "of shapes (N, ...) and (N,)", f"{tuple(x.shape)} and {tuple(y.shape)}"))
    y = y.detach().cpu().long()
    if len(y) and y.min() < 0:
        raise ValueError(must_be("y", "class indices from 0", int(y.min())))
    return y


def check_classes(y: Tensor) -> None:
    """See that these are class indices.

    Raises:
        TypeError: they are none.
    """
    if not isinstance(y, Tensor) or y.is_floating_point() or y.is_complex() or y.dtype == torch.bool:
        found = str(y.dtype) if isinstance(y, Tensor) else type(y).__name__
        raise TypeError(must_be("y", "a tensor of class indices", found))


def checked_numbers(**least: tuple[float, float]) -> None:
    """Check that every number (its least value, the number) is at least that.

    Raises:
        ValueError: one is smaller.
    """
    for what, (lowest, found) in least.items():
        if found < lowest:
            raise ValueError(must_be(what, f"at least {lowest}", found))


def logits_of(model: nn.Module, x: Tensor, *, least: int) -> Tensor:
    """Return the model's logits, checked to be of shape (N, ``least`` or more).

    Raises:
        ValueError: they are not.
    """
    logits = model(x)
    if not isinstance(logits, Tensor) or logits.ndim != 2 or len(logits) != len(x) or logits.shape[1] < least:
        found = f"shape {tuple(logits.shape)}" if isinstance(logits, Tensor) else type(logits).__name__
        raise ValueError(must_be("the model's output", f"logits of shape ({len(x)}, {least} or more)", found))
    return logits


def device_of(model: nn.Module, x: Tensor) -> torch.device:
    """Return the device of the model's parameters, of its buffers where it has none, or else that of ``x``."""
    for tensors in (model.parameters(), model.buffers()):
        for tensor in tensors:
            return tensor.device
    return x.device
