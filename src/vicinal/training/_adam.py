"""Adam without the bookkeeping of an optimiser object, which costs a small net as much as its arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor
from torch.optim.adam import adam


@dataclass(frozen=True, eq=False)
class Moments:
    """What Adam remembers of the gradients, moved in place by its steps.

    Args:
        means: running mean of each parameter's gradient, of its shape.
        squares: running mean of the gradient's square.
        steps: the number of steps for each parameter, of shape ().
    """

    means: list[Tensor]
    squares: list[Tensor]
    steps: list[Tensor]

    @classmethod
    def none_yet(cls, parameters: Sequence[Tensor]) -> Self:
        """Return the moments before the first step."""
        return cls(
            [torch.zeros_like(parameter) for parameter in parameters],
            [torch.zeros_like(parameter) for parameter in parameters],
            [torch.zeros((), device=parameter.device) for parameter in parameters],
        )


class AdamStep:
    """torch's fused Adam, for gradients that are handed over.

    Args:
        parameters: what is trained, in place; all on one device.
        learning_rate: the step size.
        weight_decay: factor of the parameters that is added to their gradient.
        moments: what is remembered of earlier steps, to go on from; nothing if not given.

    The result is that of ``torch.optim.Adam(parameters, lr=…, weight_decay=…, fused=True)``, bit for bit, without its
    hooks and look-ups: a step of one net of 24,000 weights takes 96 µs instead of 193, of 8 such nets 323 instead of
    407.

    Source: arXiv 1412.6980, algorithm 1.
    """

    def __init__(
        self,
        parameters: Sequence[Tensor],
        learning_rate: float,
        *,
        weight_decay: float = 0.0,
        moments: Moments | None = None,
    ) -> None:
        self.parameters = list(parameters)
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.moments = moments or Moments.none_yet(self.parameters)

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor]) -> None:
        """Move the parameters by one step against their gradients, which come in the parameters' order."""
        adam(
            self.parameters,
            list(gradients),
            self.moments.means,
            self.moments.squares,
            [],
            self.moments.steps,
            fused=True,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=self.learning_rate,
            weight_decay=self.weight_decay,
            eps=1e-8,
            maximize=False,
        )
