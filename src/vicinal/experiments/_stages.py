"""What a generator makes as its training goes on, as data: in panels, as in Figure 5, or as a film."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Sampled:
    """What one method's generator makes at several steps, always of the same noise.

    Args:
        label: the method's name.
        samples: generated points, of shape (steps, N, 2).
        surfaces: the discriminator's probability of "real" at the centres of H × W cells of the extent, of shape
            (steps, H, W), row 0 at the bottom; None where it is not shown.
        notes: a short text a step to print with it; none if empty.
    """

    label: str
    samples: Floats
    surfaces: Floats | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Stages:
    """A row a method, a column a step; real and generated points on the same axes everywhere.

    Args:
        title: of the data set.
        steps: of the generator, rising.
        rows: the methods, each with as many samples as there are steps.
        real: points of shape (M, 2).
        extent: left, right, bottom, top of every panel.
        caption: what is shown.
    """

    title: str
    steps: tuple[int, ...]
    rows: tuple[Sampled, ...]
    real: Floats
    extent: tuple[float, float, float, float]
    caption: str


@dataclass(frozen=True, eq=False)
class Film:
    """The same as moving pictures, a panel a method; where nothing may move, its last step is what is seen."""

    stages: Stages

    @property
    def caption(self) -> str:
        """What is shown."""
        return self.stages.caption
