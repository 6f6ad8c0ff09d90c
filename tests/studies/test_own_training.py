"""Anybody's training code compared: what it is called with, what is made of what it returns, what goes wrong."""

import math

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import vicinal
from vicinal import Dirac, Mixup
from vicinal._errors import InputError
from vicinal.evidence import paired
from vicinal.report import comparison_schema
from vicinal.studies._kept_runs import mark_of

NOISE = np.random.default_rng(0).normal(0, 0.1, (20, 3))


def train(vicinity, seed):
    """A net that mixup helps by one point, with an alpha that only validation tells from the other."""
    alpha = getattr(vicinity, "alpha", 0.0)
    gain = {0.0: 0.0, 0.2: 1.0, 1.0: -1.0}[alpha]
    return {"valid": 20 - gain, "test": 22 - gain + NOISE[seed, int(10 * alpha) % 3]}


def test_it_is_called_with_every_vicinity_and_seed_and_the_gain_is_that_of_the_pairs():
    called = []

    def watched(vicinity, seed):
        called.append((vicinity, seed))
        return train(vicinity, seed)

    found = vicinal.compare(train=watched, alphas=[0.2, 1.0], splits=6)
    assert [(repr(vicinity), seed) for vicinity, seed in called] == [
        (repr(each), seed) for seed in range(6) for each in (Dirac(), Mixup(0.2), Mixup(1.0))
    ]
    assert found.verdict == "helps"
    assert found.chosen is not None
    assert (found.chosen.alpha, found.chosen.share) == (0.2, 1.0)
    expected = paired([train(Dirac(), s)["test"] - train(Mixup(0.2), s)["test"] for s in range(6)])
    assert found.gain is not None
    assert (found.gain.mean, found.gain.low, found.gain.high) == pytest.approx(
        (expected.mean, expected.low, expected.high)
    )
    assert found.sentence.startswith("mixup (α = 0.2) lowers the test error from ")


def scored(vicinity, seed):
    return {name: -value for name, value in train(vicinity, seed).items()}


@pytest.mark.parametrize(
    ("code", "metric", "given"),
    [
        (scored, "accuracy", None),
        (scored, "neg_log_loss", None),
        (scored, "speed", False),
        (train, "log loss", None),
        (train, "Test error", None),
        (train, "heat", True),
        (train, None, None),
    ],
)
def test_which_way_is_better_is_told_by_the_metric_or_asked_for(code, metric, given):
    found = vicinal.compare(train=code, alphas=[0.2], splits=5, metric=metric, lower_is_better=given)
    assert found.verdict == "helps"
    assert ("raises the test" in found.sentence) == (code is scored)


def test_a_metric_that_says_nothing_of_it_is_not_guessed_at():
    with pytest.raises(InputError, match=r'^lower_is_better must be given, True or False, since "heat" does not say'):
        vicinal.compare(train=train, metric="heat")


def test_splits_of_the_same_rows_widen_the_interval_by_the_overlap():
    plain, wider = (vicinal.compare(train=train, alphas=[0.2], splits=6, overlap=share) for share in (0.0, 1 / 3))
    expected = paired([train(Dirac(), s)["test"] - train(Mixup(0.2), s)["test"] for s in range(6)], overlap=1 / 3)
    assert wider.gain is not None
    assert (wider.gain.low, wider.gain.high) == pytest.approx((expected.low, expected.high))
    assert any("not that other test examples" in each for each in plain.also)
    assert any("0.333" in each for each in wider.also)


def test_the_document_keeps_the_schema_and_one_seed_has_no_spread():
    for seeds in (1, 3):
        found = vicinal.compare(train=train, alphas=[0.2], splits=seeds)
        Draft202012Validator(comparison_schema()).validate(found.document())
        assert found.erm.error is not None
        assert math.isfinite(found.erm.error.sd)


def test_what_was_returned_is_kept_and_not_asked_for_again(tmp_path):
    called, stops = [], [True]

    def counted(vicinity, seed):
        if seed == 2 and stops[0]:
            raise KeyboardInterrupt
        called.append(seed)
        return train(vicinity, seed)

    options = {"alphas": [0.2], "out": tmp_path}
    partial = vicinal.compare(train=counted, splits=4, **options)
    assert (partial.partial, partial.splits, partial.planned) == (True, 2, 4)
    assert partial.sentence.startswith("partial, 2 of 4 seeds: no evidence")
    stops[0] = False
    found = vicinal.compare(train=counted, splits=4, **options)
    assert called == [0, 0, 1, 1, 2, 2, 3, 3]
    whole = vicinal.compare(train=train, alphas=[0.2], splits=4)
    assert found.gain == whole.gain
    assert found.also[-1] == f"4 of 8 runs were taken from {tmp_path / 'runs.json'}."
    assert (tmp_path / "comparison.html").read_text(encoding="utf-8").count("lowers the test error") > 0
    vicinal.compare(train=counted, splits=4, metric="log loss", **options)
    assert called[8:] == [0, 0, 1, 1, 2, 2, 3, 3]
    vicinal.compare(train=lambda vicinity, seed: counted(vicinity, seed), splits=4, **options)
    assert len(called) == 24
    vicinal.compare(train=counted, splits=4, **options)
    assert len(called) == 24


def test_an_interrupt_leaves_what_can_be_compared_though_nothing_is_kept():
    """It comes amid the fourth seed, of which nothing counts then: all methods have the same three."""

    def stopped(vicinity, seed):
        if seed == 3 and getattr(vicinity, "alpha", 0) == 1.0:
            raise KeyboardInterrupt
        return train(vicinity, seed)

    found, whole = (vicinal.compare(train=code, alphas=[0.2, 1.0], splits=n) for code, n in ((stopped, 6), (train, 3)))
    assert found.gain == whole.gain
    assert found.rows == whole.rows
    assert found.sentence == f"partial, 3 of 6 seeds: {whole.sentence}"


def test_an_interrupt_before_anything_can_be_compared_is_passed_on_and_says_what_is_kept(tmp_path):
    def stopped(vicinity, seed):
        if not isinstance(vicinity, Dirac):
            raise KeyboardInterrupt
        return train(vicinity, seed)

    with pytest.raises(KeyboardInterrupt, match=r"^before there was anything to compare; .* kept in .*runs\.json$"):
        vicinal.compare(train=stopped, alphas=[0.2], splits=3, out=tmp_path)
    with pytest.raises(KeyboardInterrupt, match=r"^before there was anything to compare$"):
        vicinal.compare(train=stopped, alphas=[0.2], splits=3)


def test_code_is_known_by_its_source_and_the_numbers_that_it_was_made_with():
    def made(rate):
        return lambda vicinity, seed: {"valid": rate, "test": rate}

    assert mark_of(made(0.1)) == mark_of(made(0.1)) != mark_of(made(0.2))


RATE, HIDDEN, SEEN = 0.1, {"units": (16, 16)}, [1]


def of_globals(vicinity, seed):
    def trained():
        SEEN.append(seed)
        return [RATE for _ in HIDDEN]

    return {"valid": trained(), "test": 0}


def of_defaults(vicinity, seed, rate=0.1, *, units=16):
    return {"valid": rate, "test": units}


class Trainer:
    def __init__(self, rate):
        self.rate, self.net = rate, object()

    def __call__(self, vicinity, seed):
        return self.run(vicinity, seed)

    def run(self, vicinity, seed):
        return {"valid": self.rate, "test": RATE}


def test_code_is_known_by_whatever_plain_values_it_knows(monkeypatch):
    of = [of_globals, Trainer(0.1), Trainer(0.1).run]
    before = list(map(mark_of, of))
    assert None not in before
    assert before[1:] == [mark_of(Trainer(0.1)), mark_of(Trainer(0.1).run)]
    assert before[1] != mark_of(Trainer(0.2))
    assert before[2] != mark_of(Trainer(0.2).run)
    SEEN.append(2)
    assert list(map(mark_of, of)) == before  # what code writes into tells nothing
    monkeypatch.setitem(globals(), "RATE", 0.3)
    assert not {*before} & {*map(mark_of, of)}
    monkeypatch.setitem(globals(), "RATE", 0.1)
    monkeypatch.setitem(globals(), "HIDDEN", {"units": (16, 8)})
    assert mark_of(of_globals) != before[0]


@pytest.mark.parametrize(("name", "value"), [("__defaults__", (0.2,)), ("__kwdefaults__", {"units": 8})])
def test_code_is_known_by_its_defaults(monkeypatch, name, value):
    before = mark_of(of_defaults)
    monkeypatch.setattr(of_defaults, name, value)
    assert mark_of(of_defaults) != before


def test_of_code_without_a_source_nothing_is_kept_and_that_is_said(tmp_path):
    typed: dict = {"train": train}
    exec("def typed_in(vicinity, seed): return train(vicinity, seed)", typed)
    assert mark_of(typed["typed_in"]) is mark_of(max) is None
    for _ in range(2):
        found = vicinal.compare(train=typed["typed_in"], alphas=[0.2], splits=3, out=tmp_path)
        assert found.also[-1] == (
            "No run is kept: the source of train is not to be had, which tells it from other code."
        )
    assert not (tmp_path / "runs.json").exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "compare must be given either data or train, one's own training code, got neither."),
        ({"data": ([[1.0]], [1]), "train": train}, "compare must be given either data or train, one's own training "),
        ({"train": train, "splits": 0}, "splits must be a whole number, at least 1, got 0."),
        ({"data": "x.csv", "minutes": -1}, "minutes must be a number > 0, got -1."),
        ({"train": train, "target": "y"}, "target must be left out without data, got 'y'."),
        ({"train": train, "epochs": 20}, "epochs must be left out without data, got 20."),
        ({"train": train, "minutes": 9.0}, "minutes must be left out without data, got 9.0."),
        ({"train": train, "jobs": 1}, "jobs must be left out without data, got 1."),
        ({"train": train, "device": "cuda"}, "device must be left out without data, got 'cuda'."),
        ({"train": train, "margin": 0.0}, "margin must be a number > 0, got 0."),
        ({"data": "x.csv", "overlap": 0.3}, "overlap must be left out without train, got 0.3."),
        ({"train": train, "overlap": -0.3}, "overlap must be a number ≥ 0: test examples for each that is trained on"),
    ],
)
def test_what_does_not_go_together_is_refused(given, sentence):
    with pytest.raises(InputError) as caught:
        vicinal.compare(**given)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"seconds": 5.0}, "seconds must be left out, since it is for a folder, or for a table with files, got "),
        ({"group_regex": "x"}, "group_regex must be left out, since it is for a folder, or for a table with files"),
        ({"target": "nope--task"}, 'table: no column is called "nope--task"'),
        ({"target": "a"}, 'table: the target "a" must be of two different values or more, got only "--task" in 40 '
         "rows. Name another column with target."),
    ],
)  # fmt: skip
def test_mistakes_name_the_arguments_not_the_options_of_the_command(given, sentence):
    frame = pd.DataFrame({"a": ["--task"] * 40, "b": np.arange(40) % 7, "y": np.arange(40) % 2})
    with pytest.raises(InputError) as caught:
        vicinal.compare(frame, **given)
    assert str(caught.value).startswith(sentence)


def test_errors_that_look_like_shares_are_pointed_out():
    def of(scale, **options):
        made = vicinal.compare(
            train=lambda vicinity, seed: {name: scale * each for name, each in train(vicinity, seed).items()},
            alphas=[0.2],
            splits=3,
            **options,
        )
        return made.data.warnings

    assert of(1.0) == of(0.01, metric="log loss") == ()
    (warning,) = of(0.01)
    assert warning.startswith("What train returns is taken as per cent, and never above 1: 0.2 for example.")


def test_a_method_that_fails_is_left_out_and_said():
    def broken(vicinity, seed):
        if getattr(vicinity, "alpha", 0) == 1.0:
            raise RuntimeError("no memory\nat all")
        return train(vicinity, seed)

    found = vicinal.compare(train=broken, alphas=[0.2, 1.0], splits=3)
    assert found.verdict == "helps"
    assert found.failures[0] == "mixup α=1 · seed 0: RuntimeError: no memory at all"
    assert found.failed == len(found.failures) == 3
    assert found.rows[1].gain is None


def test_a_seed_in_which_erm_failed_is_left_out_and_progress_goes_on():
    told = []

    def broken(vicinity, seed):
        if seed == 1 and isinstance(vicinity, Dirac):
            raise RuntimeError("no memory")
        return train(vicinity, seed)

    found = vicinal.compare(train=broken, alphas=[0.2], splits=5, progress=lambda done, text: told.append((done, text)))
    expected = paired([train(Dirac(), s)["test"] - train(Mixup(0.2), s)["test"] for s in (0, 2, 3, 4)])
    assert found.gain == expected
    assert (found.splits, found.planned, found.partial, found.failed) == (4, 5, False, 1)
    assert [done for done, _ in told] == list(range(1, 11))
    assert told[2][1] == "ERM · seed 1 · failed"


def test_seeds_in_which_every_alpha_failed_are_left_out():
    def broken(vicinity, seed):
        if getattr(vicinity, "alpha", 0) == 1.0 or (getattr(vicinity, "alpha", 0) == 0.2 and seed == 0):
            raise RuntimeError("no memory")
        return train(vicinity, seed)

    found = vicinal.compare(train=broken, alphas=[0.2, 1.0], splits=5)
    assert found.splits == 4
    assert [row.gain is None for row in found.rows] == [False, True]
    assert "5 splits" not in found.sentence


def test_a_margin_is_looked_at_before_anything_is_trained():
    called = []

    def watched(vicinity, seed):
        called.append(seed)
        return train(vicinity, seed)

    with pytest.raises(InputError, match=r"^margin must be a number > 0, got nan"):
        vicinal.compare(train=watched, alphas=[0.2], margin=math.nan)
    assert called == []


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (None, 'what train returns must be a dictionary with finite numbers "valid" and "test", got None.'),
        (
            {"valid": 1.0},
            'what train returns must be a dictionary with finite numbers "valid" and "test", got {\'valid\': 1.0}.',
        ),
    ],
)
def test_what_it_returns_has_to_be_figures(returned, sentence):
    with pytest.raises(InputError) as caught:
        vicinal.compare(train=lambda vicinity, seed: returned, alphas=[0.2], splits=3)
    assert str(caught.value) == sentence


def test_where_every_run_fails_it_is_said_why():
    with pytest.raises(InputError, match=r"^nothing can be compared: .*ERM · seed 0: ValueError: what train returns"):
        vicinal.compare(train=lambda vicinity, seed: {"valid": math.nan, "test": 1.0}, alphas=[0.2], splits=3)
