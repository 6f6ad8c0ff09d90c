"""Distances of samples from real points: against NumPy, against SciPy, and what a distance has to be."""

import math
import re

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from vicinal.measure import Reference
from vicinal.measure._distances import DIRECTIONS


def points(n: int, seed: int, *, shift: float = 0.0, columns: int = 2) -> Tensor:
    return shift + torch.randn(n, columns, generator=torch.Generator().manual_seed(seed))


def energy(x: np.ndarray, y: np.ndarray) -> float:
    """Return the energy distance by its definition, all pairs at once."""

    def mean(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1)).mean())

    return 2 * mean(x, y) - mean(x, x) - mean(y, y)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 5), (40, 40), (60, 25)])
@pytest.mark.parametrize("columns", [1, 2, 5])
def test_energy_distance_is_that_of_its_definition(n, m, columns):
    x, y = points(n, 0, columns=columns), points(m, 1, shift=0.3, columns=columns)
    expected = energy(x.double().numpy(), y.double().numpy())
    assert Reference(x).energy_distance(y) == pytest.approx(expected, abs=1e-12)


def test_on_a_line_it_is_twice_the_squared_distance_of_the_distribution_functions():
    """SciPy's is the square root of half of ours."""
    x, y = points(80, 2, columns=1), points(50, 3, shift=1.0, columns=1)
    scipys = stats.energy_distance(x[:, 0].double().numpy(), y[:, 0].double().numpy())
    assert Reference(x).energy_distance(y) == pytest.approx(scipys**2, rel=1e-9)


def test_it_is_never_negative_and_zero_for_the_same_points_in_any_order():
    x = points(300, 4)
    reference = Reference(x)
    assert reference.energy_distance(x.flip(0)) <= 1e-14
    for scale in (0.0, 1e-12, 1e-8, 1e-4):
        assert reference.energy_distance(x + scale * points(300, 5)) >= 0.0


def test_samples_of_the_same_distribution_come_as_near_as_their_number_allows():
    """The V-statistic's mean is E‖X − X'‖ (1/n + 1/m); E‖X − X'‖ of a normal distribution of the plane is √π."""
    found = [Reference(points(200, seed)).energy_distance(points(100, 1000 + seed)) for seed in range(60)]
    expected = math.sqrt(math.pi) * (1 / 200 + 1 / 100)
    assert abs(np.mean(found) - expected) < 4 * stats.sem(found)


def test_sliced_wasserstein_is_the_mean_of_scipys_over_the_directions():
    x, y = points(70, 6), points(70, 7, shift=0.5)
    angles = np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    lines = np.stack([np.cos(angles), np.sin(angles)])
    left, right = (p.double().numpy() @ lines for p in (x, y))
    scipys = [stats.wasserstein_distance(a, b) for a, b in zip(left.T, right.T, strict=True)]
    assert Reference(x).sliced_wasserstein(y) == pytest.approx(np.mean(scipys), rel=1e-9)


def test_a_shift_is_seen_as_its_mean_projection():
    x = points(50, 8)
    for shift in (torch.tensor([3.0, 0.0]), torch.tensor([-1.0, 2.0])):
        expected = shift.norm().item() * 2 / math.pi  # of a line of length 1 in all directions
        assert Reference(x).sliced_wasserstein(x + shift) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", ["energy_distance", "sliced_wasserstein"])
def test_both_are_distances_of_sets_and_scale_with_them(name):
    x, y = points(60, 9), points(60, 10, shift=0.4)
    there, back = getattr(Reference(x), name)(y), getattr(Reference(y), name)(x)
    assert there == pytest.approx(back)
    assert getattr(Reference(7 * x), name)(7 * y) == pytest.approx(7 * there)
    assert getattr(Reference(x), name)(x[torch.randperm(60)]) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("shape", [(0, 2), (3,), (2, 3, 4)])
def test_what_is_no_set_of_points_is_told(shape):
    sentence = f"points must be of shape (N, D), one point or more, got shape {shape}."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Reference(torch.zeros(shape))


def test_samples_of_another_plane_or_number_are_told():
    with pytest.raises(ValueError, match=re.escape("points must be of shape (N, 2)")):
        Reference(points(5, 0)).energy_distance(points(5, 0, columns=3))
    with pytest.raises(ValueError, match="as many samples as real points, of the plane"):
        Reference(points(5, 0)).sliced_wasserstein(points(4, 0))
    with pytest.raises(ValueError, match="as many samples as real points, of the plane"):
        Reference(points(5, 0, columns=3)).sliced_wasserstein(points(5, 0, columns=3))
