"""Several draws laid one behind the other, as a stack of replicas needs them."""

from collections import Counter

import pytest
import torch
from scipy import stats

from vicinal import Choice, Dirac, Mixup
from vicinal.vicinity import concatenated

KINDS = {
    "batch": lambda g: Mixup(1.0, generator=g),
    "pair": lambda g: Mixup(1.0, per="pair", generator=g),
    "example": lambda g: Mixup(1.0, per="example", generator=g),
    "halves": lambda g: Mixup(1.0, partner="halves", generator=g),
    "other-class": lambda g: Mixup(1.0, partner="other-class", generator=g),
    "inputs": lambda g: Mixup(1.0, per="example", mix="inputs", generator=g),
    "none": lambda _: Dirac(),
    "sometimes": lambda g: Choice([Mixup(1.0, generator=g), Dirac()], generator=g),
    "either": lambda g: Choice([Mixup(1.0, generator=g), Mixup(1.0, per="example", generator=g)], generator=g),
    "inputs-sometimes": lambda g: Choice([Mixup(1.0, mix="inputs", generator=g), Dirac()], generator=g),
}


@pytest.mark.parametrize("sizes", [[0, 0], [1] * 6, [2] * 6, [7] * 6, [7, 0, 3, 1, 4]], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_one_draw_for_all_batches_does_what_each_draw_does_to_its_own(generator, kind, sizes):
    vicinity = KINDS[kind](generator)
    batches = [torch.randn(n, 2, dtype=torch.float64, generator=generator) for n in sizes]
    labels = [torch.arange(n) % 3 for n in sizes]
    draws = [vicinity.draw(len(y), y=y) for y in labels]
    whole = concatenated(draws)
    mixed = torch.cat([draw.mix(x) for draw, x in zip(draws, batches, strict=True)])
    torch.testing.assert_close(whole.mix(torch.cat(batches)), mixed, rtol=0, atol=1e-12)
    targets = torch.cat([draw.targets(y).dense(3) for draw, y in zip(draws, labels, strict=True)])
    torch.testing.assert_close(whole.targets(torch.cat(labels)).dense(3), targets)


def test_draws_that_mix_labels_and_draws_that_do_not_are_kept_apart():
    with pytest.raises(ValueError, match="the draws must be all of inputs and labels, or all of inputs alone"):
        concatenated([Mixup(1.0).draw(3), Mixup(1.0, mix="inputs").draw(3)])


MIXUPS = [
    {},
    {"mix": "inputs"},
    {"per": "pair"},
    {"per": "example"},
    {"partner": "halves"},
    {"partner": "other-class"},
    {"partner": "same-class", "per": "example"},
    {"alpha": 0},
]


@pytest.mark.parametrize("sizes", [[4], [1, 1, 1], [6, 6, 6], [6, 6, 5], [5, 7, 5], [0, 3]], ids=str)
@pytest.mark.parametrize("options", MIXUPS, ids=str)
def test_draws_in_turn_mix_each_batch_within_itself_and_its_labels_alike(generator, options, sizes):
    mixup = Mixup(**{"alpha": 1.0, "generator": generator, **options})
    total = sum(sizes)
    batch_of = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    draw = mixup.draw_in_turn(sizes, y=torch.arange(total) % 3)
    assert draw.n == total
    assert torch.equal(batch_of[draw.partner], batch_of)
    mixed = draw.mix(torch.eye(total, dtype=torch.float64))
    dense = draw.targets(torch.arange(total)).dense(total)
    if options == {"mix": "inputs"}:
        assert torch.equal(dense.argmax(1), mixed.argmax(1))
    else:
        torch.testing.assert_close(dense, mixed.float())
    if options in ({}, {"partner": "halves"}):
        for number in range(len(sizes)):
            assert len(draw.weight[batch_of == number].unique()) <= 1, "one weight a batch"


def test_draws_in_turn_have_the_law_of_single_draws(generator):
    draw = Mixup(0.4, generator=generator).draw_in_turn([3] * 6_000 + [2])
    weights = draw.weight[: 3 * 6_000].reshape(-1, 3)[:, 0]
    assert stats.kstest(weights, lambda w: 2 * stats.beta.cdf(w, 0.4, 0.4)).pvalue > 1e-6
    orders = (draw.partner[: 3 * 6_000].reshape(-1, 3) % 3).tolist()
    counts = Counter(map(tuple, orders))
    assert len(counts) == 6
    assert stats.chisquare(list(counts.values())).pvalue > 1e-6
