"""What a measure is taken of."""

from dataclasses import dataclass
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
    """

    net: nn.Module
    data: Any
    trial: Trial
    device: str
    source: Trained | None = None
