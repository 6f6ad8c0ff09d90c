"""Between training points: the nets of cifar, and what follows for the claims from measures made by hand."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy import stats

from vicinal.evidence import Effect
from vicinal.experiments import EXPERIMENTS, Curves, Figures, Finding, Measured, Setup
from vicinal.training import MEASURES, Measurement, Trial

BETWEEN = EXPERIMENTS["between-points"]
ERM, HALVES = "Dirac()", "Mixup(alpha=1.0, partner='halves', inplace=True)"
TITLES = ("Fashion-MNIST, small", "CIFAR-10, small", "CIFAR-100, small")
LAM = [0.0, 0.5, 1.0]
Pair = tuple[float, float]
"""A figure of the net trained with ERM, and of the one trained with mixup."""


def outcomes(made, miss: Callable[[Trial], float], gradient: Callable[[Trial], float], **asked) -> Figures:
    """Return outcomes of all the trials of a setup, from misses and loss gradient of each."""
    figures, series = {}, {}
    for trial in BETWEEN.trials(Setup(**asked)):
        means = {"miss": miss(trial), "loss_gradient": gradient(trial), "prediction_gradient": 0.5}
        figures[trial] = {f"between_{name}": value for name, value in means.items()}
        rows = [{"lam": lam, **{name: value * (1 + lam) for name, value in means.items()}} for lam in LAM]
        series[trial] = {"between": rows}
    return Figures(made(figures, series=series))


def mixed(trial: Trial) -> bool:
    return trial.vicinity == HALVES


def judged(number: int, figures: Figures, **asked) -> Finding:
    return BETWEEN.claims[number].judged(Setup(**asked), figures)


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    return float(np.mean(values)), low, high


def ends(effect: object) -> tuple[float, float, float]:
    assert isinstance(effect, Effect)
    return effect.mean, effect.low, effect.high


@pytest.mark.parametrize("scale", ["smoke", "laptop", "paper"])
def test_the_nets_are_those_of_cifar_so_that_none_is_trained_twice(scale):
    trials, of_cifar = BETWEEN.trials(Setup(scale)), EXPERIMENTS["cifar"].trials(Setup(scale))
    assert set(trials) <= set(of_cifar)
    assert {trial.task for trial in trials} == {trial.task for trial in of_cifar}
    name = "Mixup(alpha=1.0)" if scale == "paper" else HALVES
    assert {trial.vicinity for trial in trials} == {ERM, name}


@pytest.mark.parametrize("scale", ["smoke", "laptop", "paper"])
def test_every_net_is_measured(scale):
    setup = Setup(scale, also=("CutMix(alpha=1.0)",))
    assert BETWEEN.measurements(setup) == [Measurement("between", trial) for trial in BETWEEN.trials(setup)]
    assert "between" in MEASURES


@pytest.mark.parametrize(
    ("of_data", "word"),
    [
        ({}, "supported"),
        ({"cifar100": (5.0, 25.0)}, "contradicted"),
        ({"cifar100": (5.0, 5.0)}, "undecided"),
    ],
)
@pytest.mark.parametrize("number", [0, 1])
def test_the_verdict_follows_from_the_measures(made, number, of_data: dict[str, Pair], word):
    """Both claims, misses and gradients, say that mixup has less of it."""

    def value(trial: Trial) -> float:
        own, other = of_data.get(trial.task.data, (25.0, 5.0))
        return (other if mixed(trial) else own) * (1 + 0.02 * (-1) ** trial.seed * mixed(trial))

    def opposite(trial: Trial) -> float:
        return 1 / value(trial)

    measures = (value, opposite) if number == 0 else (opposite, value)
    found = judged(number, outcomes(made, *measures, scale="laptop"), scale="laptop")
    assert found.verdict.word == word
    assert tuple(each.part.name for each in found.verdict.parts) == TITLES


def test_misses_are_compared_in_points_as_computed_by_hand(made):
    drop: dict[str, float] = dict(zip(("fashion-mnist", "cifar10", "cifar100"), (3.0, 6.0, 12.0), strict=True))
    figures = outcomes(made, lambda t: 30.0 - (drop[t.task.data] + t.seed**2) * mixed(t), lambda t: 1.0, scale="laptop")
    found = judged(0, figures, scale="laptop")
    for each, gain in zip(found.verdict.parts, drop.values(), strict=True):
        assert ends(each.part.effect) == pytest.approx(interval([gain + seed**2 for seed in range(5)]))
    assert ends(found.effect) == pytest.approx(interval([7.0 + seed**2 for seed in range(5)]))
    assert found.unit == "points"


def test_gradients_are_compared_by_their_log_ratio_as_computed_by_hand(made):
    norms = {"fashion-mnist": 1.0, "cifar10": 2.0, "cifar100": 4.0}
    figures = outcomes(
        made, lambda t: 1.0, lambda t: 16.0 if not mixed(t) else norms[t.task.data] + t.seed, scale="laptop"
    )
    found = judged(1, figures, scale="laptop")
    logs = [[math.log(16 / (norm + seed)) for seed in range(5)] for norm in norms.values()]
    for each, values in zip(found.verdict.parts, logs, strict=True):
        assert ends(each.part.effect) == pytest.approx(interval(values))
    assert ends(found.effect) == pytest.approx(interval(np.mean(logs, axis=0).tolist()))
    assert found.unit == "log ratio"


def test_what_was_not_run_keeps_it_undecided(made):
    figures = outcomes(made, lambda t: 20.0 - (10 + t.seed) * mixed(t), lambda t: 1.0, scale="laptop")
    less = Figures({t: outcome for t, outcome in figures.outcomes.items() if t.task.data != "cifar10"})
    found = judged(0, less, scale="laptop")
    assert found.verdict.word == "undecided"
    assert [each.word for each in found.verdict.parts] == ["supported", "not run", "supported"]


def test_the_table_has_the_figures_computed_by_hand(made):
    figures = outcomes(made, lambda t: 20.0 + t.seed - 2.0 * t.seed * mixed(t), lambda t: 3.0, seeds=3)
    table = BETWEEN.table(Setup(seeds=3), figures)
    assert not [column for column in table.columns if column.kind == "published"]
    erm, mix = table.rows
    assert (erm["method"], mix["method"]) == ("ERM", "mixup α=1")
    assert erm["between_miss"] == Measured(21.0, 1.0, 3)
    assert mix["between_miss"] == Measured(19.0, 1.0, 3)
    assert erm["between_loss_gradient"] == Measured(3.0, 0.0, 3)
    assert erm["gain"] is None
    assert ends(mix["gain"]) == pytest.approx(interval([0.0, 2.0, 4.0]))


@pytest.mark.parametrize(("scale", "pairing"), [("smoke", "halves"), ("laptop", "halves"), ("paper", "permutation")])
def test_the_table_names_how_examples_are_paired(scale, pairing):
    rows = BETWEEN.table(Setup(scale), Figures({})).rows
    assert {(row["method"] == "ERM", row["pairing"]) for row in rows} == {(True, ""), (False, pairing)}


def test_the_pictures_have_a_curve_a_vicinity_over_lambda(made):
    figures = outcomes(made, lambda t: 20.0 + t.seed - 9.0 * mixed(t), lambda t: 7.0 + t.seed, scale="laptop")
    pictures = BETWEEN.pictures(Setup("laptop"), figures)
    assert len(pictures) == 3
    levels = ((22.0, 13.0), (9.0, 9.0), (0.5, 0.5))  # of misses, loss gradient, prediction gradient
    for picture, (erm, mix), spread in zip(pictures, levels, (1.0, 1.0, 0.0), strict=True):
        assert isinstance(picture, Curves)
        assert tuple(panel.title for panel in picture.panels) == TITLES
        for panel in picture.panels:
            assert [line.label for line in panel.curves] == ["ERM", "mixup α=1"]
            for line, level in zip(panel.curves, (erm, mix), strict=True):
                along = 1 + np.array(LAM)
                sd = spread * np.std(range(5), ddof=1) * along
                assert line.x.tolist() == LAM
                assert line.mean == pytest.approx(level * along)
                assert line.low == pytest.approx(level * along - sd)
                assert line.high == pytest.approx(level * along + sd)


def test_a_data_set_that_was_not_run_has_no_panel(made):
    figures = outcomes(made, lambda t: 1.0, lambda t: 1.0, scale="laptop", seeds=1)
    less = Figures({t: outcome for t, outcome in figures.outcomes.items() if t.task.data == "cifar10"})
    for picture in BETWEEN.pictures(Setup("laptop", seeds=1), less):
        assert isinstance(picture, Curves)
        assert [panel.title for panel in picture.panels] == ["CIFAR-10, small"]
