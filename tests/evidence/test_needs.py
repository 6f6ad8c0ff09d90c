import dataclasses
import math
from functools import partial

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from vicinal.evidence import Effect, Part, Rule, all_of, at_least, judge
from vicinal.evidence._judged import word_of
from vicinal.evidence._needs import Needs, _decided, needed

OPEN_GAINS = st.builds(Effect, mean=st.floats(0.5, 1.0), sd=st.floats(0.5, 3.0), n=st.integers(3, 12))
OPEN_SPLITS = st.builds(
    Effect,
    mean=st.floats(0.5, 1.0),
    sd=st.floats(0.5, 3.0),
    n=st.integers(3, 30),
    overlap=st.sampled_from([0.25, 0.42]),
)


def needs_of(rule: Part | Rule) -> Needs:
    return needed(partial(_decided, rule))


def word_with(effect: Effect, **changes: float) -> str:
    return word_of(Part("gain", dataclasses.replace(effect, **changes)))


@settings(deadline=None)
@given(OPEN_GAINS)
def test_the_stated_number_of_seeds_is_the_least_that_decides(effect: Effect):
    assume(word_with(effect) == "undecided")
    verdict = judge(Part("gain", effect))
    number = needs_of(Part("gain", effect)).repetitions
    assert number is not None
    assert verdict.needs == f"About {number} seeds would decide it, if the effect stays as measured."
    assert word_with(effect, n=number) == "supported"
    assert word_with(effect, n=number - 1) == "undecided"


@settings(deadline=None, max_examples=20)
@given(OPEN_GAINS, st.sampled_from([1.0, -1.0]))
def test_the_number_of_seeds_is_that_of_counting_up(effect: Effect, sign: float):
    assume(word_with(effect) == "undecided")
    n = effect.n
    while stats.t.ppf(0.975, n - 1) * effect.sd / math.sqrt(n) >= effect.mean:
        n += 1
    assert needs_of(Part("gain", dataclasses.replace(effect, mean=sign * effect.mean))).repetitions == n


@settings(deadline=None)
@given(OPEN_SPLITS)
def test_no_number_of_splits_decides_what_the_floor_leaves_open(effect: Effect):
    assume(word_with(effect) == "undecided")
    needs = judge(Part("gain", effect)).needs
    assert needs.startswith("No number of splits decides it") == (effect.floor >= effect.mean)


@settings(deadline=None)
@given(OPEN_SPLITS)
def test_the_stated_times_as_many_rows_decide_and_a_tenth_less_does_not(effect: Effect):
    assume(word_with(effect) == "undecided")
    times = needs_of(Part("gain", effect)).times
    assert times is not None
    assert times == pytest.approx(max(1.1, (effect.half_width / effect.mean) ** 2), rel=0.1)
    assert word_with(effect, sd=effect.sd / math.sqrt(times)) == "supported"
    assert times == 1.1 or word_with(effect, sd=effect.sd / math.sqrt(times * 0.9)) == "undecided"


@pytest.mark.parametrize(("n", "named"), [(999, True), (1_000, True), (1_001, False)])
def test_a_thousand_is_the_largest_number_named(n: int, named: bool):
    just_enough, just_too_few = (Effect(0.0, 1.0, seeds).half_width for seeds in (n, n - 1))
    part = Part("gain", Effect((just_enough + just_too_few) / 2, 1.0, 5))
    assert needs_of(part).repetitions == (n if named else None)


def test_all_parts_need_the_most_seeds_and_one_of_two_the_fewest():
    quick, slow = Part("quick", Effect(1.0, 2.0, 5)), Part("slow", Effect(0.5, 2.0, 5))
    few, many = (needs_of(each).repetitions for each in (quick, slow))
    assert few is not None
    assert many is not None
    assert few < many
    assert needs_of(all_of([quick, slow])).repetitions == many
    assert needs_of(at_least(0.5, [quick, slow])).repetitions == few


@pytest.mark.parametrize(
    ("effect", "needs"),
    [
        (Effect(1.0, math.inf, 1), "At least 3 seeds are needed."),
        (Effect(1.0, 0.1, 2, overlap=0.3), "At least 3 splits are needed."),
        (Effect(0.01, 1.0, 5), "More than 1,000 seeds would decide it, if the effect stays as measured."),
        (Effect(0.0, 1.0, 5), "No number of seeds decides it, if the effect stays as measured."),
        (Effect(0.0, 0.0, 5), "No number of seeds decides it, if the effect stays as measured."),
        (Effect(0.0, 1.0, 5, overlap=0.3), "No number of splits decides it, if the effect stays as measured."),
        # the half-width, 2.0930 · √(1/20 + 1/4) = 1.1464, is to fall to 1/2: 5.3 times the rows
        (
            Effect(0.5, 1.0, 20, overlap=0.25),
            "No number of splits decides it, about 5.3 times as many rows would, if the effect stays as measured.",
        ),
        # the floor, 1.95996 · √(1/4) = 0.97998, is just below the mean
        (
            Effect(0.9801, 1.0, 20, overlap=0.25),
            "More than 1,000 splits, or about 1.4 times as many rows would decide it, if the effect stays as measured.",
        ),
    ],
)
def test_what_would_decide_is_said_in_one_sentence(effect: Effect, needs: str):
    assert judge(Part("gain", effect)).needs == needs


def test_missing_trials_come_first_where_they_keep_a_claim_open():
    parts = [Part("LeNet", Effect(1.0, 0.1, 5)), Part("VGG-11", None)]
    assert judge(all_of(parts)).needs == "The trials of VGG-11 have to finish first."
    assert judge(at_least(1.0, parts)).needs == ""


@given(OPEN_GAINS, st.sampled_from([-1.0, 1.0]))
def test_only_an_undecided_claim_needs_anything(effect: Effect, sign: float):
    verdict = judge(Part("gain", dataclasses.replace(effect, mean=sign * effect.mean)))
    assert bool(verdict.needs) == (verdict.word == "undecided")
