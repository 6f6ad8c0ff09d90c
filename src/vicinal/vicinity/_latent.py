"""Mixing in the middle of a net: the output of a module instead of the inputs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from torch import Tensor, nn


class Mixes(Protocol):
    """Whatever mixes a batch of latents, a draw as a rule."""

    def mix(self, x: Tensor) -> Tensor:
        """Return the mixed batch."""
        ...


class MixPoint(nn.Module):
    """A place in a net at which ``with draw.at(point):`` mixes; elsewhere it returns what it is given.

    Unlike a hook it is part of the graph, so it works in nets that ``torch.compile`` has compiled: with one graph for
    training, in which it mixes, and one for evaluation, in which it does not.

    Example:
        >>> import torch
        >>> from vicinal import Mixup
        >>> net = nn.Sequential(nn.Linear(4, 8), MixPoint(), nn.Linear(8, 2))
        >>> with Mixup(1.0).draw(3).at(net[1]):
        ...     net(torch.zeros(3, 4)).shape
        torch.Size([3, 2])
    """

    def __init__(self) -> None:
        super().__init__()
        self.draw: Mixes | None = None
        self.times = 0

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x``, mixed inside a ``draw.at(...)`` block."""
        if self.draw is None:
            return x
        self.times += 1  # 0 at the first pass of every block, so that a compiled net's guard on it holds
        return self.draw.mix(x)

    @contextmanager
    def mixing(self, draw: Mixes) -> Iterator[None]:
        """Mix with this draw inside the block."""
        if self.draw is not None:
            raise RuntimeError("this MixPoint is mixing already; leave the other draw's block first.")
        self.draw, self.times = draw, 0
        try:
            yield
        finally:
            self.draw = None
        if self.times != 1:
            raise RuntimeError(
                f"a MixPoint must be passed exactly once inside its block, got {self.times} times. "
                "Put it into the net, and call the net once in the block."
            )


@contextmanager
def mixed_output(module: nn.Module, mix: Callable[[Any], Any]) -> Iterator[None]:
    """Replace the output of ``module`` by ``mix(output)`` inside the block, and see that it happens exactly once."""
    times = 0

    def hook(_module: nn.Module, _inputs: Any, output: Any) -> Any:
        nonlocal times
        times += 1
        return mix(output)

    handle = module.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()
    if times != 1:
        raise RuntimeError(
            f"the output of {type(module).__name__} must be mixed exactly once inside the block, got {times} times. "
            "Call the net once in the block; if it is compiled, put a vicinal.MixPoint() into it and mix there."
        )
