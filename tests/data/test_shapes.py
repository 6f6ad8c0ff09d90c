"""Points around a ring, a grid and a roll: where they are, how they are scattered, what is held out."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import chisquare, kstest
from sklearn.datasets import make_swiss_roll

from vicinal.data import SETS, Cloud, Points
from vicinal.data._shapes import POINTS, swiss_roll

SHAPES = ("ring", "grid", "swiss-roll")
every_shape = pytest.mark.parametrize("name", SHAPES)


def cloud(name: str, seed: int = 0) -> Cloud:
    data = SETS[name].load()
    assert isinstance(data, Points)
    return data.cloud(seed=seed)


@pytest.mark.parametrize(
    ("name", "sigma", "modes"),
    [
        ("ring", 0.02, [(2 * np.cos(np.pi * k / 4), 2 * np.sin(np.pi * k / 4)) for k in range(8)]),
        ("grid", 0.05, [(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)]),
    ],
)
def test_modes_have_equal_shares_and_normal_noise_around_them(name, sigma, modes):
    x = cloud(name).train.double().numpy()
    offsets = x[:, None] - np.array(modes)[None]
    nearest = np.hypot(*offsets.transpose(2, 0, 1)).argmin(1)
    assert chisquare(np.bincount(nearest, minlength=len(modes))).pvalue > 1e-4
    around = offsets[np.arange(len(x)), nearest]
    assert kstest(around.ravel() / sigma, "norm").pvalue > 1e-4
    at = cloud(name).places
    assert at is not None
    np.testing.assert_allclose(sorted(at.at.tolist()), sorted([x, y] for x, y in modes), atol=1e-6)
    assert at.mode.tolist() == list(range(len(modes)))
    assert at.sigma == sigma


def test_the_roll_winds_one_and_a_half_times_and_grows_with_its_angle():
    at = cloud("swiss-roll").places
    assert at is not None
    radius = at.at.double().norm(dim=1).numpy()
    angle = np.unwrap(np.arctan2(at.at[:, 1].numpy(), at.at[:, 0].numpy()).astype(np.float64))
    turned = angle - angle[0]
    assert turned[-1] == pytest.approx(3 * np.pi, rel=1e-2)
    np.testing.assert_allclose(radius, radius[0] + (radius[-1] - radius[0]) * turned / turned[-1], atol=1e-4)
    assert (radius[0], radius[-1]) == pytest.approx((1.5 * np.pi / 7.5, 4.5 * np.pi / 7.5), abs=1e-2)
    assert torch.bincount(at.mode).tolist() == [100] * 20


@every_shape
def test_points_are_scattered_around_their_places(name):
    found = cloud(name, seed=3)
    assert found.places is not None
    assert found.places.quality(found.held_out)["high_quality"] > 99.5
    assert found.places.quality(found.held_out)["modes"] == len(found.places.mode.unique())


@every_shape
def test_sizes_kinds_and_extent(name):
    found = cloud(name)
    assert (found.train.shape, found.held_out.shape) == ((POINTS, 2), (2_000, 2))
    assert found.train.dtype == found.held_out.dtype == torch.float32
    left, right, bottom, top = found.extent
    assert (left, bottom) == (-right, -top)
    assert 0.7 * right < found.held_out.abs().max() < right == top


@every_shape
def test_no_point_that_is_held_out_is_trained_on_with_any_seed(name):
    held_out = {tuple(point) for point in cloud(name).held_out.tolist()}
    for seed in range(5):
        assert not held_out & {tuple(point) for point in cloud(name, seed).train.tolist()}


@every_shape
def test_the_same_seed_gives_the_same_points_and_another_one_others(name):
    one, again, other = cloud(name, 1), cloud(name, 1), cloud(name, 2)
    assert torch.equal(one.train, again.train)
    assert torch.equal(one.held_out, again.held_out)
    assert not torch.equal(one.train, other.train)


@every_shape
@pytest.mark.parametrize("change", [{"sigma": 0.06}, {"modes": 5}, {"reach": 3.0}], ids=str)
def test_the_fingerprint_changes_with_the_definition(name, change):
    shape = SETS[name].load()
    assert replace(shape, **change).fingerprint != shape.fingerprint


def test_the_roll_is_the_one_of_scikit_learn_from_the_side():
    rolled, t = make_swiss_roll(300, noise=0.0, random_state=0)
    u = (t / np.pi - 1.5) / 3
    np.testing.assert_allclose(swiss_roll(u), rolled[:, [0, 2]] / 7.5, atol=1e-12)


def test_the_first_points_are_the_few_that_are_looked_at():
    x, y = SETS["grid"].load().few(5)
    assert torch.equal(x, cloud("grid").train[:5])
    assert y.tolist() == [0] * 5
