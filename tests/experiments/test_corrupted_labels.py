"""Corrupted labels: the paper's rows, and what follows for the claims from figures and curves made by hand."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from scipy import stats

from vicinal.evidence import Effect
from vicinal.experiments import EXPERIMENTS, Curves, Figures, Finding, Measured, Setup
from vicinal.training import Sgd, Trial
from vicinal.vicinity import Mixup, vicinity

NOISE = EXPERIMENTS["corrupted-labels"]
LAST, MEMORY, ALPHA, DROPOUT, BOTH = range(5)
Key = tuple[float, float, float]
"""Share, alpha (0: ERM), dropout."""
Rule = Callable[[Key, int], Mapping[str, float]]


def key(trial: Trial) -> Key:
    made = vicinity(trial.vicinity)
    return trial.task.label_noise, made.alpha if isinstance(made, Mixup) else 0.0, trial.task.dropout


def outcomes(made, rule: Rule, **asked) -> Figures:
    """Return outcomes of all the trials of a setup: usual figures, and those that the rule gives."""
    usual = {
        "test_error": 20.0,
        "best_test_error": 19.0,
        "train_error_kept": 1.0,
        "train_error_corrupted_given": 50.0,
        "train_error_corrupted_real": 40.0,
        "train_error_given": 30.0,
        "train_error_real": 25.0,
    }
    trials = NOISE.trials(Setup(**asked))
    figures = {trial: usual | dict(rule(key(trial), trial.seed)) for trial in trials}
    curves = {trial: [{name: each[name] for name in usual}] * trial.task.epochs for trial, each in figures.items()}
    return Figures(made(figures, curves))


def judged(number: int, figures: Figures, **asked) -> Finding:
    return NOISE.claims[number].judged(Setup(**asked), figures)


def ends(effect: object) -> tuple[float, float, float]:
    assert isinstance(effect, Effect)
    return effect.mean, effect.low, effect.high


def interval(values) -> tuple[float, float, float]:
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    return float(np.mean(values)), low, high


def test_the_papers_settings_and_its_whole_grid_stand():
    trials = NOISE.trials(Setup("paper"))
    (task,) = {
        (t.task.data, t.task.net, t.task.epochs, t.task.batch, t.task.pad, t.task.flip, t.task.schedule.drops)
        for t in trials
    }
    assert task == ("cifar10", "preact-resnet-18", 200, 128, 4, True, (100, 150))
    assert {t.task.optimiser for t in trials} == {Sgd(learning_rate=0.1, momentum=0.9, weight_decay=1e-4)}
    asked = {(0.0, 0.0)} | {(0.0, p) for p in (0.5, 0.7, 0.8, 0.9)} | {(a, 0.0) for a in (1.0, 2.0, 8.0, 32.0)}
    asked |= {(a, p) for a in (1.0, 2.0, 4.0, 8.0) for p in (0.3, 0.5, 0.7)}
    for share in (0.2, 0.5, 0.8):
        found = {key(t)[1:] for t in trials if t.task.label_noise == share}
        assert found == asked | ({(4.0, 0.1)} if share == 0.2 else set())
    assert len(trials) == (21 * 3 + 1) * 3


def test_the_laptop_scale_has_the_published_rows_and_the_alphas_over_which_a_slope_is_taken():
    trials = NOISE.trials(Setup("laptop"))
    by_share = {share: {key(t)[1:] for t in trials if t.task.label_noise == share} for share in (0.2, 0.5, 0.8)}
    assert by_share[0.2] == {(0, 0), (0, 0.5), (8, 0), (4, 0.1)}
    assert by_share[0.5] == {(0, 0), (0, 0.5), (1, 0), (2, 0), (8, 0), (32, 0), (8, 0.3)}
    assert by_share[0.8] == {(0, 0), (0, 0.5), (32, 0), (8, 0.3)}
    assert len(trials) == 15 * 5
    assert {(t.task.data, t.task.rows, t.task.epochs) for t in trials} == {("fashion-mnist", 2_500, 30)}


def test_the_options_ask_for_the_grid_and_for_the_other_classes():
    setup = Setup("laptop", options={"grid": "full", "symmetric": True})
    trials = NOISE.trials(setup)
    assert len({key(t)[1:] for t in trials if t.task.label_noise == 0.8}) == 21
    assert all(t.task.symmetric_noise for t in trials)
    published = NOISE.trials(Setup("paper", options={"grid": "published"}))
    assert {key(t)[1:] for t in published if t.task.label_noise == 0.8} == {(0, 0), (0, 0.8), (32, 0), (8, 0.3)}


def test_what_was_asked_for_beside_them_is_trained_at_every_share_without_dropout():
    trials = NOISE.trials(Setup("laptop", also=("CutMix(alpha=1.0)",)))
    asked = [t for t in trials if t.vicinity == "CutMix(alpha=1.0)"]
    assert {(t.task.label_noise, t.task.dropout) for t in asked} == {(0.2, 0.0), (0.5, 0.0), (0.8, 0.0)}


def late(erm: float, mixed: float, dropped: float) -> Rule:
    """Return figures with these distances of the last epoch from the best, 19 %."""

    def rule(of: Key, seed: int) -> Mapping[str, float]:
        _, alpha, dropout = of
        far = dropped if dropout else mixed if alpha else erm
        return {"test_error": 19.0 + far + 0.1 * (-1) ** seed * (1 + (alpha > 0) + 2 * (dropout > 0))}

    return rule


@pytest.mark.parametrize(
    ("erm", "mixed", "dropped", "word"),
    [(20, 1, 5, "supported"), (20, 12, 15, "contradicted"), (20, 8, 5, "contradicted"), (2, 20, 25, "contradicted")],
    ids=["all three", "no third of ERM's", "above dropout", "later than ERM"],
)
def test_noise_last_wants_all_three_things(made, erm, mixed, dropped, word):
    figures = outcomes(made, late(erm, mixed, dropped), scale="laptop")
    found = judged(LAST, figures, scale="laptop")
    assert found.verdict.word == word
    assert len(found.verdict.parts) == 9
    assert ends(found.effect)[0] == pytest.approx(erm - mixed, abs=2)


def test_noise_memory_is_the_error_on_what_was_replaced_mixup_minus_erm(made):
    def rule(of: Key, seed: int) -> Mapping[str, float]:
        share, alpha, _ = of
        judged_alpha = {0.2: 8, 0.5: 32, 0.8: 32}[share]
        return {"train_error_corrupted_given": (60 + seed**2 if alpha == judged_alpha else 3) + 10 * share}

    found = judged(MEMORY, outcomes(made, rule, scale="laptop"), scale="laptop")
    assert found.verdict.word == "supported"
    assert ends(found.effect) == pytest.approx(interval([57 + seed**2 for seed in range(5)]))


def test_noise_alpha_is_the_slope_over_the_doublings_of_alpha(made):
    def rule(of: Key, seed: int) -> Mapping[str, float]:
        _, alpha, _ = of
        return {"train_error_corrupted_given": 10 + (3 + 0.5 * seed) * np.log2(alpha) if alpha else 1.0}

    found = judged(ALPHA, outcomes(made, rule, scale="laptop"), scale="laptop")
    assert found.verdict.word == "supported"
    assert ends(found.effect) == pytest.approx(interval([3 + 0.5 * seed for seed in range(5)]))
    assert [each.part.name for each in found.verdict.parts] == ["50 % random"]
    everywhere = Setup("laptop", options={"grid": "full"})
    figures = outcomes(made, rule, scale="laptop", options={"grid": "full"})
    assert len(NOISE.claims[ALPHA].judged(everywhere, figures).verdict.parts) == 3


def test_noise_dropout_is_how_much_nearer_the_last_epoch_is_to_the_best(made):
    found = judged(DROPOUT, outcomes(made, late(20, 1, 5), scale="laptop"), scale="laptop")
    assert found.verdict.word == "supported"
    assert ends(found.effect)[0] == pytest.approx(15, abs=0.1)


def test_noise_both_is_compared_with_every_single_method_and_the_best_one_is_shown(made):
    def rule(of: Key, seed: int) -> Mapping[str, float]:
        _, alpha, dropout = of
        wobble = 0.1 * seed
        return {"test_error": 10.0 - wobble if alpha and dropout else 13.0 if dropout else 12.0 if alpha else 15.0}

    found = judged(BOTH, outcomes(made, rule, scale="laptop"), scale="laptop")
    assert found.verdict.word == "supported"
    assert ends(found.effect) == pytest.approx(interval([2 + 0.1 * seed for seed in range(5)]))
    assert len(found.verdict.parts) == 9
    worse = judged(BOTH, outcomes(made, lambda of, seed: dict(rule(of, seed)) | ({"test_error": 9.0 + seed / 99}
                   if of == (0.8, 0, 0.5) else {}), scale="laptop"), scale="laptop")  # fmt: skip
    assert worse.verdict.word == "contradicted"


def test_nothing_run_is_not_run_and_a_missing_method_is_undecided(made):
    nothing = Figures({})
    for number in range(5):
        assert judged(number, nothing, scale="laptop").verdict.word == "not run"
    assert NOISE.pictures(Setup("laptop"), nothing) == ()
    figures = outcomes(made, late(20, 1, 5), scale="laptop")
    gone = Figures({t: outcome for t, outcome in figures.outcomes.items() if key(t)[0] != 0.8})
    assert judged(DROPOUT, gone, scale="laptop").verdict.word == "undecided"


def test_the_table_sets_the_published_figures_beside_their_rows(made):
    setup = Setup("paper", options={"grid": "published"})
    table = NOISE.table(setup, outcomes(made, late(20, 1, 5), scale="paper", options=setup.options))
    rows = {(row["share"], row["method"]): row for row in table.rows}
    assert rows["50 % random", "mixup α=32"]["published_last"] == 12.7
    assert rows["80 % random", "dropout 0.8"]["published_corrupted"] == 86.37
    assert rows["20 % random", "mixup α=4, dropout 0.1"]["published_kept"] == 1.92
    assert rows["20 % random", "ERM"]["published_best"] == 12.7
    assert rows["20 % random", "ERM"]["gain"] is None
    gain = rows["20 % random", "mixup α=8"]["gain"]
    assert ends(gain)[0] == pytest.approx(19, abs=1)
    cell = rows["20 % random", "ERM"]["test_error"]
    assert isinstance(cell, Measured)
    assert cell.n == 3
    laptop = NOISE.table(Setup("laptop"), outcomes(made, late(20, 1, 5), scale="laptop"))
    assert all(row["published_best"] is None for row in laptop.rows if row["method"] == "dropout 0.5")


def test_the_curves_are_those_of_the_four_methods_and_mark_where_the_learning_rate_drops(made):
    pictures = NOISE.pictures(Setup("laptop"), outcomes(made, late(20, 1, 5), scale="laptop"))
    assert len(pictures) == 3
    for picture in pictures:
        assert isinstance(picture, Curves)
        assert [panel.title for panel in picture.panels] == ["20 % random", "50 % random", "80 % random"]
        assert all(panel.marks == (15.0, 22.0) for panel in picture.panels)
    fitted = pictures[1]
    assert isinstance(fitted, Curves)
    labels = [curve.label for curve in fitted.panels[1].curves]
    assert labels == ["ERM", "dropout 0.5", "mixup α=32", "mixup α=8, dropout 0.3"]
