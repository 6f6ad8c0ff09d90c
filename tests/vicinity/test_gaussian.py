"""The Gaussian vicinity: noise of the right law, the same wherever one draw is applied."""

import math

import pytest
import torch
from scipy import stats

from vicinal import Gaussian


@pytest.mark.parametrize("sigma", [0.1, 1, 25.0])
def test_the_noise_is_normal_with_sigma_in_the_units_of_the_inputs(generator, sigma):
    x = torch.full((100, 300), 7.0, dtype=torch.float64)
    noise = Gaussian(sigma, generator=generator).draw(100).mix(x) - 7
    assert stats.kstest(noise.flatten(), stats.norm(0, sigma).cdf).pvalue > 1e-6


def test_the_seed_is_kept_in_the_draw(generator):
    gaussian = Gaussian(1.0, generator=generator)
    draw, other = gaussian.draw(4), gaussian.draw(4)
    assert torch.equal(draw.mix(torch.zeros(4, 3)), draw.mix(torch.zeros(4, 3)))
    assert not torch.equal(draw.mix(torch.zeros(4, 3)), other.mix(torch.zeros(4, 3)))


def test_no_generator_moves_while_noise_is_made(generator):
    draw = Gaussian(1.0, generator=generator).draw(4)
    own, default = generator.get_state(), torch.get_rng_state()
    draw.mix(torch.zeros(4, 3))
    assert torch.equal(generator.get_state(), own)
    assert torch.equal(torch.get_rng_state(), default)


def test_labels_are_left_alone(generator):
    y = torch.tensor([2, 0, 1])
    _, targets = Gaussian(1.0, generator=generator)(torch.zeros(3, 2), y)
    assert torch.equal(targets.major, y)
    assert targets.weights == ()


def test_sigma_zero_leaves_the_inputs_values(generator):
    x = torch.randn(3, 2, generator=generator)
    assert torch.equal(Gaussian(0, generator=generator).draw(3).mix(x), x)


def test_there_is_no_second_batch(generator):
    draw = Gaussian(1.0, generator=generator).draw(3)
    with pytest.raises(ValueError, match="takes one batch"):
        draw.mix(torch.zeros(3), torch.zeros(3))
    with pytest.raises(ValueError, match="takes one batch"):
        draw.targets(torch.zeros(3), torch.zeros(3))


@pytest.mark.parametrize("sigma", [-1, math.inf, math.nan, "1", True, None])
def test_a_sigma_out_of_range_is_refused(sigma):
    with pytest.raises(ValueError, match="sigma must be a number ≥ 0, got"):
        Gaussian(sigma)
