"""Spoken words: the paper's settings, and what follows for the claim from figures and curves made by hand."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy import stats

from vicinal.evidence import Effect
from vicinal.experiments import EXPERIMENTS, Curves, Figures, Finding, Gains, Measured, Setup
from vicinal.models import NETS
from vicinal.training import Adam, Task, Trial

SPEECH = EXPERIMENTS["speech"]
ERM = "Dirac()"
TENTH, FIFTH = (f"Warmup(vicinity=Mixup(alpha={alpha}))" for alpha in (0.1, 0.2))
TENTH_HALVES, FIFTH_HALVES = (
    f"Warmup(vicinity=Mixup(alpha={alpha}, partner='halves', inplace=True))" for alpha in (0.1, 0.2)
)
SMALLER, LARGER = "lenet-half", "vgg-11-quarter"
Rule = Callable[[Trial], float]


def outcomes(made, error: Rule, curve: Callable[[Trial], Sequence[float]] = lambda _: (), **asked) -> Figures:
    """Return outcomes of all the trials of a setup, from the test error and the curve of each."""
    trials = SPEECH.trials(Setup(**asked))
    figures = {trial: {"test_error": error(trial), "valid_error": 7.0, "test_nll": 0.5} for trial in trials}
    return Figures(made(figures, {trial: [{"test_error": value} for value in curve(trial)] for trial in trials}))


def judged(figures: Figures, **asked) -> Finding:
    return SPEECH.claims[0].judged(Setup(**asked), figures)


def gains(smaller: float, larger: float, spread: float = 0.1) -> Rule:
    """Return test errors with which mixup of the judged alpha has about these gains on the two nets."""

    def error(trial: Trial) -> float:
        gain = (larger if "vgg" in trial.task.net else smaller) + spread * (-1) ** trial.seed
        return 20.0 + trial.seed - gain * (trial.vicinity in (FIFTH, FIFTH_HALVES))

    return error


def interval(differences: Sequence[float]) -> tuple[float, float, float]:
    low, high = stats.t.interval(0.95, len(differences) - 1, np.mean(differences), stats.sem(differences))
    return float(np.mean(differences)), low, high


def ends(effect: object) -> tuple[float, float, float]:
    assert isinstance(effect, Effect)
    return effect.mean, effect.low, effect.high


def rates(task: Task) -> list[float]:
    return [task.optimiser.learning_rate * task.schedule.share(epoch) for epoch in range(task.epochs)]


# The settings.


def test_the_papers_settings_stand():
    trials = SPEECH.trials(Setup("paper"))
    tasks = {trial.task.net: trial.task for trial in trials}
    assert tuple(tasks) == ("lenet", "vgg-11")
    for task in tasks.values():
        assert (task.data, task.batch, task.epochs) == ("speech-commands-v1", 100, 30)
        assert (task.rows, task.size, task.mix) == (None, None, "spectrogram")
        assert task.optimiser == Adam(learning_rate=3e-3)
        assert rates(task) == pytest.approx([3e-3] * 10 + [3e-4] * 10 + [3e-5] * 10)
    assert {trial.vicinity for trial in trials} == {ERM, TENTH, FIFTH}
    assert len(trials) == 2 * 3 * 3


def test_the_laptop_scale_is_ten_words_at_40x50_with_two_small_nets():
    trials = SPEECH.trials(Setup("laptop"))
    tasks = {trial.task.net: trial.task for trial in trials}
    assert tuple(tasks) == (SMALLER, LARGER)
    for task, epochs in zip(tasks.values(), (30, 20), strict=True):
        assert (task.data, task.batch, task.epochs) == ("speech-commands-10", 100, epochs)
        assert (task.rows, task.size, task.mix) == (None, (40, 50), "spectrogram")
        assert rates(task) == pytest.approx([3e-3 * 0.1 ** (epoch // 10) for epoch in range(epochs)])
    assert {trial.vicinity for trial in trials} == {ERM, TENTH_HALVES, FIFTH_HALVES}
    assert {trial.seed for trial in trials} == set(range(5))


def test_smoke_scale_warms_up_as_well():
    trials = SPEECH.trials(Setup())
    assert {trial.task.data for trial in trials} == {"synthetic-words"}
    warmed = f"{FIFTH_HALVES[:-1]}, epochs=1)"
    assert warmed in {trial.vicinity for trial in trials}
    assert all(trial.task.epochs > 2 for trial in trials)


@pytest.mark.parametrize("scale", ["smoke", "laptop", "paper"])
def test_options_change_where_sounds_are_mixed_and_what_is_said(scale):
    plain, waveforms = (SPEECH.trials(Setup(scale, options=options)) for options in ({}, {"mix": "waveform"}))
    assert [trial.task.mix for trial in waveforms] == ["waveform"] * len(plain)
    assert [(t.task.net, t.vicinity, t.seed) for t in waveforms] == [(t.task.net, t.vicinity, t.seed) for t in plain]
    synthetic = SPEECH.trials(Setup(scale, options={"synthetic": True}))
    assert {trial.task.data for trial in synthetic} == {"synthetic-words"}
    titles = [
        SPEECH.table(Setup(scale, options=options), Figures({})).rows[0]["task"]
        for options in ({}, {"mix": "waveform"}, {"synthetic": True})
    ]
    assert titles[1] == f"{titles[0]}, waveforms mixed"
    assert str(titles[2]).startswith("Synthetic words, ")


def test_every_net_is_registered():
    assert {trial.task.net for scale in SPEECH.seeds for trial in SPEECH.trials(Setup(scale))} <= set(NETS)


# The claim.


@pytest.mark.parametrize(
    ("smaller", "larger", "spread", "word"),
    [
        (-1.0, 1.2, 0.1, "supported"),
        (1.0, 2.5, 0.1, "supported"),
        (2.0, 2.0, 5.0, "undecided"),
        (2.0, -1.0, 0.1, "contradicted"),
    ],
)
def test_the_verdict_follows_from_the_difference_of_the_gains(made, smaller, larger, spread, word):
    source = np.random.default_rng(0)
    noise = {seed: spread * source.normal() for seed in range(5)}
    error = gains(smaller, larger, spread)
    figures = outcomes(made, lambda t: error(t) + noise[t.seed] * ("vgg" in t.task.net and t.vicinity == ERM),
                       scale="laptop")  # fmt: skip
    found = judged(figures, scale="laptop")
    assert found.verdict.word == word
    assert ends(found.effect) == pytest.approx(interval([larger - smaller + noise[seed] for seed in range(5)]))


def test_other_alphas_and_vicinities_are_not_judged(made):
    asked = {"scale": "laptop", "also": ("CutMix(alpha=1.0)", "Mixup(alpha=0.2)")}
    error = gains(0.0, 2.0)
    figures = outcomes(made, error, **asked)
    worse = outcomes(made, lambda t: error(t) if t.vicinity in (ERM, FIFTH_HALVES) else 99.0, **asked)
    assert judged(figures, **asked) == judged(worse, **asked)


@pytest.mark.parametrize("gone", [SMALLER, LARGER])
def test_without_one_of_the_nets_it_is_not_run(made, gone):
    figures = outcomes(made, gains(0.0, 2.0), scale="laptop")
    less = Figures({trial: outcome for trial, outcome in figures.outcomes.items() if trial.task.net != gone})
    found = judged(less, scale="laptop")
    assert (found.verdict.word, found.effect) == ("not run", None)


def test_only_seeds_that_both_nets_have_count(made):
    figures = outcomes(made, lambda t: 20.0 - t.seed**2 * ("vgg" in t.task.net and t.vicinity == FIFTH_HALVES),
                       scale="laptop")  # fmt: skip
    less = {t: each for t, each in figures.outcomes.items() if (t.task.net, t.vicinity, t.seed) != (SMALLER, ERM, 4)}
    found = judged(Figures(less), scale="laptop")
    assert ends(found.effect) == pytest.approx(interval([0.0, 1.0, 4.0, 9.0]))


# The table and the pictures.

PUBLISHED = {  # validation and test error
    ("lenet", "ERM"): (9.8, 10.3),
    ("lenet", "mixup α=0.1 after 5"): (10.1, 10.8),
    ("lenet", "mixup α=0.2 after 5"): (10.2, 11.3),
    ("vgg-11", "ERM"): (5.0, 4.6),
    ("vgg-11", "mixup α=0.1 after 5"): (4.0, 3.8),
    ("vgg-11", "mixup α=0.2 after 5"): (3.9, 3.4),
}


def test_published_figures_stand_in_the_papers_rows_and_only_there():
    also = ("CutMix(alpha=1.0)", "Mixup(alpha=0.2)")  # without a warm-up it is not the paper's
    rows = SPEECH.table(Setup("paper", also=also), Figures({})).rows
    cells = {
        (str(row["task"]).rpartition(", ")[2], row["method"]): (row["published_valid"], row["published_test"])
        for row in rows
    }
    assert len(cells) == len(rows) == 2 * 5
    assert {key: value for key, value in cells.items() if value != (None, None)} == PUBLISHED
    others = [Setup("smoke"), Setup("laptop")]
    others += [Setup("paper", options=options) for options in ({"mix": "waveform"}, {"synthetic": True})]
    for setup in others:
        for row in SPEECH.table(setup, Figures({})).rows:
            assert (row["published_valid"], row["published_test"]) == (None, None)


@pytest.mark.parametrize(("scale", "pairing"), [("smoke", "halves"), ("laptop", "halves"), ("paper", "permutation")])
def test_the_table_names_how_examples_are_paired(scale, pairing):
    rows = SPEECH.table(Setup(scale), Figures({})).rows
    assert {(row["method"] == "ERM", row["pairing"]) for row in rows} == {(True, ""), (False, pairing)}


def test_a_row_has_the_figures_computed_by_hand(made):
    figures = outcomes(
        made,
        lambda t: (10.0, 11.0, 14.0)[t.seed] - 4.0 * t.seed * (t.vicinity == FIFTH_HALVES),
        scale="laptop",
        seeds=3,
    )
    erm, tenth, fifth, *of_larger = SPEECH.table(Setup("laptop", seeds=3), figures).rows
    assert len(of_larger) == 3
    assert (erm["gain"], erm["valid_error"], tenth["test_nll"]) == (None, Measured(7.0, 0.0, 3), Measured(0.5, 0.0, 3))
    for row, errors in ((erm, [10.0, 11.0, 14.0]), (fifth, [10.0, 7.0, 6.0])):
        cell = row["test_error"]
        assert isinstance(cell, Measured)
        assert (cell.mean, cell.sd, cell.n) == pytest.approx((np.mean(errors), np.std(errors, ddof=1), 3))
    assert ends(fifth["gain"]) == pytest.approx(interval([0.0, 4.0, 8.0]))


def test_the_pictures_are_the_errors_of_every_epoch_and_the_gains_of_the_table(made):
    source, curves = np.random.default_rng(1), {}
    setup = Setup("laptop", also=("CutMix(alpha=1.0)",))
    figures = outcomes(
        made,
        gains(0.0, 2.0),
        lambda t: curves.setdefault(t, source.uniform(0, 90, t.task.epochs)).tolist(),
        scale="laptop",
        also=setup.also,
    )
    lines, dots = SPEECH.pictures(setup, figures)
    assert isinstance(lines, Curves)
    assert [panel.marks for panel in lines.panels] == [(10.0, 20.0), (10.0,)]
    for panel, net in zip(lines.panels, (SMALLER, LARGER), strict=True):
        assert [line.alpha for line in panel.curves] == [None, 0.1, 0.2, None]
        assert panel.title.endswith(net)
        for line, name in zip(panel.curves, (ERM, TENTH_HALVES, FIFTH_HALVES, *setup.also), strict=True):
            rows = np.stack([c for t, c in curves.items() if (t.task.net, t.vicinity) == (net, name)])
            assert line.x.tolist() == list(range(1, len(rows[0]) + 1))
            assert line.mean == pytest.approx(rows.mean(0))
            assert (line.method == "ERM") == (name == ERM)
    assert isinstance(dots, Gains)
    rows = SPEECH.table(setup, figures).rows
    assert [(dot.group, dot.method, dot.effect) for dot in dots.gains] == [
        (str(row["task"]).removeprefix("Speech Commands, ten words, "), row["method"], row["gain"])
        for row in rows
        if row["gain"] is not None
    ]
    assert [dot.alpha for dot in dots.gains] == [0.1, 0.2, None] * 2
