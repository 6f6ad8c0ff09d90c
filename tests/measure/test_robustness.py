"""Errors under attack are those of the examples that the attacks make; disorder among them is told."""

import pytest
import torch
from torch import nn

from vicinal.measure import Robustness, fgsm, ifgsm
from vicinal.measure._robustness import robustness


def net() -> nn.Module:
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(3)
        return nn.Sequential(nn.Flatten(), nn.Linear(16, 20), nn.Tanh(), nn.Linear(20, 4)).eval()


def examples(n: int = 50) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.rand(n, 1, 4, 4, generator=torch.Generator().manual_seed(1))
    return x, net()(x).argmax(1)  # all of them right before they are moved


@pytest.mark.parametrize("batch", [7, 50, 1000])
def test_errors_are_those_of_the_examples_that_each_attack_makes(batch):
    model, (x, y) = net(), examples()
    found = robustness(model, x, y, eps=(8.0, 64.0), steps=4, batch=batch)
    assert found.eps.tolist() == [0, 8, 64]
    for name, attack in (("fgsm", fgsm), ("ifgsm", lambda *a, eps: ifgsm(*a, eps=eps, steps=4))):
        moved = [x, *(attack(model, x, y, eps=eps) for eps in (8.0, 64.0))]
        wrong = [100 * float((model(each).argmax(1) != y).double().mean()) for each in moved]
        assert getattr(found, name).tolist() == pytest.approx(wrong)
        assert wrong[0] == 0 < wrong[1] < wrong[2]
    assert (found.steps, found.examples, found.stuck, found.doubts()) == (4, 50, 0, ())


def told(fgsm_error: list[float], ifgsm_error: list[float], stuck: int = 0) -> tuple[str, ...]:
    eps = torch.arange(len(fgsm_error)) * 4.0
    return Robustness(eps, torch.tensor(fgsm_error), torch.tensor(ifgsm_error), 10, 2000, stuck).doubts()


def test_no_doubt_is_told_of_errors_that_grow_and_of_a_stronger_attack_that_is_the_stronger():
    assert told([5, 20, 40], [5, 30, 80]) == ()
    assert told([5, 99.5, 100], [5, 99, 99.5]) == ()  # less than a point


def test_an_iterated_attack_that_finds_less_a_falling_error_and_gradients_of_zero_are_told():
    masked = "Its gradients may be masked, and the attack the weaker for it."
    assert told([5, 20, 60], [5, 18, 70]) == (
        f"I-FGSM finds fewer errors than FGSM at ε = 4, though it looks more closely. {masked}",
    )
    assert told([5, 20, 10], [5, 30, 80]) == (
        f"FGSM: the error falls as ε grows, though all the more is allowed. {masked}",
    )
    assert told([5, 5, 5], [5, 5, 5], stuck=1200) == (
        "The gradient is zero or not a number at 1,200 of 2,000 examples, which the attacks left where they were. "
        f"{masked}",
    )


def test_a_net_without_a_gradient_is_told():
    class Sure(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 1e4 * net()(x).detach() + 0 * x.flatten(1)[:, :4]

    x, y = examples(9)
    found = robustness(Sure().eval(), x, y, eps=(8.0,), batch=4)
    assert found.stuck == 9
    assert found.doubts()[0].startswith("The gradient is zero or not a number at 9 of 9 examples")


def test_examples_that_stay_at_the_edge_of_the_box_are_not_called_stuck():
    class Brighter(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.stack([x.flatten(1).sum(1), torch.zeros(len(x))], 1)

    # the gradient leads darker, and black is as dark as it gets
    found = robustness(Brighter().eval(), torch.zeros(5, 1, 4, 4), torch.zeros(5, dtype=torch.int64), eps=(8.0,))
    assert found.stuck == 0
