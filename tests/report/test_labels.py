"""Labels beside the ends of lines: apart, in order, and no farther from their lines than they must be."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from vicinal.report._labels import apart

WANTED = st.lists(st.floats(0, 100), min_size=1, max_size=8)


@given(WANTED)
def test_labels_stand_apart_in_their_order_and_within(wanted: list[float]) -> None:
    found = apart(wanted, gap=10, low=0, high=100)
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(np.array(found)[order]) >= 10 - 1e-9).all()
    assert -1e-9 <= min(found) <= max(found) <= 100 + 1e-9


@given(WANTED)
def test_labels_that_do_not_meet_stay(wanted: list[float]) -> None:
    clear = [place for place, after in itertools.pairwise([*sorted(wanted), 1e9]) if after - place >= 10]
    assert apart(clear, gap=10, low=0, high=100) == pytest.approx(clear)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_places_are_nearer(seed: int) -> None:
    wanted = np.sort(np.random.default_rng(seed).uniform(0, 60, 5))
    apart_and_within = [
        {"type": "ineq", "fun": lambda x: np.diff(x) - 10},
        {"type": "ineq", "fun": lambda x: x[0]},
        {"type": "ineq", "fun": lambda x: 60 - x[-1]},
    ]
    best = minimize(lambda x: ((x - wanted) ** 2).sum(), np.arange(5) * 12.0, constraints=apart_and_within)
    assert best.success
    assert apart(wanted.tolist(), gap=10, low=0, high=60) == pytest.approx(best.x, abs=0.01)


def test_labels_without_room_for_all_go_beyond_the_upper_end() -> None:
    assert apart([5, 5, 5], gap=10, low=0, high=12) == pytest.approx([0, 10, 20])
    assert apart([], gap=10, low=0, high=12) == []
