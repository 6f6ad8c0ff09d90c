"""The answer of a comparison: every number in it is a figure of the data, and it says what the verdict says."""

import dataclasses
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vicinal.evidence import Effect, Interval, Part, Pick, judge
from vicinal.experiments import Comparison, Measured, MethodRow, Metric, Scenario
from vicinal.studies import with_sentence
from vicinal.studies._scores import score

Compared = Callable[..., Comparison]

MOVE = re.compile(
    r"mixup \(α mostly (?P<alpha>[\d.]+)\) (?P<verb>lowers|raises) the test (?P<name>.+) from (?P<before>\S+)(?: %)? "
    r"to (?P<after>\S+)(?: %)? \(by (?P<by>\S+)(?: points)?, 95 % interval (?P<low>\S+) to (?P<high>\S+), 10 splits, "
    r"40 epochs\): (?P<advice>use it|do not use it)"
)


def value(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def rounding(text: str) -> float:
    """Return how far a rounded number may be from what it was."""
    return 0.5000001 * 10.0 ** -len(text.partition(".")[2])


@settings(max_examples=60, deadline=None)
@given(
    mean=st.floats(0.001, 7).flatmap(lambda size: st.sampled_from([size, -size])),
    share=st.floats(0.01, 0.9),
    lower=st.booleans(),
    per_cent=st.booleans(),
)
def test_every_number_is_a_figure_of_the_data(
    compared: Compared, mean: float, share: float, lower: bool, per_cent: bool
) -> None:
    """Of an interval that leaves zero out, however near its end is, errors and scores alike."""
    probe = Effect(mean, 1.0, 10, 0.2)
    gain = dataclasses.replace(probe, sd=share * abs(mean) / probe.half_width)
    metric = Metric("error" if lower else "accuracy", "%" if per_cent else "", lower)
    found = compared(gain, "helps" if mean > 0 else "hurts", metric=metric)
    read = MOVE.fullmatch(found.sentence)
    assert read is not None, found.sentence
    assert found.erm.error is not None
    assert found.picked is not None
    assert found.picked.error is not None
    ends = sorted((abs(gain.low), abs(gain.high)))
    expected = {
        "before": found.erm.error.mean, "after": found.picked.error.mean, "by": abs(mean), "low": ends[0],
        "high": ends[1], "alpha": 0.2,
    }  # fmt: skip
    for key, figure in expected.items():
        assert value(read[key]) == pytest.approx(figure, abs=rounding(read[key])), (key, found.sentence)
    assert read["name"] == metric.name
    assert (read["verb"] == "lowers") == (expected["after"] < expected["before"])
    assert (read["advice"] == "use it") == (mean > 0)


def test_a_difference_within_the_margin_names_it(compared: Compared) -> None:
    found = compared(Effect(0.05, 0.2, 10, 0.2), "no difference that matters", margin=0.5)
    assert "no difference that matters" in found.sentence
    assert "by less than 0.5 points" in found.sentence


@pytest.mark.parametrize("mean", [-0.8, -0.02, 0.0, 0.3])
def test_no_evidence_shows_the_interval_and_what_would_decide(compared: Compared, mean: float) -> None:
    gain = Effect(mean, 0.9, 10, 0.25)
    found = compared(gain, "no evidence")
    read = re.match(r"no evidence that mixup changes the error here \((\S+) to (\S+)\); (.+)", found.sentence)
    assert read is not None, found.sentence
    for text, figure in zip(read.groups(), (gain.low, gain.high), strict=False):
        assert value(text) == pytest.approx(figure, abs=rounding(text))
    rows = re.search(r"about ([\d,]+) rows", read[3])
    if mean == 0.0:
        assert rows is None
    elif rows is not None:  # a gain like this one, with a spread that falls with the root of the rows, is decided there
        times = value(rows[1]) / found.data.rows
        enough, less = (dataclasses.replace(gain, sd=gain.sd / math.sqrt(factor * times)) for factor in (1.06, 0.8))
        assert [judge(Part("", each)).word == "undecided" for each in (enough, less)] == [False, True]


def test_where_splits_decide_their_number_is_named(compared: Compared) -> None:
    gain = Effect(0.5, 0.9, 10, 0.01)
    found = compared(gain, "no evidence")
    read = re.search(r"about (\d+) splits would decide it", found.sentence)
    assert read is not None, found.sentence
    n = int(read[1])
    words = [judge(Part("", dataclasses.replace(gain, n=each))).word for each in (n, n - 2)]
    assert words == ["supported", "undecided"]


def test_no_fewer_splits_than_there_were_are_asked_for(compared: Compared) -> None:
    assert compared(Effect(1.2, 0.3, 10, 0.2), "no evidence").sentence.endswith("changes the error here (+0.8 to +1.6)")


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (Effect(1.2, 0.3, 2, 0.2), "2 splits are too few"),
        (Effect(1.2, math.inf, 1, 0.2), "1 split is too few"),
        (Effect(0.0, 0.0, 10, 0.2), "0.0 points in each of 10 splits"),
        (Effect(0.5, 0.0, 10, 0.2), "+0.5 points in each of 10 splits"),
        (None, "finished beside ERM in no split"),
    ],
)
def test_what_cannot_be_judged_is_said(compared: Compared, gain: Effect | None, said: str) -> None:
    found = compared(gain, "no evidence")
    assert found.sentence.startswith("no evidence that mixup changes the error here: ")
    assert said in found.sentence
    assert not re.search("inf|nan|None", " ".join((found.sentence, *found.also)))


def test_a_part_of_the_splits_is_called_so(compared: Compared) -> None:
    found = compared(Effect(0.3, 0.9, 4, 0.2), "no evidence", partial=True, planned=10)
    assert found.sentence.startswith("partial, 4 of 10 splits: no evidence")


def test_a_bootstrap_is_called_so_and_asks_for_no_splits(compared: Compared) -> None:
    gain = Interval(0.3, 5, 400, of_seeds=0.002, of_examples=0.1, of_both=0.0)
    found = compared(gain, "no evidence", bootstrap=True, repetition="seed")
    assert re.match(r"no evidence that mixup changes the error here \(−\d\.\d to \+\d\.\d\); ", found.sentence)
    assert "splits" not in found.sentence
    assert re.search(r"about [\d.]+ times as many test examples would", found.sentence)
    assert any("bootstrap over its examples and the 5 seeds" in sentence for sentence in found.also)


def test_the_latest_rows_are_called_so(compared: Compared) -> None:
    gain = Interval(0.3, 5, 400, of_seeds=0.002, of_examples=0.1, of_both=0.0)
    bare = compared(gain, "no evidence", bootstrap=True, repetition="seed")
    found = with_sentence(dataclasses.replace(bare, data=dataclasses.replace(bare.data, latest=True)))
    for told, lead in ((bare, "The test part was given, so "), (found, "The latest rows are the test part, so ")):
        assert sum(each.startswith(lead) for each in told.also) == 1


@pytest.mark.parametrize(
    ("gain", "verdict", "lead", "end"),
    [
        (
            Effect(0.06, 0.03, 10, 0.2),
            "no evidence",
            "The error does not move beyond doubt, but mixup lowers",
            "better.",
        ),
        (
            Effect(0.06, 0.03, 10, 0.2),
            "no difference that matters",
            "The error moves by less than what matters, but mixup lowers",
            "better.",
        ),
        (Effect(-0.06, 0.03, 10, 0.2), "helps", "At the same time mixup raises", "worse."),
        (Effect(0.06, 0.3, 10, 0.2), "helps", None, ""),
    ],
)
def test_likelihood_is_told_where_it_moves(
    compared: Compared, gain: Effect, verdict: str, lead: str | None, end: str
) -> None:
    base = compared(verdict=verdict)
    assert base.picked is not None
    found = compared(verdict=verdict, picked=dataclasses.replace(base.picked, nll_gain=gain))
    told = [sentence for sentence in found.also if "log-likelihood" in sentence]
    assert len(told) == (lead is not None)
    if lead is not None:
        assert told[0].startswith(f"{lead} the test negative log-likelihood from 0.31 nats")
        assert told[0].endswith(end)


def test_what_else_there_is_to_say_is_said(compared: Compared) -> None:
    worse = Scenario("20 % of the labels replaced", "noise", 0.2, compared(Effect(3.1, 0.7, 10, 0.2)))
    found = compared(improving=True, scenarios=(worse,), failures=("a stack of all failed", "b failed"), failed=13)
    text = " ".join(found.also)
    for said in (
        "Validation chose α = 0.2 in 7 of 10 splits",
        "try --epochs 20",
        "α = 1 (gain −1.9 points, −3.0 to −0.8) hurts",
        "loses to HistGradientBoosting by 0.8 points (6.1 %)",  # the best of the nets has 6.9 %
        "13 trials failed",
        "20 % of the labels replaced: helps (+2.2 to +4.0)",
    ):
        assert said in text, said
    assert "linear" not in text  # which the net beats
    assert "α = 0.2 (gain" not in text  # that mixup helps has been said


def test_a_score_is_better_where_it_is_higher(compared: Compared) -> None:
    found = compared(Effect(3.0, 1.0, 10, 0.2), metric=Metric("accuracy", "%", lower_is_better=False))
    assert "raises the test accuracy from 8.2 % to 11.2 %" in found.sentence
    assert "loses to linear by 0.2 points (11.4 %)" in " ".join(found.also)  # mixup α = 0.1 errs least, of 11.2 %


def test_longer_training_is_advised_once_where_most_often_the_longest_was_chosen(compared: Compared) -> None:
    base = compared(improving=True)
    assert base.picked is not None
    longest = base.lengths[-1]
    for epochs, error, advised in ((longest, 7.0, True), (base.lengths[1], 7.0, False), (longest, 0.0, False)):
        picked = dataclasses.replace(base.picked, epochs=epochs, error=Measured(error, 0.1, 10))
        blind = dataclasses.replace(base.baselines[0], method="mean", figures=dict.fromkeys(range(10), -1.0))
        text = " ".join(with_sentence(dataclasses.replace(base, picked=picked, baselines=(blind,))).also)
        assert ("still improving" in text) == advised
        assert set(re.findall(r"--epochs (\d+)", text)) == {"20"}


def test_lengths_of_both_are_told_where_they_differ(compared: Compared) -> None:
    base = compared()
    for epochs, said in ((40, "10 splits, 40 epochs)"), (10, "10 splits, mostly 40 epochs, ERM 10)")):
        found = with_sentence(dataclasses.replace(base, erm=dataclasses.replace(base.erm, epochs=epochs)))
        assert said in found.sentence


@pytest.mark.parametrize("share", [0.3, 0.7, 1.0])
def test_alpha_is_named_as_sure_as_it_is(compared: Compared, share: float) -> None:
    base = compared()
    assert base.chosen is not None
    found = compared(chosen=dataclasses.replace(base.chosen, share=share))
    assert found.sentence.startswith(
        {0.3: "mixup (α most often 0.2)", 0.7: "mixup (α mostly 0.2)", 1.0: "mixup (α = 0.2)"}[share]
    )


def test_minus_signs_are_real(compared: Compared) -> None:
    found: Any = compared(Effect(-0.2, 0.9, 10, 0.25), "no evidence")
    assert not re.search(r"(?<![\w-])-\d", " ".join((found.sentence, *found.also)))


def test_others_than_mixup_have_their_own_names(compared: Compared) -> None:
    for found in (compared(), compared(Effect(0.3, 0.9, 10, 0.2), "no evidence"), compared(None, "no evidence")):
        bare = dataclasses.replace(found, subject="cutout", against="plain", chosen=None, rows=(), improving=True)
        text = " ".join((with_sentence(bare).sentence, *with_sentence(bare).also))
        assert "cutout" in text
        assert not re.search("mixup|ERM", text, re.IGNORECASE)


def test_rows_that_nobody_has_counted_are_not_told_as_none(compared: Compared) -> None:
    known = compared(Effect(0.3, 0.9, 4, 0.2), "no evidence")
    data = dataclasses.replace(known.data, rows=0)  # training code of one's own
    found = compared(Effect(0.3, 0.9, 4, 0.2), "no evidence", data=data)
    assert re.search(r"about [\d,]+ rows would", known.sentence)
    assert re.search(r"about [\d.e+]+ times as many rows would", found.sentence)


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [("majority class", 8.2, ""), ("majority class", 6.89, "the commonest class"), ("mean", 6.8, "the mean")],
)
def test_nets_that_are_no_better_than_a_constant_answer_are_told_so(compared: Compared, name, error, said) -> None:
    base = compared()
    figures = dict.fromkeys(range(10), error)
    blind = dataclasses.replace(base.baselines[0], method=name, error=Measured(error, 0.1, 10), figures=figures)
    found = with_sentence(dataclasses.replace(base, baselines=(blind,)))
    told = [each for each in found.also if each.startswith("No net is better than always saying")]
    expected = f"{said}: train longer (--epochs 20), or from these data nothing can be learned."
    assert told == ([f"No net is better than always saying {expected}"] if said else [])
    assert not any(
        "loses to" in each or "no better here" in each for each in found.also
    )  # which need not be said twice
    open_ = dataclasses.replace(compared(Effect(0.3, 0.9, 4, 0.2), "no evidence"), baselines=(blind,))
    assert ("rows would" in with_sentence(open_).sentence) == (not said)


def test_a_learner_that_had_time_for_some_splits_is_compared_on_these(compared: Compared) -> None:
    """The nets err by 5 % and 4 % on the three splits that the trees had, by 9 % on the others."""
    base = compared()
    assert base.picked is not None
    nets = [
        dataclasses.replace(
            row, error=Measured(8.2, 0.7, 10), figures=dict.fromkeys(range(3), low) | dict.fromkeys(range(3, 10), 9.0)
        )
        for row, low in ((base.erm, 5.0), (base.picked, 4.0))
    ]
    for error, told in ((6.0, ()), (3.0, ("The net, with or without mixup, loses to trees by 1.0 points (3.0 %).",))):
        figures = {0: error - 0.1, 1: error, 2: error + 0.1}
        trees = MethodRow("trees", error=Measured(error, 0.1, 3), figures=figures)
        found = with_sentence(dataclasses.replace(base, erm=nets[0], picked=nets[1], rows=(), baselines=(trees,)))
        assert tuple(each for each in found.also if "loses to" in each) == told


@pytest.mark.parametrize("swing", [0.1, 4.0])
def test_who_is_better_by_less_than_the_spread_over_the_splits_beats_nobody(compared: Compared, swing: float) -> None:
    base = compared()
    figures = {split: 6.1 + swing * (-1) ** split for split in range(10)}
    trees = dataclasses.replace(base.baselines[-1], figures=figures)
    told = [
        each for each in with_sentence(dataclasses.replace(base, baselines=(trees,))).also if "with or without" in each
    ]
    verb = "loses to HistGradientBoosting by 0.8 points" if swing < 1 else "is no better here than HistGradientBoosting"
    assert told == [f"The net, with or without mixup, {verb} (6.1 %)."]
    best = dataclasses.replace(base.rows[0], figures=dict.fromkeys(range(10), 6.0))  # a fixed α, as good as the trees
    found = with_sentence(dataclasses.replace(base, rows=(best,), baselines=(trees,)))
    assert not any("with or without" in each for each in found.also)


def test_an_alpha_that_was_chosen_as_often_as_another_does_not_stand_out(compared: Compared) -> None:
    base = compared()
    assert base.chosen is not None
    found = compared(chosen=dataclasses.replace(base.chosen, share=0.3, tied=True))
    assert found.sentence.startswith("mixup (no α stood out) lowers")
    assert any(each.startswith("Validation chose no α more often than another, α = 0.2 in 3 of") for each in found.also)
    assert [Pick(each, (0,) * len(each)).tied for each in ((1, 2, 3), (1, 1, 2, 2), (1, 1, 2), (1,))] == [
        True, True, False, False,
    ]  # fmt: skip


def test_more_photos_are_asked_for_where_photos_were_compared(compared: Compared) -> None:
    for kind in ("photos", "sounds"):
        data = dataclasses.replace(compared().data, kind=kind)
        found = compared(Effect(0.3, 0.9, 4, 0.2), "no evidence", data=data)
        assert re.search(rf"about [\d,]+ {kind} would", found.sentence)


def test_what_moves_beside_the_error_is_led_in_once(compared: Compared) -> None:
    base = compared(verdict="no evidence")
    assert base.picked is not None
    sure = Effect(-0.5, 0.1, 10, 0.2)
    found = compared(verdict="no evidence", picked=dataclasses.replace(base.picked, ece_gain=sure))
    told = [each for each in found.also if each.endswith((": better.", ": worse."))]
    assert [each.split(" the test")[0] for each in told] == [
        "The error does not move beyond doubt, but mixup lowers", "It also raises",
    ]  # fmt: skip


def test_a_failure_that_is_no_trials_is_not_counted_as_one(compared: Compared) -> None:
    found = compared(failures=("5 % of the rows: nothing can be compared.",))
    assert not any("failed" in each for each in found.also)


@pytest.mark.parametrize(
    ("scorer", "told"),
    [
        (None, True),
        ("neg_root_mean_squared_error", True),
        ("neg_mean_absolute_error", True),
        ("neg_median_absolute_error", True),
        ("neg_max_error", True),
        ("neg_mean_squared_error", False),
        ("r2", False),
    ],
)
def test_the_unit_of_the_target_is_that_of_what_is_measured_in_it(compared: Compared, scorer, told) -> None:
    found = compared(Effect(0.006, 0.002, 10, 0.2), number=True, metric=score(scorer, regression=True).metric)
    assert any(each.endswith("is in the unit of quality.") for each in found.also) == told
