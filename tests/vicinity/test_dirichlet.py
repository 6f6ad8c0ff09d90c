"""Combinations of three and more examples: the law of their weights, and who is combined."""

import math

import numpy as np
import pytest
import torch
from scipy import special, stats

from vicinal import Dirichlet
from vicinal.vicinity._dirichlet import DirichletDraw, draw_dirichlet


def drawn(generator: torch.Generator, alpha: float, k: int, n: int = 6) -> DirichletDraw:
    draw = Dirichlet(alpha, k, generator=generator).draw(n)
    assert isinstance(draw, DirichletDraw)
    return draw


@pytest.mark.parametrize("alpha", [0.05, 0.4, 1.0, 8.0])
@pytest.mark.parametrize("k", [3, 5])
def test_order_statistics_of_the_weights_are_those_of_scipys_log_gamma_variates(generator, alpha, k):
    """NumPy's own Dirichlet loses weights below 1e-16 at small alpha; SciPy's logarithms keep them."""
    ours = np.array([[draw.lam.item(), *draw.weights.tolist()] for draw in
                     (drawn(generator, alpha, k, n=1) for _ in range(1_500))])  # fmt: skip
    log_gamma = stats.loggamma.rvs(alpha, size=(100_000, k), random_state=np.random.default_rng(3))
    theirs = np.sort(special.softmax(log_gamma, 1))[:, ::-1]
    assert (np.diff(ours) <= 0).all(), "the heaviest first"
    np.testing.assert_allclose(ours.sum(1), 1, rtol=0, atol=1e-12)
    for found, expected in zip(ours.T, theirs.T, strict=True):
        assert stats.kstest(found, expected).pvalue > 1e-6


@pytest.mark.parametrize("alpha", [0.4, 1.0, 8.0])
@pytest.mark.parametrize("k", [3, 5])
def test_order_statistics_of_the_weights_are_those_of_numpys_dirichlet(generator, alpha, k):
    ours = np.sort([draw_dirichlet(alpha, k, generator).numpy() for _ in range(1_500)])
    theirs = np.sort(np.random.default_rng(3).dirichlet([alpha] * k, 100_000))
    for found, expected in zip(ours.T, theirs.T, strict=True):
        assert stats.kstest(found, expected).pvalue > 1e-6


@pytest.mark.parametrize("alpha", [0.05, 0.2, 1.0, 8.0])
def test_each_unsorted_weight_has_its_marginal_beta_law(generator, alpha):
    weights = torch.stack([draw_dirichlet(alpha, 4, generator) for _ in range(1_500)])
    assert weights.dtype == torch.float64
    for column in weights.T:
        assert stats.kstest(column, stats.beta(alpha, 3 * alpha).cdf).pvalue > 1e-6


@pytest.mark.parametrize("alpha", [1e-4, 1e-3, 1e4])
def test_extreme_alphas_give_weights_that_sum_to_one(generator, alpha):
    weights = torch.stack([draw_dirichlet(alpha, 3, generator) for _ in range(200)])
    assert bool(weights.isfinite().all())
    torch.testing.assert_close(weights.sum(1), torch.ones(200, dtype=torch.float64), rtol=0, atol=1e-12)


def test_partners_are_independent_permutations(generator):
    agreements = 0
    for _ in range(600):
        partners = drawn(generator, 1.0, 4).partners
        assert torch.equal(partners.sort(1).values, torch.arange(6).expand(3, 6))
        agreements += int((partners[0] == partners[1]).sum())
    assert stats.binomtest(agreements, 600 * 6, 1 / 6).pvalue > 1e-6


def test_the_mix_is_the_weighted_sum(generator):
    draw = drawn(generator, 1.0, 3)
    x = torch.randn(6, 2, dtype=torch.float64, generator=generator)
    expected = draw.lam * x + sum(w * x[rows] for w, rows in zip(draw.weights, draw.partners, strict=True))
    torch.testing.assert_close(draw.mix(x), expected, rtol=0, atol=1e-12)


def test_alpha_zero_gives_the_inputs_themselves():
    x = torch.zeros(4, 2)
    assert Dirichlet(0)(x, torch.arange(4))[0] is x


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((-1,), "alpha must be a number ≥ 0"),
        ((math.nan,), "alpha must be a number ≥ 0"),
        ((1.0, 2), r"k must be an integer ≥ 3, got 2\. Two examples are mixed by Mixup"),
        ((1.0, 3.0), "k must be an integer ≥ 3"),
        ((1.0, True), "k must be an integer ≥ 3"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        Dirichlet(*arguments)
