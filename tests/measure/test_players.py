"""What generator and discriminator give each other: against closed forms and finite differences."""

import math

import pytest
import torch
from torch import nn

from vicinal.measure import discriminator_gradient, generator_gradient


def test_a_plane_has_one_slope_everywhere():
    slope = torch.tensor([3.0, -4.0])
    x, y = torch.randn(2, 20, 2, generator=torch.Generator().manual_seed(0))
    found = discriminator_gradient(lambda p: (p @ slope)[:, None] + 7, x, y, torch.linspace(0, 1, 20))
    assert found == pytest.approx(5.0)


def test_it_is_taken_between_the_points():
    """The gradient of ‖x‖² / 2 is x itself."""
    real, fake = torch.tensor([[4.0, 0.0], [0.0, 2.0]]), torch.zeros(2, 2)
    for u, expected in (([1.0, 1.0], 3.0), ([0.0, 0.0], 0.0), ([0.5, 1.0], 2.0)):
        found = discriminator_gradient(lambda p: p.square().sum(1) / 2, real, fake, torch.tensor(u))
        assert found == pytest.approx(expected)


def test_the_generators_gradient_is_that_of_finite_differences():
    torch.manual_seed(0)
    generator, discriminator = (
        nn.Linear(2, 2).double(),
        nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1)).double(),
    )
    noise = torch.randn(16, 2, dtype=torch.float64)

    def loss() -> float:
        with torch.no_grad():
            return -torch.sigmoid(discriminator(generator(noise))).log().mean().item()

    total, step = 0.0, 1e-6
    for parameter in generator.parameters():
        flat = parameter.data.view(-1)
        for place in range(len(flat)):
            flat[place] += step
            above = loss()
            flat[place] -= 2 * step
            total += ((above - loss()) / (2 * step)) ** 2
            flat[place] += step
    assert generator_gradient(generator, discriminator, noise) == pytest.approx(math.sqrt(total), rel=1e-6)


def test_a_discriminator_that_is_sure_gives_the_usual_gradient_and_a_flat_one_none():
    generator, noise = nn.Linear(2, 2), torch.ones(4, 2)
    assert generator_gradient(generator, lambda x: x.sum(1) * 0 - 50, noise) == 0.0
    sure = generator_gradient(generator, lambda x: x.sum(1) - 1e4, noise)  # the loss is a straight line there
    assert sure == pytest.approx(math.sqrt(6.0))


def test_nets_and_points_are_left_as_they_are():
    generator, discriminator = nn.Linear(2, 2), nn.Linear(2, 1)
    x = torch.zeros(3, 2)
    generator_gradient(generator, discriminator, x)
    discriminator_gradient(discriminator, x, generator(x), torch.ones(3))
    assert not x.requires_grad
    assert all(p.grad is None for net in (generator, discriminator) for p in net.parameters())
