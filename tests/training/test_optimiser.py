"""The optimisers against the update rules of their papers, written out."""

import pytest
import torch
from torch import Tensor, nn

from vicinal.training import Adam, Sgd


def trained(optimiser: Adam | Sgd, gradients: list[Tensor]) -> Tensor:
    weight = nn.Parameter(torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64))
    made = optimiser.of([weight])
    for gradient in gradients:
        weight.grad = gradient.clone()
        made.step()
    return weight.detach()


@pytest.fixture
def gradients() -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(3, dtype=torch.float64, generator=generator) for _ in range(4)]


@pytest.mark.parametrize("sgd", [Sgd(), Sgd(learning_rate=0.3, momentum=0.5, weight_decay=0.1), Sgd(momentum=0.0)])
def test_sgd_adds_the_decay_to_the_gradient_and_keeps_a_share_of_the_last_step(sgd, gradients):
    weight, velocity = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    for gradient in gradients:
        velocity = sgd.momentum * velocity + gradient + sgd.weight_decay * weight
        weight = weight - sgd.learning_rate * velocity
    torch.testing.assert_close(trained(sgd, gradients), weight, rtol=1e-12, atol=0)


def test_adam_divides_the_mean_gradient_by_the_root_of_the_mean_square(gradients):
    weight = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64)
    mean, square = torch.zeros(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    for step, gradient in enumerate(gradients, start=1):
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        weight = weight - 0.02 * (mean / (1 - 0.9**step)) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
    torch.testing.assert_close(trained(Adam(learning_rate=0.02), gradients), weight, rtol=1e-12, atol=0)


def test_adam_adds_the_decay_to_the_gradient(gradients):
    weight = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64)
    step = gradients[0] + 0.3 * weight
    moved = trained(Adam(learning_rate=0.02, weight_decay=0.3), gradients[:1])
    torch.testing.assert_close(moved, weight - 0.02 * step / (step.abs() + 1e-8), rtol=1e-12, atol=0)


def test_settings_name_the_optimiser_and_everything_that_it_does():
    assert Adam().settings() == {"optimiser": "adam", "learning_rate": 1e-3}
    assert Adam(weight_decay=0.1).settings() == {"optimiser": "adam", "learning_rate": 1e-3, "weight_decay": 0.1}
    assert Sgd(weight_decay=5e-4).settings() == {
        "optimiser": "sgd",
        "learning_rate": 0.1,
        "momentum": 0.9,
        "weight_decay": 5e-4,
    }
