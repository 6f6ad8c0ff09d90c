"""Partners from outside the batch: what is given is mixed, and nothing else ever is."""

import pytest
import torch
from scipy import stats
from torch import Tensor

from vicinal import Outside
from vicinal.vicinity import OutsideDraw, vicinity

SHAPE = (5, 2, 3, 3)


def batches() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    source = torch.Generator().manual_seed(1)
    x, other = (torch.randn(SHAPE, dtype=torch.float64, generator=source) for _ in range(2))
    return x, other, torch.arange(5), (torch.arange(5) + 2) % 5


def share_of(draw: OutsideDraw) -> float:
    """Return the first batch's share, seen from outside: what a mix of ones with zeros holds."""
    return draw.mix(torch.ones(draw.n, 1, dtype=torch.float64), torch.zeros(draw.n, 1, dtype=torch.float64))[0].item()


@pytest.mark.parametrize("options", [{}, {"partner": "loader"}, {"k": 3, "same_class": True}], ids=str)
def test_inputs_and_labels_have_the_same_shares_of_both_batches(generator, options):
    x, other, y, theirs = batches()
    for _ in range(8):
        draw = Outside(1.0, generator=generator, **options).draw(5, y=y)
        lam = share_of(draw)
        torch.testing.assert_close(draw.mix(x, other), lam * x + (1 - lam) * other, rtol=0, atol=1e-12)
        dense = draw.targets(y, theirs).dense(5)
        torch.testing.assert_close(dense, lam * torch.eye(5)[y] + (1 - lam) * torch.eye(5)[theirs])
        unchanged = batches()
        assert torch.equal(x, unchanged[0])
        assert torch.equal(other, unchanged[1])


@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_the_share_of_the_batch_is_beta_and_not_folded(generator, alpha):
    outside = Outside(alpha, generator=generator)
    shares = [share_of(outside.draw(1)) for _ in range(600)]
    assert stats.kstest(shares, stats.beta(alpha, alpha).cdf).pvalue > 1e-6
    folded = [max(share, 1 - share) for share in shares]
    assert stats.kstest(folded, stats.beta(alpha, alpha).cdf).pvalue < 1e-6, "the check can fail"


def test_where_inputs_alone_are_mixed_the_label_is_the_heavier_inputs(generator):
    x, other, y, theirs = batches()
    seen = set()
    for _ in range(20):
        draw = Outside(1.0, mix="inputs", generator=generator).draw(5, y=y)
        own = share_of(draw) > 0.5
        seen.add(own)
        targets = draw.targets(y, theirs)
        assert not targets.weights
        assert torch.equal(targets.major, y if own else theirs)
        assert not torch.equal(draw.mix(x, other), x)
    assert seen == {True, False}


def test_alpha_zero_leaves_the_batch_as_it_is():
    x, other, y, theirs = batches()
    draw = Outside(0.0).draw(5)
    assert torch.equal(draw.mix(x, other), x)
    assert torch.equal(draw.targets(y, theirs).dense(5), torch.eye(5))


def test_a_batch_alone_is_refused_in_one_sentence(generator):
    x, _, y, _ = batches()
    outside = Outside(1.0, generator=generator)
    draw = outside.draw(5, y=y)
    for attempt in (lambda: outside(x, y), lambda: draw.mix([x]), lambda: draw.targets(y)):
        with pytest.raises(ValueError, match="partners from outside the batch must be given beside it: ") as told:
            attempt()
        assert "\n" not in str(told.value)


def test_a_second_batch_that_does_not_fit_is_refused(generator):
    x, other, y, _ = batches()
    draw = Outside(1.0, generator=generator).draw(5, y=y)
    with pytest.raises(ValueError, match="the second batch must be of shape"):
        draw.mix(x, other[:4].repeat(2, 1, 1, 1)[:5, :1])
    with pytest.raises(ValueError, match=r"y must be of shape \(5, ...\)"):
        draw.targets(y, y[:4])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"alpha": -1.0}, "alpha must be a number ≥ 0"),
        ({"partner": "halves"}, 'partner must be "neighbours" or "loader"'),
        ({"mix": "labels"}, 'mix must be "both" or "inputs"'),
        ({"k": 0}, "k must be an integer ≥ 1"),
        ({"k": True}, "k must be an integer ≥ 1"),
        ({"same_class": 1}, "same_class must be True or False"),
        ({"partner": "loader", "k": 5}, 'k and same_class must be left out with partner="loader"'),
        ({"partner": "loader", "same_class": True}, 'k and same_class must be left out with partner="loader"'),
    ],
    ids=str,
)
def test_an_argument_that_means_nothing_is_refused(options, says):
    with pytest.raises(ValueError, match=says):
        Outside(**{"alpha": 1.0, **options})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("outside(1)", "Outside(alpha=1.0)"),
        ("outside(.4, partner='loader')", "Outside(alpha=0.4, partner='loader')"),
        ("outside(1, k=200, same_class=True, mix='inputs')", "Outside(alpha=1.0, same_class=True, mix='inputs')"),
    ],
)
def test_it_is_named_like_any_other(text, shown):
    assert repr(vicinity(text)) == shown
