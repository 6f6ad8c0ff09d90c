import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from vicinal.evidence import Estimate, bootstrap, compared, judge_gains, paired
from vicinal.evidence._pick import Pick, improving, most_frequent, pick

SHAPES = st.tuples(st.integers(2, 4), st.integers(1, 3), st.integers(1, 6))
FEW = st.integers(0, 3).map(float)
"""Figures of which many are equal, as errors on small validation parts are."""


def figures(shape: tuple[int, int, int], seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    valid, test = np.random.default_rng(seed).normal(size=(2, *shape))
    return valid, test


def best(valid: NDArray[np.float64], split: int, methods: list[int]) -> tuple[int, int]:
    """The first of the lowest figures, method by method and from the shortest length on."""
    choices = [(valid[m, at, split], m, at) for m in methods for at in range(valid.shape[1])]
    _, method, length = min(choices)
    return method, length


@given(SHAPES.flatmap(lambda shape: arrays.arrays(np.float64, shape, elements=FEW)))
def test_validation_chooses_the_first_of_the_lowest(valid: NDArray[np.float64]):
    methods = list(range(1, len(valid)))
    picked = pick(valid, methods[::-1])
    expected = [best(valid, split, methods) for split in range(valid.shape[2])]
    assert list(zip(picked.methods, picked.lengths, strict=True)) == expected


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_the_most_frequent_is_the_smallest_of_the_commonest(places: list[int]):
    counts = Counter(places)
    assert most_frequent(places) == min(p for p in counts if counts[p] == max(counts.values()))


def test_a_pick_tells_its_commonest_method_with_its_share_and_its_commonest_length():
    picked = Pick((1, 2, 2, 1, 2), (0, 1, 1, 0, 2))
    assert (picked.method, picked.share, picked.length) == (2, 0.6, 1)
    assert (Pick((2, 1), (0, 1)).method, Pick((2, 1), (0, 1)).length) == (1, 1)


def test_the_gain_is_that_of_the_whole_procedure_written_out():
    valid, test = figures((4, 3, 7))
    found = compared(valid, test, overlap=0.3)
    differences = []
    for split in range(7):
        erm, mixup = best(valid, split, [0]), best(valid, split, [1, 2, 3])
        differences.append(test[erm[0], erm[1], split] - test[mixup[0], mixup[1], split])
        assert (found.erm.methods[split], found.erm.lengths[split]) == erm
        assert (found.chosen.methods[split], found.chosen.lengths[split]) == mixup
    assert found.gain.estimate == paired(differences, overlap=0.3)
    assert found.verdict == found.gain.word


def test_every_method_stands_by_itself_at_its_own_lengths_judged_among_all():
    valid, test = figures((4, 3, 7), seed=1)
    found = compared(valid, test, candidates=[1], overlap=0.2, level=0.9)
    gains = []
    for row, method in zip(found.rows, (1, 2, 3), strict=True):
        own = [test[(*best(valid, split, [method]), split)] for split in range(7)]
        erm = [test[(*best(valid, split, [0]), split)] for split in range(7)]
        assert row.method == row.picked.method == method
        gains.append(paired(np.subtract(erm, own), overlap=0.2))
    assert [row.gain for row in found.rows] == list(judge_gains(gains, level=0.9))
    assert found.gain.estimate.level == 0.9


def test_what_is_no_candidate_is_shown_and_never_chosen():
    valid, test = figures((4, 2, 5), seed=2)
    valid[3] = -100.0
    found = compared(valid, test, candidates=(2, 1))
    assert set(found.chosen.methods) <= {1, 2}
    assert [row.method for row in found.rows] == [1, 2, 3]
    assert found.gain == compared(valid[:3], test[:3]).gain


def test_the_figures_of_the_test_part_choose_nothing():
    valid, test = figures((4, 3, 6), seed=3)
    found, other = compared(valid, test), compared(valid, -5 * test)
    assert (found.erm, found.chosen) == (other.erm, other.chosen)
    assert [row.picked for row in found.rows] == [row.picked for row in other.rows]


def test_turning_methods_and_erm_about_turns_the_gain():
    valid, test = figures((2, 3, 6), seed=4)
    gain, turned = (compared(v, t).gain.estimate for v, t in ((valid, test), (valid[::-1], test[::-1])))
    assert (gain.low, gain.mean, gain.high) == pytest.approx((-turned.high, -turned.mean, -turned.low))


@pytest.mark.parametrize("part", [0, 1])
def test_methods_that_failed_are_left_out(part: int):
    both = figures((5, 3, 6), seed=5)
    both[part][2, 1, 4], both[part][4, 0, 0] = math.nan, math.inf
    found = compared(*both)
    assert [row.method for row in found.rows] == [1, 3]
    valid, test = (array[[0, 1, 3]] for array in both)
    assert found.gain == compared(valid, test).gain
    assert [row.gain for row in found.rows] == [row.gain for row in compared(valid, test).rows]


@pytest.mark.parametrize(
    ("differences", "margin", "word"),
    [
        ([1.0, 1.2, 0.9, 1.1], None, "helps"),
        ([-1.0, -1.2, -0.9, -1.1], None, "hurts"),
        ([0.1, -0.1, 0.05, -0.02], None, "no evidence"),
        ([0.1, -0.1, 0.05, -0.02], 0.5, "no difference that matters"),
        ([1.0, 1.1], None, "no evidence"),
        ([1.0], None, "no evidence"),
        ([1.0, 1.0, 1.0, 1.0], None, "no evidence"),
        ([0.0, 0.0, 0.0, 0.0], 0.5, "no evidence"),
    ],
)
def test_positive_is_better_and_the_guards_hold(differences: list[float], margin: float | None, word: str):
    test = np.array([[np.full(len(differences), 5.0)], [5.0 - np.array(differences)]])
    found = compared(test, test, margin=margin)
    assert found.verdict == found.rows[0].gain.word == word
    assert bool(found.gain.note) == (len(differences) < 3 or len(set(differences)) == 1)


@pytest.mark.parametrize(
    ("curves", "expected"),
    [
        ([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 2.0, 3.0]], True),
        ([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], False),
        ([[3.0, 2.0, 1.9], [3.0, 2.0, 1.9], [0.0, 1.0, 9.0]], False),
        ([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]], False),
        ([[1.0], [2.0]], False),
        ([[2.0, 1.0], [2.0, 1.0]], True),
    ],
)
def test_it_was_improving_where_most_splits_took_the_longest_and_it_is_lower_on_average(
    curves: list[list[float]], expected: bool
):
    valid = np.array([np.zeros_like(curves), curves]).transpose(0, 2, 1)
    assert improving(valid, pick(valid, [1])) is expected


def test_a_gauge_judges_what_was_chosen_and_every_method_by_itself():
    rng = np.random.default_rng(6)
    valid, losses = rng.normal(size=(3, 2, 4)), rng.random((3, 2, 4, 50)) ** 2
    test, asked = losses.mean(axis=-1), []

    def gauge(first: Pick, second: Pick) -> Estimate:
        asked.append((first, second))
        one, other = (losses[each.methods, each.lengths, np.arange(4)] for each in (first, second))
        return bootstrap(lambda examples: (one - other)[:, examples].mean(axis=1), 50, resamples=50)

    found = compared(valid, test, gauge=gauge)
    assert asked == [(found.erm, found.chosen), *((found.erm, row.picked) for row in found.rows)]
    assert found.gain.estimate.mean == pytest.approx((found.erm.of(test) - found.chosen.of(test)).mean())
    assert (found.gain.estimate.n, found.gain.estimate.repetition) == (4, "seed")
    assert found.chosen == compared(valid, test).chosen


@pytest.mark.parametrize(
    ("shape", "options", "sentence"),
    [
        (
            (1, 2, 5),
            {},
            "valid and test must be of one shape (M, L, S) with M ≥ 2, got shapes (1, 2, 5) and (1, 2, 5).",
        ),
        (
            (2, 0, 5),
            {},
            "valid and test must be of one shape (M, L, S) with M ≥ 2, got shapes (2, 0, 5) and (2, 0, 5).",
        ),
        ((2, 5), {}, "valid and test must be of one shape (M, L, S) with M ≥ 2, got shapes (2, 5) and (2, 5)."),
        ((3, 2, 5), {"candidates": []}, "candidates must be positions of methods other than ERM, got none."),
        (
            (3, 2, 5),
            {"candidates": [0, 1]},
            "candidates must be positions of methods other than ERM, got [0, 1] of 3 methods.",
        ),
        (
            (3, 2, 5),
            {"candidates": [3]},
            "candidates must be positions of methods other than ERM, got [3] of 3 methods.",
        ),
        ((3, 2, 5), {"margin": 0.0}, "margin must be a number > 0, got 0.0."),
    ],
)
def test_wrong_arguments_are_told_in_one_sentence(shape: tuple[int, ...], options: dict, sentence: str):
    valid = np.random.default_rng(8).normal(size=shape)
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the whole sentence is compared
        compared(valid, valid, **options)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("failed", "candidates", "what"), [([0], None, "ERM"), ([1, 2], None, "at least one candidate"), ([1], [1], "at")]
)
def test_without_erm_or_any_candidate_there_is_no_comparison(
    failed: list[int], candidates: list[int] | None, what: str
):
    valid, test = figures((3, 2, 4))
    test[failed, 0, 0] = math.nan
    with pytest.raises(ValueError, match=f"the figures of {what}.* must be finite in every split"):
        compared(valid, test, candidates=candidates)
