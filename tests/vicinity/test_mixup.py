"""Mixup's own options: what a weight is drawn for, with whom, what is mixed, and where the result is written."""

import inspect
import math

import pytest
import torch
from scipy import stats
from torch import Tensor

from vicinal import Mixup
from vicinal.vicinity import DiracDraw, MixupDraw

FOLDED = [
    {"per": per, "partner": partner} for per, partner in [("batch", "permutation"), ("batch", "halves"),
                                                          ("pair", "permutation"), ("pair", "halves")]
]  # fmt: skip
UNFOLDED = [
    {"per": "example", "partner": "permutation"},
    {"per": "example", "partner": "halves"},
    {"per": "batch", "partner": "other-class"},
    {"per": "batch", "partner": "same-class"},
    {"per": "example", "partner": "other-class"},
    {"per": "batch", "partner": lambda n, _y, _generator: torch.arange(n).roll(1)},
]
LABELS = torch.tensor([0, 1, 1, 0, 2, 2, 0])


def drawn(options: dict, generator: torch.Generator, *, alpha: float = 1.0, n: int = 7) -> MixupDraw:
    draw = Mixup(alpha, generator=generator, **options).draw(n, y=LABELS[:n])
    assert isinstance(draw, MixupDraw)
    return draw


def own_shares(draw: MixupDraw) -> Tensor:
    """Each example's own share of its mix, read off a mix of unit vectors; 1 where it is its own partner."""
    return draw.mix(torch.eye(draw.n, dtype=torch.float64)).diagonal()


@pytest.mark.parametrize("options", [*FOLDED, *UNFOLDED])
def test_a_mix_is_lambda_times_the_example_plus_the_rest_times_its_partner(generator, options):
    for _ in range(20):
        draw = drawn(options, generator)
        x = torch.randn(7, 2, dtype=torch.float64, generator=generator)
        lam = draw.lam.expand(7).unsqueeze(1)
        torch.testing.assert_close(draw.mix(x), lam * x + (1 - lam) * x[draw.partner], rtol=0, atol=1e-12)
        torch.testing.assert_close(draw.weight, torch.minimum(draw.lam, 1 - draw.lam), rtol=0, atol=1e-15)


@pytest.mark.parametrize("options", FOLDED)
def test_a_folded_weight_is_the_partners_and_at_most_one_half(generator, options):
    for _ in range(50):
        draw = drawn(options, generator)
        assert bool((draw.lam >= 0.5).all())
        assert bool((own_shares(draw) >= 0.5).all())


@pytest.mark.parametrize("options", UNFOLDED)
def test_an_unfolded_lambda_falls_on_either_side_equally_often(generator, options):
    draws = [drawn(options, generator, n=2).lam.flatten()[0].item() for _ in range(1_000)]
    assert stats.kstest(draws, stats.beta(1, 1).cdf).pvalue > 1e-6


def test_folding_leaves_the_law_of_a_batch_as_it_is(generator):
    """A permutation and lambda give what its inverse and 1 − lambda give, in another order."""
    x = torch.randn(9, 1, dtype=torch.float64, generator=generator)
    rows = torch.randperm(9, generator=generator)
    weight = torch.tensor(0.3, dtype=torch.float64)
    partners_minor = MixupDraw(9, rows, weight, torch.tensor(True), folded=False).mix(x)
    own_minor = MixupDraw(9, rows.argsort(), weight, torch.tensor(False), folded=False).mix(x)
    torch.testing.assert_close(partners_minor.sort(0).values, own_minor.sort(0).values, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("per", "shape"), [("batch", ()), ("pair", (7,)), ("example", (7,))])
@pytest.mark.parametrize("partner", ["permutation", "halves"])
def test_one_lambda_is_drawn_for_what_per_says(generator, per, partner, shape):
    draw = drawn({"per": per, "partner": partner}, generator)
    assert draw.weight.shape == draw.lam.shape == shape
    assert draw.weight.dtype == torch.float64
    if per == "pair":
        assert torch.equal(draw.partner[draw.partner], torch.arange(7))
        assert torch.equal(draw.weight, draw.weight[draw.partner])
    assert len(draw.weight.unique()) == {"batch": 1, "pair": 4, "example": 7}[per]


def test_the_defaults_are_those_of_the_papers_code():
    """And everything but alpha is given by name."""
    alpha, *options = inspect.signature(Mixup).parameters.values()
    assert (alpha.name, alpha.default) == ("alpha", inspect.Parameter.empty)
    assert all(option.kind is inspect.Parameter.KEYWORD_ONLY for option in options)
    assert {option.name: option.default for option in options} == {
        "per": "batch", "partner": "permutation", "mix": "both", "inplace": False, "generator": None
    }  # fmt: skip


def test_alpha_zero_gives_the_inputs_themselves():
    x = torch.randn(4, 2, requires_grad=True)
    for inplace in (False, True):
        mixed, targets = Mixup(0, inplace=inplace)(x, torch.arange(4))
        assert mixed is x
        assert targets.major.tolist() == [0, 1, 2, 3]
        assert targets.weights == ()
    assert isinstance(Mixup(0).draw(4), DiracDraw)


@pytest.mark.parametrize("options", [*FOLDED, *UNFOLDED])
def test_mixing_in_place_writes_into_the_input_and_nowhere_else(generator, options):
    draw = drawn({**options, "inplace": True}, generator)
    x = torch.randn(7, 3, generator=generator)
    expected = draw.out_of_place().mix(x)
    assert draw.mix(x) is x
    torch.testing.assert_close(x, expected, rtol=0, atol=1e-6)


def test_an_input_that_needs_a_gradient_is_not_overwritten(generator):
    draw = drawn({"inplace": True}, generator)
    x = torch.randn(7, 3, requires_grad=True)
    with pytest.raises(ValueError, match=r"mixed in place, got one that does\. Leave inplace=True out"):
        draw.mix(x)
    with torch.no_grad():
        assert draw.mix(x) is x


@pytest.mark.parametrize("options", [*FOLDED, *UNFOLDED])
def test_mixing_inputs_alone_labels_them_as_the_heavier_input(generator, options):
    draw = drawn({**options, "mix": "inputs"}, generator)
    mixed = draw.mix(torch.eye(7, dtype=torch.float64))
    for y in (torch.arange(7), torch.arange(7.0)):
        targets = draw.targets(y)
        assert targets.weights == ()
        assert targets.major.tolist() == mixed.argmax(1).tolist()


@pytest.mark.parametrize("options", [*FOLDED, *UNFOLDED])
def test_two_given_batches_are_mixed_with_the_share_of_the_first(generator, options):
    """Never folded, and so the share is on either side of one half; the draw's ``given`` knows it."""
    lams = []
    for _ in range(40):
        draw = drawn({**options, "inplace": True}, generator)
        real = torch.randn(7, 3, dtype=torch.float64, generator=generator, requires_grad=True)
        fake = torch.randn(7, 3, dtype=torch.float64, generator=generator, requires_grad=True)
        lam = draw.given.lam.expand(7).unsqueeze(1)
        mixed = draw.mix(real, fake)
        torch.testing.assert_close(mixed, lam * real + (1 - lam) * fake, rtol=0, atol=1e-12)
        by_real, by_fake = torch.autograd.grad(mixed.sum(), (real, fake))
        torch.testing.assert_close(by_real, lam.expand(7, 3))
        torch.testing.assert_close(by_fake, (1 - lam).expand(7, 3))
        label = draw.targets(torch.ones(7, 1, dtype=torch.float64), torch.zeros(7, 1, dtype=torch.float64))
        torch.testing.assert_close(label.dense(), lam, rtol=0, atol=1e-15)
        lams.append(lam[0].item())
    assert min(lams) < 0.5 < max(lams)


def test_the_two_labels_of_given_batches_stay_with_their_rows(generator):
    draw = drawn({"per": "example"}, generator)
    targets = draw.targets(torch.zeros(7, 2, dtype=torch.int64), torch.ones(7, 2, dtype=torch.int64))
    expected = torch.stack([draw.lam, 1 - draw.lam], 1).unsqueeze(2).expand(7, 2, 2).float()
    torch.testing.assert_close(targets.dense(2), expected)


def test_a_second_batch_of_another_shape_is_refused(generator):
    draw = drawn({}, generator)
    with pytest.raises(ValueError, match=r"the second batch must be of shape \(7, 3\), got \(7, 2\)"):
        draw.mix(torch.zeros(7, 3), torch.zeros(7, 2))
    with pytest.raises(ValueError, match="the second batch must be of the same structure"):
        draw.mix({"a": torch.zeros(7)}, {"b": torch.zeros(7)})
    with pytest.raises(ValueError, match="the second labels must be of shape"):
        draw.targets(torch.zeros(7), torch.zeros(7, dtype=torch.int64))


def test_a_callers_rule_is_asked_with_the_batch_and_the_generator(generator):
    asked = []

    def rule(n: int, y: Tensor | None, source: torch.Generator | None) -> Tensor:
        asked.append((n, y, source))
        return torch.zeros(n, dtype=torch.int64)

    draw = drawn({"partner": rule}, generator)
    assert asked[0][0] == 7
    assert asked[0][1] is not None
    assert asked[0][2] is generator
    assert draw.partner.tolist() == [0] * 7
    with pytest.raises(ValueError, match="the partners must be an int64 tensor"):
        Mixup(1.0, partner=lambda n, _y, _generator: torch.zeros(n)).draw(3)


@pytest.mark.parametrize("partner", ["other-class", "same-class"])
def test_partners_by_class_need_the_labels(partner):
    with pytest.raises(ValueError, match=f"for partner='{partner}', got None"):
        Mixup(1.0, partner=partner).draw(3)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"alpha": -1}, "alpha must be a number ≥ 0, got -1"),
        ({"alpha": math.nan}, "alpha must be a number ≥ 0, got nan"),
        ({"per": "row"}, 'per must be "batch", "pair" or "example", got row'),
        ({"partner": "anybody"}, "partner must be one of permutation, halves, other-class, same-class"),
        ({"mix": "labels"}, 'mix must be "both" or "inputs", got labels'),
        ({"per": "pair", "partner": "other-class"}, 'partner must be "permutation" or "halves" with per="pair"'),
        ({"per": "pair", "partner": lambda n, _y, _g: torch.arange(n)}, 'with per="pair"'),
    ],
)
def test_arguments_out_of_range_are_refused(options, says):
    with pytest.raises(ValueError, match=says):
        Mixup(**{"alpha": 1.0, **options})
