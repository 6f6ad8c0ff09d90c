"""Mixup against other people's implementations and a closed form, given the same lambda and pairing."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import Mixup, Targets, Vicinity


def rolled(n: int, _y: Tensor | None, _generator: torch.Generator | None) -> Tensor:
    """The pairing of torchvision: each example with the one before it."""
    return torch.arange(n).roll(1)


def flipped(n: int, _y: Tensor | None, _generator: torch.Generator | None) -> Tensor:
    """The pairing of timm: the first example with the last."""
    return torch.arange(n).flip(0)


@pytest.mark.parametrize("alpha", [0.2, 1.0, 8.0])
@pytest.mark.parametrize("n", [1, 2, 7, 8])
def test_images_and_labels_are_those_of_torchvision(generator, alpha, n):
    transforms = pytest.importorskip("torchvision.transforms.v2")
    images, labels = torch.rand(n, 3, 5, 4, generator=generator), torch.arange(n) % 4
    draw = Mixup(alpha, partner=rolled, generator=generator).draw(n, y=labels)
    theirs = transforms.MixUp(alpha=alpha, num_classes=4)
    theirs.make_params = lambda _inputs: {"lam": draw.lam.item()}
    their_images, their_labels = theirs(images, labels)
    torch.testing.assert_close(draw.mix(images), their_images, rtol=0, atol=1e-6)
    torch.testing.assert_close(draw.targets(labels).dense(4), their_labels, rtol=0, atol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("per", ["batch", "example"])
def test_images_and_labels_are_those_of_timm(generator, per, smoothing):
    data = pytest.importorskip("timm.data")
    images, labels = torch.rand(8, 3, 5, 4, generator=generator), torch.arange(8) % 4
    draw = Mixup(1.0, per=per, partner=flipped, generator=generator).draw(8, y=labels)
    mode = {"batch": "batch", "example": "elem"}[per]
    theirs = data.Mixup(mixup_alpha=1.0, label_smoothing=smoothing, num_classes=4, mode=mode)
    lam = draw.lam.numpy().astype(np.float32)
    theirs._params_per_batch = lambda: (lam.item(), False)
    theirs._params_per_elem = lambda _size: (lam, np.zeros(8, dtype=bool))
    expected = draw.mix(images), draw.targets(labels).dense(4, label_smoothing=smoothing)
    for ours, their in zip(expected, theirs(images.clone(), labels), strict=True):
        torch.testing.assert_close(ours, their, rtol=0, atol=1e-6)


def test_the_loss_is_that_of_the_papers_figure(generator):
    """``loss = lam * criterion(out, y_a) + (1 - lam) * criterion(out, y_b)``, inputs and labels by one permutation."""
    x, y = torch.randn(9, 5, generator=generator), torch.arange(9) % 3
    net = torch.nn.Linear(5, 3)
    draw = Mixup(0.4, generator=generator).draw(9)
    lam, index = draw.lam.item(), draw.partner
    out = net(lam * x + (1 - lam) * x[index, :])
    expected = lam * F.cross_entropy(out, y) + (1 - lam) * F.cross_entropy(out, y[index])
    torch.testing.assert_close(draw.targets(y).loss(F.cross_entropy, net(draw.mix(x))), expected)


SETTINGS = {
    "permutation": ({"partner": "permutation"}, True),
    "halves": ({"partner": "halves"}, False),
    "halves-in-place": ({"partner": "halves", "inplace": True}, False),
    "pairs-of-halves": ({"partner": "halves", "per": "pair"}, False),
    "matching": ({"per": "pair"}, False),
    "examples": ({"per": "example"}, True),
}


def closed_form(alpha: float, residual: Tensor, *, with_oneself: bool) -> float:
    r"""The mean squared error of a linear model over partners and lambda, from its residuals at the examples.

    The mixed residual is lam r_i + (1 − lam) r_j; E[lam² + (1 − lam)²] = (alpha + 1) / (2 alpha + 1).
    """
    n, square = len(residual), residual.square().mean().item()
    product = residual.mean().square().item()
    if not with_oneself:
        product = (n * product - square) / (n - 1)
    return (alpha + 1) / (2 * alpha + 1) * square + alpha / (2 * alpha + 1) * product


def sampled(vicinity: Vicinity, loss: Callable[[Tensor, Targets], float], total: int) -> tuple[float, float]:
    """Return mean and standard error of the loss over draws; the four examples are shuffled anew for each."""
    source = torch.Generator().manual_seed(11)
    losses = []
    for _ in range(total):
        order = torch.randperm(4, generator=source)
        losses.append(loss(*vicinity(X[order], Y[order])))
    return float(np.mean(losses)), float(np.std(losses) / total**0.5)


X = torch.tensor([[0.3, 1.0], [-1.2, 0.4], [0.8, -0.5], [2.0, 1.5]], dtype=torch.float64)
Y = torch.tensor([1.0, -2.5, 0.5, 4.0], dtype=torch.float64)
THETA = torch.tensor([0.2, -0.7], dtype=torch.float64)


def distance(generator: torch.Generator, name: str, alpha: float, *, with_oneself: bool) -> float:
    """Return how many standard errors the sampled mean loss is away from the closed form."""
    mixup = Mixup(alpha, generator=generator, **SETTINGS[name][0])
    mean, error = sampled(mixup, lambda x, y: y.loss(F.mse_loss, x @ THETA).item(), 600)
    return abs(mean - closed_form(alpha, Y - X @ THETA, with_oneself=with_oneself)) / error


@pytest.mark.parametrize("alpha", [0.2, 1.0, 8.0])
@pytest.mark.parametrize("name", SETTINGS)
def test_the_mean_squared_error_of_a_linear_model_has_its_closed_form(generator, name, alpha):
    assert distance(generator, name, alpha, with_oneself=SETTINGS[name][1]) < 5


@pytest.mark.parametrize("name", SETTINGS)
def test_the_check_of_the_closed_form_fails_for_the_other_law_of_partners(generator, name):
    assert distance(generator, name, 8.0, with_oneself=not SETTINGS[name][1]) > 5
