"""C-Mixup: whose partner one is follows from how close the targets are."""

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import CMixup, Mixup
from vicinal.vicinity import MixupDraw

Y = torch.tensor([0.0, 0.2, 0.5, 1.5, 3.0], dtype=torch.float64)


def law(y: Tensor, bandwidth: float) -> np.ndarray:
    """Return who is whose partner how often, by the formula, a pair at a time."""
    n = len(y)
    found = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i != j:
                found[i, j] = np.exp(-((y[i] - y[j]).item() ** 2) / (2 * bandwidth**2))
    return found / found.sum(1, keepdims=True)


def counted(partners: Tensor, n: int) -> np.ndarray:
    found = np.zeros((n, n), dtype=int)
    for row in partners.tolist():
        for i, j in enumerate(row):
            found[i, j] += 1
    return found


def drawn(member: CMixup, n: int, y: Tensor) -> MixupDraw:
    draw = member.draw(n, y=y)
    assert isinstance(draw, MixupDraw)
    return draw


@pytest.mark.parametrize("bandwidth", [0.6, 1.0, 5.0])
@pytest.mark.parametrize("together", [True, False], ids=["in turn", "one by one"])
def test_partners_are_drawn_with_the_probabilities_of_the_formula(generator, bandwidth, together):
    member, times, n = CMixup(1.0, bandwidth, generator=generator), 3000, len(Y)
    if together:
        partner = member.draw_in_turn([n] * times, y=Y.repeat(times)).partner
        partners = partner.view(times, n) - torch.arange(0, times * n, n)[:, None]
    else:
        partners = torch.stack([drawn(member, n, Y).partner for _ in range(times)])
    for found, expected in zip(counted(partners, n), law(Y, bandwidth), strict=True):
        some = expected > 1e-3
        assert found[expected == 0].sum() == 0, "nobody is its own partner"
        assert abs(found[~some].sum() - times * expected[~some].sum()) < 15
        share = expected[some] / expected[some].sum()
        assert stats.chisquare(found[some], found[some].sum() * share).pvalue > 1e-4


def test_a_wide_bandwidth_draws_every_other_row_alike(generator):
    partners = torch.stack([drawn(CMixup(1.0, 1e6, generator=generator), 5, Y).partner for _ in range(2000)])
    for i, found in enumerate(counted(partners, 5)):
        assert stats.chisquare(np.delete(found, i)).pvalue > 1e-4


@pytest.mark.parametrize("scale", [1e-3, 1e6, 1e300])
def test_a_narrow_bandwidth_takes_the_nearest_row_however_far_it_is(generator, scale):
    y = torch.tensor([0.0, 1.0, 3.0, 3.5]).double() * scale
    draw = drawn(CMixup(1.0, 1e-3 * scale, generator=generator), 4, y)
    assert draw.partner.tolist() == [1, 0, 3, 2]


def test_the_share_is_mixups(generator):
    lam = [drawn(CMixup(0.4, generator=generator), 5, Y).lam.item() for _ in range(1500)]
    assert stats.kstest(lam, stats.beta(0.4, 0.4).cdf).pvalue > 1e-4


def test_several_batches_have_a_share_each_and_mix_within_themselves(generator):
    sizes = [4, 4, 4, 3, 1]
    y = torch.randn(sum(sizes), generator=generator)
    draw = CMixup(1.0, generator=generator).draw_in_turn(sizes, y=y)
    batch = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    assert torch.equal(batch[draw.partner], batch)
    shares = [part.unique() for part in draw.lam.split(sizes)]
    assert all(len(share) == 1 for share in shares)
    assert len(torch.cat(shares).unique()) == len(sizes)


def test_inputs_and_targets_are_mixed_with_the_same_partner_and_share(generator):
    x, targets = CMixup(1.0, generator=generator)(torch.stack([Y, 2 * Y], 1), Y)
    torch.testing.assert_close(x[:, 1], 2 * x[:, 0])
    torch.testing.assert_close(x[:, 0], targets.dense())
    assert targets.loss(F.mse_loss, torch.zeros(5).double()).shape == ()


def test_without_strength_nothing_is_mixed_and_no_target_is_asked_for(generator):
    x = torch.randn(3, 2, generator=generator)
    assert torch.equal(CMixup(0.0).draw(3).mix(x), x)
    draw = CMixup(0.0).draw_in_turn([2, 1])
    assert draw.partner.tolist() == [0, 1, 2]


@pytest.mark.parametrize("y", [None, torch.zeros(4, 2), torch.zeros(4, dtype=torch.bool)])
def test_targets_that_are_no_numbers_a_row_are_refused(y):
    with pytest.raises(ValueError, match=r"^y must be numbers of shape \(N,\) for cmixup, got "):
        CMixup(1.0).draw(4, y=y)


@pytest.mark.parametrize("bandwidth", [0, -1.0, torch.inf, torch.nan, "1", True])
def test_a_bandwidth_that_is_no_distance_is_refused(bandwidth):
    with pytest.raises(ValueError, match="bandwidth must be a number > 0, got"):
        CMixup(1.0, bandwidth)


def test_partners_are_closer_than_mixups(generator):
    y = torch.randn(400, generator=generator).double()
    ours, theirs = CMixup(1.0, generator=generator).draw(400, y=y), Mixup(1.0, generator=generator).draw(400)
    assert (y - y[ours.partner]).abs().median() < 0.7 < (y - y[theirs.partner]).abs().median()
