from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal.evidence import holm, holm_levels

P_VALUES = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.01, 0.025, 1.0])), max_size=7)


def closed_testing(p: list[float]) -> list[float]:
    """Holm's procedure as the closure of Bonferroni's: a test falls when every intersection that it belongs to does."""
    members = range(len(p))
    subsets = [subset for size in range(1, len(p) + 1) for subset in combinations(members, size)]
    bonferroni = {subset: min(1.0, len(subset) * min(p[i] for i in subset)) for subset in subsets}
    return [max(value for subset, value in bonferroni.items() if i in subset) for i in members]


@given(P_VALUES)
def test_adjusted_p_values_are_those_of_closed_testing(p: list[float]):
    assert holm(p).tolist() == pytest.approx(closed_testing(p))


@given(P_VALUES, st.sampled_from([0.9, 0.95, 0.99]))
def test_intervals_at_the_levels_reject_what_the_procedure_rejects(p: list[float], level: float):
    by_level = np.array(p) < 1 - holm_levels(p, level)
    adjusted = np.array(closed_testing(p))
    clear = np.abs(adjusted - (1 - level)) > 1e-9  # at the very border rounding decides
    np.testing.assert_array_equal(by_level[clear], (adjusted < 1 - level)[clear])


@given(P_VALUES)
def test_levels_lie_between_the_plain_one_and_bonferronis(p: list[float]):
    levels = holm_levels(p, 0.95)
    assert ((levels > 0.95 - 1e-12) & (levels < 1 - 0.05 / max(1, len(p)) + 1e-12)).all()


def test_one_test_needs_no_correction():
    assert holm([0.03]).tolist() == [0.03]
    assert holm_levels([0.03], 0.95).tolist() == [0.95]


def test_nothing_to_test_gives_nothing():
    assert holm([]).size == holm_levels([]).size == 0
