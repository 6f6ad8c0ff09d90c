"""Who is mixed with whom: that every choice is possible, equally likely, and of the class that was asked for."""

from collections import Counter
from collections.abc import Callable
from itertools import permutations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torch import Tensor

from vicinal.vicinity._partners import (
    checked_classes,
    checked_partner,
    halves,
    matching,
    of_other_class,
    of_same_class,
    permutation,
)

classes = st.lists(st.integers(-3, 4), max_size=12).map(lambda y: torch.tensor(y, dtype=torch.int64))
seeds = st.integers(0, 2**32).map(lambda seed: torch.Generator().manual_seed(seed))


def seen(choose: Callable[[], Tensor], total: int = 3_000) -> Counter[tuple[int, ...]]:
    return Counter(tuple(choose().tolist()) for _ in range(total))


def uniform(counts: Counter, outcomes: int) -> bool:
    """Tell whether all outcomes occur, equally often as far as a chi-square test can see."""
    return len(counts) == outcomes and (outcomes == 1 or stats.chisquare(list(counts.values())).pvalue > 1e-6)


@given(st.integers(0, 50), seeds)
@settings(deadline=None)
def test_a_permutation_is_one(n, generator):
    assert sorted(permutation(n, generator).tolist()) == list(range(n))


def test_every_permutation_is_equally_likely(generator):
    assert uniform(seen(lambda: permutation(4, generator)), len(list(permutations(range(4)))))


@given(st.integers(0, 50), seeds)
@settings(deadline=None)
def test_matchings_and_halves_are_pairs_with_one_row_left_alone_at_most(n, generator):
    for partner in (matching(n, generator), halves(n)):
        rows = torch.arange(n)
        assert partner.dtype == torch.int64
        assert torch.equal(partner[partner], rows)
        assert int((partner == rows).sum()) == n % 2


@pytest.mark.parametrize(("n", "matchings"), [(4, 3), (5, 15), (6, 15)])
def test_every_matching_is_equally_likely(generator, n, matchings):
    assert uniform(seen(lambda: matching(n, generator)), matchings)


def test_halves_pair_the_first_half_with_the_second():
    assert halves(5).tolist() == [2, 3, 0, 1, 4]


@given(classes, seeds)
@settings(deadline=None)
def test_the_other_class_really_is_another(y, generator):
    partner = of_other_class(y, generator)
    alone = bool((y == y[0]).all()) if len(y) else True
    if alone:
        assert partner.tolist() == list(range(len(y)))
    else:
        assert bool((y[partner] != y).all())


@given(classes, seeds)
@settings(deadline=None)
def test_the_same_class_is_the_same_and_another_row_where_there_is_one(y, generator):
    partner, rows = of_same_class(y, generator), torch.arange(len(y))
    assert torch.equal(y[partner], y)
    alone = torch.tensor([int((y == label).sum()) == 1 for label in y], dtype=torch.bool)
    assert torch.equal(partner == rows, alone)


def test_every_row_of_the_other_classes_is_equally_likely(generator):
    y = torch.tensor([2, 0, 1, 2, 0, 2, 7])
    drawn = torch.stack([of_other_class(y, generator) for _ in range(2_000)])
    for row in range(len(y)):
        others = torch.nonzero(y != y[row]).flatten().tolist()
        counts = Counter(drawn[:, row].tolist())
        assert set(counts) == set(others)
        assert uniform(counts, len(others))


def test_every_other_row_of_the_class_is_equally_likely(generator):
    y = torch.tensor([2, 0, 2, 2, 0, 2, 7])
    drawn = torch.stack([of_same_class(y, generator) for _ in range(2_000)])
    for row, others in {0: [2, 3, 5], 2: [0, 3, 5], 5: [0, 2, 3], 1: [4], 6: [6]}.items():
        counts = Counter(drawn[:, row].tolist())
        assert set(counts) == set(others)
        assert uniform(counts, len(others))


def test_the_check_of_uniformity_can_fail(generator):
    """A shuffle that swaps every place with any place gives 6 orders in 27 ways, which cannot be even."""

    def naive_shuffle() -> Tensor:
        order = torch.arange(3)
        for place, other in enumerate(torch.randint(3, (3,), generator=generator).tolist()):
            order[[place, other]] = order[[other, place]]
        return order

    assert not uniform(seen(naive_shuffle, 15_000), 6)


@pytest.mark.parametrize(
    "y", [None, torch.zeros(3), torch.zeros(3, dtype=torch.bool), torch.zeros(3, 2, dtype=torch.int64), [0, 1]]
)
def test_partners_by_class_need_class_indices(y):
    with pytest.raises(ValueError, match=r"y must be class indices of shape \(N,\) for partner='same-class'"):
        checked_classes(y, "same-class")


@pytest.mark.parametrize(
    ("partner", "says"),
    [
        ([0, 1, 2], r"an int64 tensor of shape \(3,\)"),
        (torch.tensor([0, 1]), r"an int64 tensor of shape \(3,\)"),
        (torch.tensor([0, 1, 2], dtype=torch.int32), r"got torch.int32 of shape \(3,\)"),
        (torch.tensor([0, 1, 3]), "row numbers from 0 to 2, got 0 to 3"),
        (torch.tensor([-1, 1, 2]), "row numbers from 0 to 2, got -1 to 2"),
    ],
)
def test_the_partners_of_a_callers_rule_are_checked(partner, says):
    with pytest.raises(ValueError, match=says):
        checked_partner(partner, 3)


def test_no_partners_for_nobody_are_fine():
    assert len(checked_partner(torch.empty(0, dtype=torch.int64), 0)) == 0
