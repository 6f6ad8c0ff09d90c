"""Measures of a border against a net whose probability is a known function of the radius."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate
from torch import Tensor, nn

from vicinal.measure import EXTENT, boundary, surface

RESOLUTION = 0.0025
"""Distance of the radii at which the net is asked: either end of the transition is known to that."""


class Radial(nn.Module):
    """p(class 1) falls with the radius as a sigmoid of this centre and breadth, on the left with another breadth."""

    def __init__(self, centre: float, breadth: float, left: float | None = None) -> None:
        super().__init__()
        self.centre, self.breadth, self.left = centre, breadth, breadth if left is None else left

    def forward(self, x: Tensor) -> Tensor:
        breadth = torch.where(x[:, 0] < 0, self.left, self.breadth)
        logit = (self.centre - x.norm(dim=1)) / breadth
        return torch.stack([torch.zeros_like(logit), logit], dim=1)


class Constant(nn.Module):
    """p(class 1) is the same everywhere."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.logit = math.log(p / (1 - p))

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([0 * x[:, 0], 0 * x[:, 1] + self.logit], dim=1)


def sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def entropy(p: float) -> float:
    return -p * math.log(p) - (1 - p) * math.log(1 - p)


@pytest.mark.parametrize("centre", [0.5, 0.6])
@pytest.mark.parametrize("breadth", [0.02, 0.05, 0.1])
def test_a_sigmoid_of_the_radius_is_measured_as_its_formula_says(centre, breadth):
    measured = boundary(Radial(centre, breadth))
    assert measured["transition_width"] == pytest.approx(2 * math.log(9) * breadth, abs=RESOLUTION)
    assert measured["gradient_max"] == pytest.approx(1 / (4 * breadth), rel=0.01)
    between, _ = integrate.quad(lambda r: entropy(sigmoid((centre - r) / breadth)), 0.4, 0.8)
    assert measured["entropy_between"] == pytest.approx(between / 0.4, abs=0.005)
    at = (np.arange(121) + 0.5) / 121 * 3 - 1.5  # the centres of the cells
    p = 1 / (1 + np.exp((np.hypot(at[:, None], at) - centre) / breadth))
    assert measured["gradient_mean"] == pytest.approx((p * (1 - p) / breadth).mean(), rel=1e-4)


def test_the_width_is_the_mean_over_directions():
    measured = boundary(Radial(0.6, 0.02, left=0.1))
    assert measured["transition_width"] == pytest.approx(math.log(9) * (0.02 + 0.1), abs=2 * RESOLUTION)


def test_a_step_has_the_resolution_as_its_width():
    assert boundary(Radial(0.61, 1e-6))["transition_width"] == pytest.approx(RESOLUTION)


@pytest.mark.parametrize(
    ("p", "width"),
    [
        (0.95, RESOLUTION),  # never below 0.9: both ends at the last radius
        (0.5, 1.5),  # below 0.9 at once, never below 0.1
        (0.05, RESOLUTION),  # below both at once
    ],
)
def test_a_net_that_does_not_cross_is_cut_at_the_ends(p, width):
    measured = boundary(Constant(p))
    assert measured["transition_width"] == pytest.approx(width)
    assert measured["entropy_between"] == pytest.approx(entropy(p), rel=1e-5)
    assert measured["gradient_max"] == measured["gradient_mean"] == 0


def test_a_net_that_is_certain_has_no_entropy_and_no_figure_is_missing():
    measured = boundary(Constant(1 - 1e-12))
    assert measured["entropy_between"] == pytest.approx(0, abs=1e-6)
    assert all(math.isfinite(value) for value in measured.values())


def test_the_surface_is_asked_at_the_centres_of_cells_the_first_row_at_the_bottom():
    class Slope(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.stack([0 * x[:, 0], x[:, 0] + 3 * x[:, 1]], dim=1)

    p = surface(Slope(), points=6)
    assert p.shape == (6, 6)
    assert p.dtype == torch.float32
    left, right, bottom, top = EXTENT
    half = (right - left) / 12
    corners = {(0, 0): (left + half, bottom + half), (0, 5): (right - half, bottom + half),
               (5, 0): (left + half, top - half)}  # fmt: skip
    for (row, column), (x, y) in corners.items():
        assert p[row, column].item() == pytest.approx(sigmoid(x + 3 * y), rel=1e-4)


def test_figures_are_finite_and_the_net_is_left_as_it_was():
    net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
    before, random = [p.detach().clone() for p in net.parameters()], torch.get_rng_state()
    figures = boundary(net)
    assert figures == boundary(net)
    assert all(isinstance(value, float) and math.isfinite(value) for value in figures.values())
    assert all(torch.equal(old, new) for old, new in zip(before, net.parameters(), strict=True))
    assert all(parameter.grad is None for parameter in net.parameters())
    assert torch.equal(torch.get_rng_state(), random)
