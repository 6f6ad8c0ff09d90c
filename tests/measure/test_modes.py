"""Quality of samples: counted one by one."""

import math

import numpy as np
import pytest
import torch

from vicinal.measure import Places

CORNERS = Places(torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [5.0, 5.0]]), torch.tensor([0, 1, 2, 2]), 0.1)


def test_each_sample_is_near_its_nearest_place_or_near_none():
    samples = torch.tensor([[0.0, 0.39], [0.41, 0.0], [0.7, 0.0], [5.0, 4.61], [9.0, 9.0]])
    assert CORNERS.quality(samples) == {"high_quality": pytest.approx(60.0), "modes": 3.0}


def test_two_places_of_one_mode_are_found_once():
    assert CORNERS.quality(torch.tensor([[0.0, 1.0], [5.0, 5.0]]))["modes"] == 1.0


def test_without_a_sample_near_any_nothing_is_found():
    assert CORNERS.quality(torch.full((3, 2), 50.0)) == {"high_quality": 0.0, "modes": 0.0}
    assert CORNERS.quality(torch.full((3, 2), torch.nan)) == {"high_quality": 0.0, "modes": 0.0}


def test_it_is_what_counting_in_numpy_gives():
    generator = torch.Generator().manual_seed(0)
    at, samples = 4 * torch.rand(30, 2, generator=generator), 4 * torch.rand(500, 2, generator=generator)
    mode = torch.randint(7, (30,), generator=generator)
    distance = np.hypot(*(samples[:, None] - at[None]).double().numpy().transpose(2, 0, 1))
    near = distance.min(1) <= 4 * 0.05
    found = Places(at, mode, 0.05).quality(samples)
    assert found["high_quality"] == pytest.approx(100 * near.mean())
    assert found["modes"] == len(set(mode[torch.from_numpy(distance.argmin(1)[near])].tolist()))
    assert 0 < near.sum() < 500


def test_real_points_are_nearly_all_of_high_quality():
    """Of a normal distribution of the plane exp(-8) lies beyond four deviations."""
    samples = 0.1 * torch.randn(200_000, 2, generator=torch.Generator().manual_seed(1))
    beyond = 1 - CORNERS.quality(samples)["high_quality"] / 100
    assert beyond == pytest.approx(math.exp(-8), abs=5 * math.sqrt(math.exp(-8) / 200_000))
