"""How many of the places where real points are the generated ones have found, and how many lie beside them all."""

from dataclasses import dataclass

import torch
from torch import Tensor

WITHIN = 4.0
"""Deviations from the nearest place up to which a sample counts as of high quality; of real points 99.97 % are."""


@dataclass(frozen=True, eq=False)
class Places:
    """Where the points of a distribution are.

    Args:
        at: floating, of shape (L, 2): the centres of its modes, or many points of a curve.
        mode: of each the mode or the stretch of the curve, int64 of shape (L,), from 0.
        sigma: deviation of the points around them, in each coordinate, > 0.
    """

    at: Tensor
    mode: Tensor
    sigma: float

    def quality(self, samples: Tensor) -> dict[str, float]:
        """Measure samples.

        Args:
            samples: floating, of shape (N, 2), one or more.

        Returns:
            ``high_quality``: share in per cent of the samples within four deviations of the nearest place; ``modes``:
            number of modes, or of stretches of the curve, that at least one of these has found.
        """
        distance, nearest = torch.cdist(samples, self.at.to(samples), compute_mode="donot_use_mm_for_euclid_dist").min(
            1
        )
        near = distance <= WITHIN * self.sigma
        found = self.mode.to(samples.device)[nearest[near]].unique()
        return {"high_quality": 100 * near.double().mean().item(), "modes": float(len(found))}
