"""How far generated points are from real ones: energy distance and sliced Wasserstein distance."""

import math

import torch
from torch import Tensor

from vicinal._errors import must_be

DIRECTIONS = 64
"""Of the lines that points of the plane are projected on, evenly over the half circle."""


class Reference:
    """Real points that generated ones are compared with, any number of times.

    Args:
        points: floating, of shape (N, D), one or more.
    """

    def __init__(self, points: Tensor) -> None:
        self.points = _checked(points)
        self._within = _mean_distance(self.points, self.points)
        self._sorted: Tensor | None = None

    def energy_distance(self, samples: Tensor) -> float:
        r"""Return the energy distance of the two empirical distributions, in the unit of the points, never negative.

        .. math:: 2 \, \mathrm{E}\|X - Y\| - \mathrm{E}\|X - X'\| - \mathrm{E}\|Y - Y'\|

        The expectations go over all pairs, a point with itself among them (the V-statistic), so that it is 0 for equal
        distributions only; for N samples of the distribution itself it comes to about 2 E‖X − X'‖ / N.

        Args:
            samples: floating, of shape (M, D), one or more.

        Source: G. J. Székely and M. L. Rizzo, Energy statistics, *J. Statistical Planning and Inference* 143, 2013.
        """
        found = _checked(samples, self.points.shape[1])
        twice = 2 * _mean_distance(self.points, found)
        return max(twice - self._within - _mean_distance(found, found), 0.0)  # below 0 by rounding only

    def sliced_wasserstein(self, samples: Tensor) -> float:
        r"""Return the mean over 64 directions of the plane of the first Wasserstein distance of the projections.

        .. math:: \frac{1}{K} \sum_k \int_0^1 |F_k^{-1}(u) - G_k^{-1}(u)| \, du

        Args:
            samples: floating, of shape (N, 2), as many as there are real points.

        Raises:
            ValueError: the points are not of the plane, or there are more or fewer samples.

        Source: J. Rabin, G. Peyré, J. Delon and M. Bernot, Wasserstein barycenter and its application, 2011.
        """
        if self.points.shape[1] != 2 or samples.shape != self.points.shape:
            expected = "as many samples as real points, of the plane"
            raise ValueError(must_be("samples", expected, f"shapes {tuple(samples.shape)}, {tuple(self.points.shape)}"))
        if self._sorted is None:
            self._sorted = _projected(self.points)
        return (_projected(_checked(samples, 2)) - self._sorted).abs().mean().item()


def _checked(points: Tensor, columns: int | None = None) -> Tensor:
    """Return points in float64: what remains of a difference of means over all pairs is small."""
    if points.ndim != 2 or not len(points) or (columns is not None and points.shape[1] != columns):
        shape = f"(N, {'D' if columns is None else columns}), one point or more"
        raise ValueError(must_be("points", f"of shape {shape}", f"shape {tuple(points.shape)}"))
    return points.detach().double()


def _mean_distance(x: Tensor, y: Tensor) -> float:
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").mean().item()


def _projected(points: Tensor) -> Tensor:
    """Return the sorted projections of points (N, 2) on every direction, of shape (directions, N)."""
    angle = torch.arange(DIRECTIONS, dtype=points.dtype, device=points.device) * (math.pi / DIRECTIONS)
    return (torch.stack([angle.cos(), angle.sin()], dim=1) @ points.T).sort(dim=1).values
