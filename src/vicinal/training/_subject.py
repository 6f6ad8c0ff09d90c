"""What a measure is taken of."""

from dataclasses import dataclass, field
from typing import Any

from torch import nn

from vicinal.training._trained import Trained
from vicinal.training._trial import Trial


@dataclass(frozen=True, eq=False)
class Subject:
    """A trained net, with all that a measure of it may need.

    Args:
        net: in evaluation mode, on the device.
        data: of its trial, loaded.
        trial: what the net was trained by.
        device: where to compute.
        source: another net, which makes the examples that this one is measured on; None where the measure needs none.
        source_trial: what that net was trained by.
        shared: what a measure keeps, by the trial that it is of, for the nets of the same data that it is taken of
            next; empty at first.
    """

    net: nn.Module
    data: Any
    trial: Trial
    device: str
    source: Trained | None = None
    source_trial: Trial | None = None
    shared: dict[Trial, Any] = field(default_factory=dict)
