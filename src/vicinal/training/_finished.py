"""What training leaves of a trial, before anything of it is written."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from vicinal._version import __version__
from vicinal.training._engine import Engine
from vicinal.training._trial import Trial

PLACE = ("epoch", "step")
"""What a row of a curve says of when it was taken; no figure."""


@dataclass
class Finished:
    """What training left of one trial; ``failure`` is empty where it went well.

    Args:
        trial: what was run.
        figures: final figures by name, errors in per cent.
        curve: one row an epoch, by name; of a GAN one row every so many steps.
        weights: the trained net's, as the ordinary net of the task names them.
        kept: what else is to be kept of it, tensors by name: the net's answers, or what pictures are made of.
        inputs: how the net is to be fed, as plain data; empty for nets that nobody feeds again.
        labels: where training labels were corrupted, a row an example: its real class, the one given, whether replaced.
        environment: versions, device, number of processes and seconds.
        failure: one sentence, where the trial failed.
    """

    trial: Trial
    figures: dict[str, float] = field(default_factory=dict)
    curve: list[dict[str, float]] = field(default_factory=list)
    weights: dict[str, Tensor] = field(default_factory=dict)
    kept: Mapping[str, Tensor] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    labels: Sequence[Mapping[str, int]] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    failure: str = ""

    def conclude(self, weights: Mapping[str, Tensor], figures: Mapping[str, float]) -> None:
        """Take over the weights and the final figures: those of the curve's last row, if it has any, and these.

        A weight that is not finite fails the trial: its figures would be those of no net.
        """
        if not all(tensor.isfinite().all() for tensor in weights.values()):
            self.failure = f"{self.trial}: a weight was not finite after the last epoch."
            return
        self.weights = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
        last = self.curve[-1] if self.curve else {}
        self.figures = {name: value for name, value in last.items() if name not in PLACE} | dict(figures)


def environment(engine: Engine, seconds: float, **more: Any) -> dict[str, Any]:
    """Return where and with what a trial was computed."""
    return {
        "vicinal": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "device": engine.device_name(),
        "processes": engine.world,
        "seconds": round(seconds, 3),
        **more,
    }
