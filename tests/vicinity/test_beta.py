"""The law of lambda: by closed form, by sampling, and where a float32 draw would show."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vicinal import Mixup
from vicinal.vicinity import beta_minor_weight, draw_minor_weight
from vicinal.vicinity._beta import beta_minor_weight_scalar, check_alpha

ALPHAS = [0.05, 0.1, 0.2, 0.4, 1.0, 2.0, 8.0, 32.0]
FALSE_ALARM = 1e-6


def p_of_minor_weights(weights: np.ndarray, alpha: float) -> float:
    """Judge minor weights of Beta(alpha, alpha): P(min(lam, 1 - lam) <= w) is twice the law's own P(lam <= w)."""
    return float(stats.kstest(weights, lambda w: 2 * stats.beta.cdf(w, alpha, alpha)).pvalue)


@pytest.mark.parametrize("total", [20_000, pytest.param(2_000_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_minor_weights_follow_the_folded_beta_law(generator, alpha, total):
    weights, sides = draw_minor_weight(alpha, (total,), generator)
    assert weights.dtype == torch.float64
    assert bool(((weights >= 0) & (weights <= 0.5)).all())
    assert p_of_minor_weights(weights.numpy(), alpha) > FALSE_ALARM
    assert stats.binomtest(int(sides.sum()), total).pvalue > FALSE_ALARM
    assert stats.kstest(weights[sides], weights[~sides]).pvalue > FALSE_ALARM


@pytest.mark.parametrize("alpha", ALPHAS)
def test_one_weight_a_batch_follows_it_too(generator, alpha):
    mixup = Mixup(alpha, generator=generator)
    draws = [mixup.draw(2) for _ in range(2_000)]
    assert p_of_minor_weights(np.array([draw.weight.item() for draw in draws]), alpha) > FALSE_ALARM


@pytest.mark.parametrize("alpha", [0.2, 1.0, 8.0])
def test_lambda_of_two_given_batches_follows_the_beta_law(generator, alpha):
    mixup = Mixup(alpha, generator=generator)
    shares = [mixup.draw(1).mix(torch.ones(1).double(), torch.zeros(1).double()).item() for _ in range(2_000)]
    assert stats.kstest(shares, stats.beta(alpha, alpha).cdf).pvalue > FALSE_ALARM


@pytest.mark.parametrize("alpha", [0.05, 0.1])
def test_the_check_of_the_law_fails_for_lambda_in_float32(alpha):
    """Its larger half has no room for its digits: it rounds to 1, and the minor weight to 0."""
    lam = np.random.default_rng(2).beta(alpha, alpha, 20_000).astype(np.float32)
    weights = np.minimum(lam, 1 - lam)
    assert (weights == 0).mean() > 0.05
    assert p_of_minor_weights(weights, alpha) < FALSE_ALARM


@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_check_of_the_law_fails_for_a_neighbouring_alpha(generator, alpha):
    weights, _ = draw_minor_weight(1.3 * alpha, (20_000,), generator)
    assert p_of_minor_weights(weights.numpy(), alpha) < FALSE_ALARM


@settings(max_examples=100, deadline=None)
@given(
    u=st.floats(0, 1, exclude_max=True),
    v=st.floats(0, 1, exclude_max=True),
    alpha=st.floats(0.01, 100),
)
def test_the_forms_for_numbers_and_for_tensors_agree(u, v, alpha):
    weight, side = beta_minor_weight_scalar(u, v, alpha)
    uniforms = torch.tensor([[u], [v]], dtype=torch.float64)
    weights, sides = beta_minor_weight(uniforms[0], uniforms[1], alpha)
    assert 0 <= weight <= 0.5
    assert math.isclose(weights.item(), weight, rel_tol=1e-9, abs_tol=1e-300)
    assert sides.item() == side


@pytest.mark.parametrize("alpha", [0.01, 1.0, 100.0])
def test_the_ends_of_the_uniforms_give_finite_weights(alpha):
    ends = torch.tensor([0.0, 2.0**-53, 0.25, 0.5, 0.75, 1 - 2.0**-53], dtype=torch.float64)
    u, v = torch.meshgrid(ends, ends, indexing="ij")
    weights, _ = beta_minor_weight(u, v, alpha)
    assert bool(weights.isfinite().all())
    assert bool(((weights >= 0) & (weights <= 0.5)).all())


def test_one_weight_and_many_take_the_same_stream():
    """A batch's weight is what the first of a batch's weights would be, given the same uniforms."""
    single, side = draw_minor_weight(0.3, (), torch.Generator().manual_seed(4))
    many, sides = draw_minor_weight(0.3, (1,), torch.Generator().manual_seed(4))
    torch.testing.assert_close(single, many[0], rtol=1e-12, atol=0)
    assert side == sides[0]


def test_alpha_zero_gives_weight_zero(generator):
    weights, sides = draw_minor_weight(0.0, (1_000,), generator)
    assert bool((weights == 0).all())
    assert stats.binomtest(int(sides.sum()), 1_000).pvalue > FALSE_ALARM


@pytest.mark.parametrize("alpha", [-0.5, math.nan, math.inf, "1", None, True])
def test_an_alpha_out_of_range_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha must be a number ≥ 0, got"):
        check_alpha(alpha)
