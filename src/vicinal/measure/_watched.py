"""How much of a known amount of work a model has done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

WITH_GRADIENT = 3
"""Forward passes that a forward and a backward pass take the time of."""


@contextmanager
def watched(model: nn.Module, total: int, tell: Callable[[float], object]) -> Iterator[None]:
    """Tell after every forward pass inside the block which share of the work is done.

    Args:
        model: that does it.
        total: all of it, in examples; one whose gradient is wanted counts as ``WITH_GRADIENT`` of them.
        tell: called with a share in [0, 1].
    """
    done = 0

    def tick(_: nn.Module, inputs: tuple[Any, ...], __: object) -> None:
        nonlocal done
        first = inputs[0] if inputs else None
        examples = len(first) if isinstance(first, Tensor) else 0
        done += examples * (WITH_GRADIENT if torch.is_grad_enabled() else 1)
        tell(min(done / max(total, 1), 1.0))

    handle = model.register_forward_hook(tick)
    try:
        yield
    finally:
        handle.remove()
