"""How abruptly a net decides between a blob and the ring around it (Figure 1b of the paper)."""

import math

import torch
from torch import Tensor, nn

EXTENT = (-1.5, 1.5, -1.5, 1.5)
"""Left, right, bottom, top of the part of the plane that is looked at."""

_RADII = 601
_ANGLES = 90
_BETWEEN = (0.4, 0.8)
"""Radii between the classes: two deviations outside the blob, two inside the ring."""


def surface(net: nn.Module, *, points: int = 121) -> Tensor:
    """Return p(class 1) at the centres of points × points cells over ``EXTENT``, float32, row 0 at the bottom."""
    return _probability(net, _grid(points)).unflatten(0, (points, points))


def boundary(net: nn.Module) -> dict[str, float]:
    """Measure the transition from the inner class (1) to the outer one (0).

    Args:
        net: maps points (N, 2) to logits (N, 2).

    Returns:
        ``transition_width``: distance along a ray from the origin from where p(class 1) falls below 0.9 to where it
        falls below 0.1, averaged over 90 rays; a ray on which it does not is cut at the radii 0 and 1.5. The
        resolution, 0.0025, is the least.
        ``gradient_max`` and ``gradient_mean``: norm of the gradient of p(class 1) in the point, over a grid.
        ``entropy_between``: mean entropy of the prediction in nats on the radii from 0.4 to 0.8, where there are no
        training points.
    """
    radius = torch.linspace(0, EXTENT[1], _RADII)
    angle = torch.arange(_ANGLES) * (2 * math.pi / _ANGLES)
    rays = radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=-1)[:, None]
    along = _probability(net, rays.flatten(0, 1)).unflatten(0, (_ANGLES, _RADII))
    width = (_first_below(along, 0.1, radius) - _first_below(along, 0.9, radius)).clamp_min(radius[1])
    between = along[:, (radius >= _BETWEEN[0]) & (radius <= _BETWEEN[1])].double()
    entropy = torch.special.entr(between) + torch.special.entr(1 - between)
    gradient = _gradient_norm(net, _grid(121))
    return {
        "transition_width": width.mean().item(),
        "gradient_max": gradient.max().item(),
        "gradient_mean": gradient.mean().item(),
        "entropy_between": entropy.mean().item(),
    }


def _first_below(along: Tensor, level: float, radius: Tensor) -> Tensor:
    """Return for each ray the first radius at which the probability is below ``level``, the last where it never is."""
    below = along < level
    first = torch.where(below.any(1), below.int().argmax(1), along.shape[1] - 1)
    return radius[first]


def _gradient_norm(net: nn.Module, x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(net(x).softmax(1)[:, 1].sum(), x)
    return gradient.norm(dim=1)


def _grid(points: int) -> Tensor:
    left, right, bottom, top = EXTENT
    centre = (torch.arange(points) + 0.5) / points
    x, y = left + (right - left) * centre, bottom + (top - bottom) * centre
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1).flatten(0, 1)


@torch.no_grad()
def _probability(net: nn.Module, x: Tensor) -> Tensor:
    return net(x).softmax(1)[:, 1]
