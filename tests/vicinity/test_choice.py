"""One of several vicinities a batch."""

from collections import Counter

import pytest
import torch
from scipy import stats

from vicinal import Choice, Dirac, Gaussian, Mixup, Warmup
from vicinal.vicinity import DiracDraw


def test_members_are_chosen_with_their_probabilities(generator):
    choice = Choice([Mixup(1.0), Dirac(), Gaussian(0.1)], p=[0.2, 0.5, 0.3], generator=generator)
    with torch.random.fork_rng():
        counts = Counter(type(choice.draw(2)).__name__ for _ in range(4_000))
    found = [counts["MixupDraw"], counts["DiracDraw"], counts["GaussianDraw"]]
    assert stats.chisquare(found, [800, 2_000, 1_200]).pvalue > 1e-6


def test_probabilities_are_equal_where_none_are_given(generator):
    choice = Choice([Dirac(), Gaussian(0.0)], generator=generator)
    with torch.random.fork_rng():
        plain = sum(isinstance(choice.draw(2), DiracDraw) for _ in range(2_000))
    assert stats.binomtest(plain, 2_000).pvalue > 1e-6


def test_dirac_among_them_gives_a_probability_of_mixing(generator):
    choice = Choice([Mixup(1.0, generator=generator), Dirac()], p=[0.25, 0.75], generator=generator)
    x = torch.arange(4.0)
    mixed = sum(not torch.equal(choice.draw(4).mix(x), x) for _ in range(2_000))
    # one permutation of four in 24 leaves every row where it is
    assert stats.binomtest(mixed, 2_000, 0.25 * 23 / 24).pvalue > 1e-6


def test_a_member_without_probability_is_never_chosen(generator):
    choice = Choice([Mixup(1.0, generator=generator), Dirac()], p=[0, 1], generator=generator)
    assert all(isinstance(choice.draw(2), DiracDraw) for _ in range(200))


def test_every_member_is_told_the_epoch():
    choice = Choice([Warmup(Mixup(1.0), epochs=2), Warmup(Dirac(), epochs=2)])
    with pytest.raises(RuntimeError, match="must be told the epoch"):
        choice.draw(4)
    choice.set_epoch(0)
    assert isinstance(choice.draw(4), DiracDraw)


def test_states_of_the_choice_and_of_its_members_are_kept_apart():
    def made(*seeds: int) -> Choice:
        mine, theirs = (torch.Generator().manual_seed(seed) for seed in seeds)
        return Choice([Mixup(1.0, generator=theirs), Dirac()], generator=mine)

    choice, other = made(1, 2), made(3, 4)
    other.load_state_dict(choice.state_dict())
    for _ in range(20):
        ours, theirs = choice.draw(5), other.draw(5)
        assert torch.equal(ours.mix(torch.arange(5.0)), theirs.mix(torch.arange(5.0)))


@pytest.mark.parametrize("p", [[0.5], [0.5, 0.6], [-0.5, 1.5], [float("nan"), 1.0], [0.5, 0.25, 0.25]])
def test_probabilities_that_do_not_fit_are_refused(p):
    with pytest.raises(ValueError, match="p must be 2 probabilities ≥ 0 with the sum 1"):
        Choice([Dirac(), Mixup(1.0)], p=p)


def test_nothing_to_choose_from_is_refused():
    with pytest.raises(ValueError, match="vicinities must be at least one"):
        Choice([])
