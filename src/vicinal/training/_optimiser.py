"""The optimisers of the paper, as settings that can be printed and as torch's own classes."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn


@dataclass(frozen=True, kw_only=True)
class Adam:
    """Adam with torch's default settings but for the step size and the weight decay.

    Args:
        learning_rate: step size.
        weight_decay: factor of the parameters that is added to their gradient.

    Source: Kingma and Ba 2015; arXiv 1710.09412, sections 3.3, 3.6 and 3.7.
    """

    learning_rate: float = 1e-3
    weight_decay: float = 0.0

    def settings(self) -> dict[str, Any]:
        """Return the settings as plain data, for JSON; without the weight decay where there is none."""
        decay = {"weight_decay": self.weight_decay} if self.weight_decay else {}
        return {"optimiser": "adam", "learning_rate": self.learning_rate, **decay}

    def of(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """Return the optimiser of these parameters."""
        return torch.optim.Adam(parameters, lr=self.learning_rate, weight_decay=self.weight_decay, fused=True)


@dataclass(frozen=True, kw_only=True)
class Sgd:
    """Stochastic gradient descent with momentum and weight decay on all parameters.

    Args:
        learning_rate: step size before the schedule changes it.
        momentum: share of the last step that is kept.
        weight_decay: factor of the parameters that is added to their gradient.

    Source: arXiv 1710.09412, sections 3.1 and 3.2.
    """

    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 1e-4

    def settings(self) -> dict[str, Any]:
        """Return the settings as plain data, for JSON."""
        return {"optimiser": "sgd", **asdict(self)}

    def of(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """Return the optimiser of these parameters."""
        decay, momentum = self.weight_decay, self.momentum
        return torch.optim.SGD(parameters, lr=self.learning_rate, momentum=momentum, weight_decay=decay, fused=True)
