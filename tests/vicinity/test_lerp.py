"""The arithmetic of a mix, against the plain formula in higher precision."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from vicinal.vicinity import _lerp
from vicinal.vicinity._lerp import lerp_halves, lerp_pairs_, lerp_rows, mixed
from vicinal.vicinity._partners import halves

TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-6}

weights = st.floats(0, 0.5) | st.sampled_from([0.0, 0.5, 1e-300, 0.5 - 2**-54])
values = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)


@st.composite
def mixes(draw: st.DrawFn) -> tuple[Tensor, Tensor, Tensor]:
    """Rows of one to three numbers, a partner for each, a share of the partner for each or one for all."""
    n, width = draw(st.integers(0, 9)), draw(st.integers(1, 3))
    dtype = draw(st.sampled_from(list(TOLERANCE)))
    numbers = draw(st.lists(values, min_size=n * width, max_size=n * width))
    partner = draw(st.lists(st.integers(0, max(0, n - 1)), min_size=n, max_size=n))
    share = draw(weights if draw(st.booleans()) else st.lists(weights, min_size=n, max_size=n))
    share = torch.tensor(share, dtype=torch.float64)
    if draw(st.booleans()):
        share = 1 - share
    return torch.tensor(numbers, dtype=dtype).reshape(n, width), torch.tensor(partner, dtype=torch.int64), share


def assert_exact(result: Tensor, x: Tensor, partner: Tensor, share: Tensor) -> None:
    """Compare with the plain formula in NumPy's widest floats."""
    assert result.dtype == x.dtype
    wide, s = x.numpy().astype(np.longdouble), share.expand(len(x)).numpy().astype(np.longdouble)[:, None]
    error = abs(result.numpy() - ((1 - s) * wide + s * wide[partner.numpy()]))
    larger = torch.maximum(x.abs(), x[partner].abs()).numpy()
    assert (error <= TOLERANCE[x.dtype] * larger).all()


@given(mixes())
@settings(max_examples=200, deadline=None)
def test_rows_are_mixed_exactly(mix):
    x, partner, share = mix
    before = x.clone()
    assert_exact(lerp_rows(x, partner, share), x, partner, share)
    assert torch.equal(x, before)
    assert_exact(lerp_rows(x.clone().requires_grad_(), partner, share).detach(), x, partner, share)


@given(mixes())
@settings(max_examples=200, deadline=None)
def test_halves_are_mixed_exactly(mix):
    x, _, share = mix
    before = x.clone()
    assert_exact(lerp_halves(x, share), x, halves(len(x)), share)
    assert torch.equal(x, before)
    assert_exact(lerp_halves(x.clone().requires_grad_(), share).detach(), x, halves(len(x)), share)


@given(mixes())
@settings(max_examples=200, deadline=None)
def test_pairs_are_mixed_exactly_in_place(mix):
    x, _, share = mix
    weight = torch.minimum(share, 1 - share)
    half = len(x) // 2
    weight = weight[:half] if weight.ndim else weight
    whole = torch.cat([weight, weight, weight.new_zeros(len(x) % 2)]) if weight.ndim else weight
    result = x.clone()
    assert lerp_pairs_(result, weight) is result
    assert_exact(result, x, halves(len(x)), whole)


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("per", ["batch", "row"])
@pytest.mark.parametrize("n", [2, 7, 8])
def test_the_size_of_the_chunks_changes_nothing(monkeypatch, generator, n, per, memory_format):
    """One image has 384 bytes: chunks of less than one image, of two, and of all of them."""
    x = torch.randn(n, 2, 6, 4, dtype=torch.float64, generator=generator).contiguous(memory_format=memory_format)
    partner = torch.randperm(n, generator=generator)
    share = torch.rand(() if per == "batch" else (n,), dtype=torch.float64, generator=generator) / 2
    pairs = share if per == "batch" else share[: n // 2]
    results = []
    for chunk in (100, 800, 1 << 20):
        monkeypatch.setattr(_lerp, "CHUNK", chunk)
        results.append((lerp_rows(x, partner, share), lerp_halves(x, share), lerp_pairs_(x.clone(), pairs)))
    for result in results[1:]:
        for ours, first in zip(result, results[0], strict=True):
            assert torch.equal(ours, first)


@pytest.mark.parametrize("shape", [(5,), (5, 0), (0, 3), (1, 2, 2), (4, 2, 1, 3, 2)])
@pytest.mark.parametrize("share", [torch.tensor(0.0), torch.tensor(0.25).double()])
def test_any_number_of_dimensions_works(generator, shape, share):
    x = torch.randn(shape, generator=generator)
    partner = torch.randperm(shape[0], generator=generator)
    torch.testing.assert_close(lerp_rows(x, partner, share), (1 - share) * x + share * x[partner], check_dtype=False)
    swapped = x[halves(len(x))]
    torch.testing.assert_close(lerp_halves(x, share), (1 - share) * x + share * swapped, check_dtype=False)
    torch.testing.assert_close(lerp_pairs_(x.clone(), share), (1 - share) * x + share * swapped, check_dtype=False)


def test_weight_zero_is_the_identity_and_weight_one_half_the_mean(generator):
    x = torch.randn(6, 3, generator=generator)
    partner = torch.randperm(6, generator=generator)
    nothing, half = torch.tensor(0.0), torch.tensor(0.5)
    assert torch.equal(lerp_rows(x, partner, nothing), x)
    assert torch.equal(lerp_halves(x, nothing), x)
    assert torch.equal(lerp_pairs_(x.clone(), nothing), x)
    torch.testing.assert_close(lerp_rows(x, partner, half), (x + x[partner]) / 2)
    torch.testing.assert_close(lerp_pairs_(x.clone(), half), (x + x[halves(6)]) / 2)


def test_gradients_are_those_of_the_formula(generator):
    """By finite differences."""
    x = torch.randn(5, 2, dtype=torch.float64, generator=generator, requires_grad=True)
    partner = torch.tensor([1, 1, 0, 4, 2])
    for share in (torch.tensor(0.3).double(), torch.rand(5, dtype=torch.float64, generator=generator)):
        assert torch.autograd.gradcheck(lambda x, share=share: lerp_rows(x, partner, share), x)
        assert torch.autograd.gradcheck(lambda x, share=share: lerp_halves(x, share), x)


@pytest.mark.parametrize("terms", [1, 2, 3, 5])
@pytest.mark.parametrize("per", ["batch", "row"])
def test_several_values_are_mixed_with_shares_that_sum_to_one(generator, terms, per):
    xs = [torch.randn(4, 3, dtype=torch.float64, generator=generator) for _ in range(terms)]
    size = () if per == "batch" else (4,)
    shares = [torch.rand(size, dtype=torch.float64, generator=generator) / terms for _ in range(terms - 1)]
    spread = [share.reshape(-1, 1) if share.ndim else share for share in shares]
    expected = xs[0] * (1 - sum(spread)) + sum((s * x for s, x in zip(spread, xs[1:], strict=True)), start=0.0)
    torch.testing.assert_close(mixed(xs, shares), expected, rtol=0, atol=1e-12)
