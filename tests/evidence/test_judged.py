import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vicinal.evidence import Effect, Part, all_of, paired
from vicinal.evidence._judged import judge_parts, word_of

EFFECTS = st.builds(
    Effect,
    mean=st.floats(-5, 5),
    sd=st.one_of(st.just(0.0), st.floats(0.01, 5)),
    n=st.integers(2, 30),
    overlap=st.sampled_from([0.0, 1 / 3]),
)
REGIONS = st.sampled_from([(0.0, math.inf), (-0.5, math.inf), (-2.0, 2.0), (-math.inf, 1.0)])


def named(effects: list[Effect], region: tuple[float, float] = (0.0, math.inf)) -> list[Part]:
    return [Part(f"part {i}", effect, *region) for i, effect in enumerate(effects)]


@pytest.mark.parametrize(
    ("differences", "region", "word"),
    [
        ([1.0, 1.1, 0.9, 1.0], (0.0, math.inf), "supported"),
        ([-1.0, -1.1, -0.9, -1.0], (0.0, math.inf), "contradicted"),
        ([1.0, -1.1, 0.9, -1.0], (0.0, math.inf), "undecided"),
        ([-0.3, -0.2, -0.1, -0.2], (-0.5, math.inf), "supported"),
        ([-0.9, -0.8, -0.9, -0.8], (-0.5, math.inf), "contradicted"),
        ([3.0, 2.0, -3.0, 1.0], (-20.0, 20.0), "supported"),
        ([30.0, 32.0, 29.0, 31.0], (-20.0, 20.0), "contradicted"),
        ([-30.0, -32.0, -29.0, -31.0], (-20.0, 20.0), "contradicted"),
        ([90.0, -80.0, 9.0, 0.0], (-20.0, 20.0), "undecided"),
        ([1.0, 1.1], (0.0, math.inf), "undecided"),
        ([1.0], (0.0, math.inf), "undecided"),
        ([1.0, 1.0, 1.0], (0.0, math.inf), "undecided"),
        ([0.0, 0.0, 0.0], (0.0, math.inf), "undecided"),
        ([0.0, 0.0, 0.0], (-0.5, math.inf), "undecided"),
    ],
)
def test_a_part_is_judged_by_where_its_interval_lies(differences: list[float], region: tuple[float, float], word: str):
    assert word_of(Part("part", paired(differences), *region)) == word


def test_a_part_without_an_effect_is_not_run():
    assert word_of(Part("part", None)) == "not run"


def test_support_needs_no_adjustment_and_contradiction_does():
    """One part alone is decided on either side; among nine open ones only the support stays."""
    gain, loss = Effect(1.0, 1.0, 8), Effect(-1.0, 1.0, 8)
    open_ones = [Part(f"open {i}", Effect(0.0, 1.0, 8)) for i in range(9)]
    assert (word_of(Part("gain", gain)), word_of(Part("loss", loss))) == ("supported", "contradicted")
    assert judge_parts([Part("gain", gain), *open_ones])[0].word == "supported"
    assert judge_parts([Part("loss", loss), *open_ones])[0].word == "undecided"


def test_parts_with_too_few_seeds_are_no_part_of_the_adjustment():
    loss = Part("loss", Effect(-1.0, 1.0, 8))
    others = [Part(f"other {i}", effect) for i, effect in enumerate([None, Effect(1.0, 1.0, 2)] * 5)]
    assert judge_parts([loss, *others])[0] == judge_parts([loss])[0]


@given(st.lists(EFFECTS, min_size=1, max_size=6), EFFECTS, REGIONS)
def test_another_part_never_makes_an_undecided_one_contradicted(
    effects: list[Effect], added: Effect, region: tuple[float, float]
):
    parts = named(effects, region)
    before, after = judge_parts(parts), judge_parts([*parts, Part("added", added)])
    for old, new in zip(before, after, strict=False):
        assert new.word in ({"undecided", "contradicted"} if old.word == "contradicted" else {old.word})


@given(st.lists(EFFECTS, min_size=1, max_size=6), REGIONS)
def test_turning_every_sign_turns_no_word(effects: list[Effect], region: tuple[float, float]):
    turned = [dataclasses.replace(effect, mean=-effect.mean) for effect in effects]
    words = [judged.word for judged in judge_parts(named(effects, region))]
    assert [judged.word for judged in judge_parts(named(turned, (-region[1], -region[0])))] == words


@given(st.lists(EFFECTS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_parts_changes_no_word(effects: list[Effect], random):
    parts = named(effects)
    shuffled = random.sample(parts, len(parts))
    words = {judged.part: judged.word for judged in judge_parts(parts)}
    assert {judged.part: judged.word for judged in judge_parts(shuffled)} == words


@given(st.lists(EFFECTS, min_size=1, max_size=6), REGIONS)
def test_the_words_follow_from_the_intervals_that_are_shown(effects: list[Effect], region: tuple[float, float]):
    low, high = region
    for judged in judge_parts(named(effects, region)):
        effect, adjusted = judged.part.effect, judged.adjusted
        assert effect is not None
        if adjusted is None:
            assert judged.word == "undecided"
            assert effect.n < 3 or effect.sd == 0
            continue
        assert adjusted.level > 0.95 - 1e-12
        assert (judged.word == "supported") == (low < effect.low and effect.high < high)
        assert (judged.word == "contradicted") == (adjusted.high < low or adjusted.low > high)


@pytest.mark.parametrize("total", [600, pytest.param(20_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("wrong", [0, 5])
def test_true_parts_are_contradicted_in_one_claim_of_twenty_at_most(wrong: int, total: int):
    """Ten parts that are just true, beside some plainly wrong ones: Holm's error rate is that of the ten together.

    Judged by their 95 % intervals, each would be contradicted in 1 of 40, one of the ten in 22 of 100.
    """
    rng = np.random.default_rng(wrong)
    means = [0.0] * 10 + [-50.0] * wrong
    with_holm = without = 0
    for figures in rng.normal(means, 1.0, (total, 5, len(means))):
        parts = named([paired(differences) for differences in figures.T])
        with_holm += any(judged.word == "contradicted" for judged in judge_parts(parts)[:10])
        without += any(part.effect is not None and part.excludes(part.effect) for part in parts[:10])
    assert stats.binomtest(with_holm, total, 0.05, alternative="greater").pvalue > 1e-6
    assert stats.binomtest(without, total, 0.05, alternative="greater").pvalue < 1e-6


def test_a_claim_of_true_parts_is_contradicted_as_rarely_as_any_of_its_parts():
    rng = np.random.default_rng(7)
    for figures in rng.normal(0.0, 1.0, (50, 5, 6)):
        parts = named([paired(differences) for differences in figures.T])
        any_part = any(judged.word == "contradicted" for judged in judge_parts(parts))
        assert (word_of(all_of(parts)) == "contradicted") == any_part
