import re

import numpy as np
import pytest
from scipy.stats import kstest

from vicinal.data import RingAndBlob, ring_and_blob


def test_the_ring_has_radius_one_with_noise_of_a_tenth_and_every_direction():
    x, y = ring_and_blob(20_000, seed=1)
    ring = x[y == 0]
    assert kstest(np.hypot(*ring.T), "norm", args=(1, 0.1)).pvalue > 1e-4
    assert kstest(np.arctan2(ring[:, 1], ring[:, 0]), "uniform", args=(-np.pi, 2 * np.pi)).pvalue > 1e-4


def test_the_blob_is_a_gaussian_of_deviation_a_fifth():
    x, y = ring_and_blob(20_000, seed=2)
    assert kstest(x[y == 1].ravel(), "norm", args=(0, 0.2)).pvalue > 1e-4
    assert abs(np.corrcoef(x[y == 1], rowvar=False).ravel()[1]) < 0.05


@pytest.mark.parametrize("n", [0, 2, 1000])
def test_half_of_the_points_are_of_each_class(n):
    x, y = ring_and_blob(n, seed=0)
    assert x.shape == (n, 2)
    assert np.bincount(y, minlength=2).tolist() == [n // 2, n // 2]


@pytest.mark.parametrize("n", [-2, 3])
def test_their_number_must_be_even(n):
    with pytest.raises(ValueError, match=f"^{re.escape(f'n must be an even number ≥ 0, got {n}.')}$"):
        ring_and_blob(n, seed=0)


def test_the_parts_are_the_points_of_the_seed_and_fresh_ones():
    parts = RingAndBlob().parts(seed=4)
    x, y = ring_and_blob(1000, seed=4)
    np.testing.assert_array_equal(parts.x_train, x.astype(np.float32))
    np.testing.assert_array_equal(parts.y_train, y)
    assert not np.isin(parts.x_test, parts.x_train).any()
    for other in range(20):
        assert not np.isin(parts.x_test, ring_and_blob(1000, seed=other)[0].astype(np.float32)).any()


def test_no_point_is_for_validation():
    parts = RingAndBlob().parts(seed=0)
    assert parts.x_valid.shape == (0, 2)
    assert len(parts.y_valid) == 0


def test_being_raw_changes_nothing():
    np.testing.assert_array_equal(RingAndBlob().parts(seed=0, raw=True).x_test, RingAndBlob().parts(seed=0).x_test)


def test_the_fingerprint_changes_with_the_definition(monkeypatch):
    before = RingAndBlob().fingerprint
    monkeypatch.setattr("vicinal.data._planar.BLOB_SIGMA", 0.3)
    assert RingAndBlob().fingerprint != before
