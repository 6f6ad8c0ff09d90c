import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vicinal.evidence import Effect, Interval, gain_word, judge_gains, paired

EFFECTS = st.builds(
    Effect,
    mean=st.floats(-5, 5),
    sd=st.one_of(st.just(0.0), st.floats(0.01, 5)),
    n=st.integers(2, 30),
    overlap=st.sampled_from([0.0, 1 / 3]),
)
MARGINS = st.one_of(st.none(), st.floats(0.1, 5))


@pytest.mark.parametrize(
    ("differences", "margin", "word"),
    [
        ([1.0, 1.1, 0.9, 1.0], None, "helps"),
        ([-1.0, -1.1, -0.9, -1.0], None, "hurts"),
        ([1.0, -1.1, 0.9, -1.0], None, "no evidence"),
        ([1.0, -1.1, 0.9, -1.0], 5.0, "no difference that matters"),
        ([1.0, -1.1, 0.9, -1.0], 0.5, "no evidence"),
        ([1.0, 1.1, 0.9, 1.0], 2.0, "no difference that matters"),
        ([1.0, 1.1, 0.9, 1.0], 1.0, "helps"),
        ([-1.0, -1.1, -0.9, -1.0], 0.5, "hurts"),
        ([1.0, 1.1], None, "no evidence"),
        ([1.0, 1.1], 50.0, "no evidence"),
        ([1.0], None, "no evidence"),
        ([1.0, 1.0, 1.0], None, "no evidence"),
        ([0.0, 0.0, 0.0], 1.0, "no evidence"),
    ],
)
def test_the_word_follows_from_where_the_interval_lies(differences: list[float], margin: float | None, word: str):
    assert gain_word(paired(differences), margin) == word
    (gain,) = judge_gains([paired(differences)], margin=margin)
    assert gain.word == word
    assert (gain.p is None) == bool(gain.note) == (len(set(differences)) == 1 or len(differences) < 3)


@pytest.mark.parametrize(
    ("effect", "note"),
    [
        (paired([1.0]), "1 seed is too few for a verdict, 3 are the least"),
        (paired([1.0, 2.0], overlap=0.3), "2 splits are too few for a verdict, 3 are the least"),
        (paired([1.0] * 4, overlap=0.3), "all 4 differences are equal, so nothing is known of their spread"),
        (Interval(0.5, 2, 100, 0.1, 0.1, 0.0), "2 seeds are too few for a verdict, 3 are the least"),
        (Interval(0.5, 5, 100, 0.0, 0.0, 0.0), "all 5 differences are equal, so nothing is known of their spread"),
    ],
)
def test_what_cannot_carry_a_verdict_is_said_and_needs_nothing_further(effect: Effect | Interval, note: str):
    (gain,) = judge_gains([effect])
    assert (gain.word, gain.note, gain.p, gain.needs) == ("no evidence", note, None, None)


@given(st.lists(EFFECTS, min_size=1, max_size=6))
def test_a_word_without_a_margin_is_holms_rejection_and_its_side(effects: list[Effect]):
    ps = [effect.p() if effect.n > 2 and effect.sd > 0 else 1.0 for effect in effects]
    for effect, gain, p in zip(effects, judge_gains(effects), stats.false_discovery_control(ps), strict=True):
        assert p <= (gain.p or 1.0) + 1e-9  # Benjamini and Hochberg's are never larger than Holm's
        rejected = gain.p is not None and gain.p < 0.05
        if gain.p is None or abs(gain.p - 0.05) > 1e-9:
            assert gain.word == ("no evidence" if not rejected else "helps" if effect.mean > 0 else "hurts")


@given(st.lists(EFFECTS, min_size=1, max_size=6))
def test_simultaneous_intervals_have_bonferronis_level(effects: list[Effect]):
    for effect, gain in zip(effects, judge_gains(effects, level=0.9), strict=True):
        assert gain.estimate == effect.at(0.9)
        assert 1 - gain.simultaneous.level == pytest.approx(0.1 / len(effects))
        assert gain.simultaneous.low <= gain.adjusted.low <= gain.estimate.low


@given(st.lists(EFFECTS, min_size=1, max_size=5), MARGINS)
def test_turning_every_sign_exchanges_help_and_harm_only(effects: list[Effect], margin: float | None):
    turned = [dataclasses.replace(effect, mean=-effect.mean) for effect in effects]
    words = [gain.word for gain in judge_gains(effects, margin=margin)]
    exchanged = {"helps": "hurts", "hurts": "helps"}
    assert [gain.word for gain in judge_gains(turned, margin=margin)] == [exchanged.get(word, word) for word in words]


@settings(deadline=None)
@given(EFFECTS, MARGINS)
def test_what_is_needed_decides_and_a_little_less_does_not(effect: Effect, margin: float | None):
    (gain,) = judge_gains([effect], margin=margin)
    assert (gain.needs is not None) == (gain.word == "no evidence" and not gain.note)
    if gain.needs is None:
        return
    if gain.needs.repetitions is not None:
        assert gain_word(dataclasses.replace(effect, n=gain.needs.repetitions), margin) != "no evidence"
        assert gain_word(dataclasses.replace(effect, n=gain.needs.repetitions - 1), margin) == "no evidence"
    if gain.needs.times is not None:
        assert effect.overlap > 0
        assert gain_word(effect.with_rows(gain.needs.times), margin) != "no evidence"
        assert gain.needs.times == 1.1 or gain_word(effect.with_rows(0.9 * gain.needs.times), margin) == "no evidence"
    floor = Effect(effect.mean, effect.sd, effect.n, effect.overlap).floor
    apart = floor < abs(effect.mean) or (margin is not None and abs(effect.mean) + floor < margin)
    if min(abs(floor - abs(effect.mean)), abs(abs(effect.mean) + floor - (margin or 99))) > 1e-4:
        assert gain.needs.endless == apart


def test_what_would_decide_is_said_as_for_a_claim():
    (gain,) = judge_gains([Effect(0.5, 1.0, 20, overlap=0.25)])
    assert gain.needs is not None
    assert (gain.needs.repetitions, gain.needs.times, gain.needs.endless) == (None, 5.3, False)
    assert gain.needs.sentence == (
        "No number of splits decides it, about 5.3 times as many rows would, if the effect stays as measured."
    )


def test_a_margin_that_no_seed_can_reach_needs_no_rows_of_independent_seeds():
    (gain,) = judge_gains([Effect(0.0, 1.0, 5)], margin=0.2)
    assert gain.needs is not None
    assert gain.needs.times is None
    expected = next(n for n in range(3, 1000) if stats.t.ppf(0.975, n - 1) / math.sqrt(n) < 0.2)
    assert gain.needs.repetitions == expected


@pytest.mark.parametrize("margin", [0.0, -1.0, math.nan, math.inf])
def test_a_margin_that_is_none_is_refused(margin: float):
    with pytest.raises(ValueError, match="margin must be a number > 0, got"):
        judge_gains([paired([1.0, 2.0, 4.0])], margin=margin)


def test_no_gains_give_nothing():
    assert judge_gains([]) == ()


@pytest.mark.parametrize("total", [600, pytest.param(5_000, marks=pytest.mark.long)])
def test_simultaneous_intervals_hold_all_true_gains_together(total: int):
    """Six methods over the same ten seeds, correlated through ERM; the plain intervals hold them all too rarely."""
    rng = np.random.default_rng(8)
    truth = np.array([0.0, 0.0, 0.5, -1.0, 2.0, 0.0])
    together = apart = 0
    for _ in range(total):
        figures = truth + rng.normal(size=(10, 6)) + 0.7 * rng.normal(size=(10, 1))
        gains = judge_gains([paired(column) for column in figures.T])
        together += all(g.simultaneous.low < t < g.simultaneous.high for g, t in zip(gains, truth, strict=True))
        apart += all(g.estimate.low < t < g.estimate.high for g, t in zip(gains, truth, strict=True))
    assert stats.binomtest(together, total, 0.95, alternative="less").pvalue > 1e-6
    assert stats.binomtest(apart, total, 0.95, alternative="less").pvalue < 1e-6


@pytest.mark.parametrize("total", [600, pytest.param(5_000, marks=pytest.mark.long)])
@pytest.mark.parametrize(("margin", "truth"), [(None, 0.0), (1.0, 1.0), (1.0, -1.0)])
def test_a_wrong_word_among_many_methods_is_as_rare_as_stated(margin: float | None, truth: float, total: int):
    """At the margin's border neither "no difference that matters" nor the wrong side may be said of any of eight."""
    rng, wrong = np.random.default_rng(9), 0
    side = "hurts" if truth > 0 else "helps"
    bad = {"helps", "hurts"} if margin is None else {"no difference that matters", side}
    for figures in rng.normal(truth, 0.3, (total, 6, 8)):
        wrong += any(gain.word in bad for gain in judge_gains([paired(each) for each in figures.T], margin=margin))
    assert stats.binomtest(wrong, total, 0.05, alternative="greater").pvalue > 1e-6
