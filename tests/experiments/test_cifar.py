"""Small images: the paper's settings, and what follows for the claims from figures and curves made by hand."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy import stats

from vicinal.evidence import Effect
from vicinal.experiments import EXPERIMENTS, Curves, Figures, Finding, Measured, Setup
from vicinal.training import Sgd, Task, Trial

CIFAR = EXPERIMENTS["cifar"]
ERM, MIXUP, HALVES = "Dirac()", "Mixup(alpha=1.0)", "Mixup(alpha=1.0, partner='halves', inplace=True)"
FIFTH = "Mixup(alpha=0.2, partner='halves', inplace=True)"
LAPTOP = ("fashion-mnist", "cifar10", "cifar100")
Rule = Callable[[Trial], float]


def outcomes(made, error: Rule, curve: Callable[[Trial], Sequence[float]] = lambda _: (), **asked) -> Figures:
    """Return outcomes of all the trials of a setup, from the test error and the curve of each."""
    trials = CIFAR.trials(Setup(**asked))
    further = {"best_test_error": 5.0, "test_nll": 0.5, "test_calibration_error": 2.0}
    curves = {trial: [{"test_error": value} for value in curve(trial)] for trial in trials}
    return Figures(made({trial: {"test_error": error(trial)} | further for trial in trials}, curves))


def without(figures: Figures, gone: Callable[[Trial], bool]) -> Figures:
    return Figures({trial: outcome for trial, outcome in figures.outcomes.items() if not gone(trial)})


def judged(number: int, figures: Figures, **asked) -> Finding:
    return CIFAR.claims[number].judged(Setup(**asked), figures)


def gains(of_data: Callable[[str], float], spread: float = 0.1) -> Rule:
    """Return test errors with which mixup, and no other, has about this gain over ERM."""

    def error(trial: Trial) -> float:
        gain = of_data(trial.task.data) + spread * (-1) ** trial.seed
        return 20.0 + trial.seed - gain * (trial.vicinity in (MIXUP, HALVES))

    return error


def interval(differences: Sequence[float]) -> tuple[float, float, float]:
    low, high = stats.t.interval(0.95, len(differences) - 1, np.mean(differences), stats.sem(differences))
    return float(np.mean(differences)), low, high


def ends(effect: object) -> tuple[float, float, float]:
    assert isinstance(effect, Effect)
    return effect.mean, effect.low, effect.high


# The settings.


def rates(task: Task) -> list[float]:
    return [task.optimiser.learning_rate * task.schedule.share(epoch) for epoch in range(task.epochs)]


def test_the_papers_settings_stand():
    trials = CIFAR.trials(Setup("paper"))
    tasks = {(trial.task.data, trial.task.net): trial.task for trial in trials}
    nets = ("preact-resnet-18", "wrn-28-10", "densenet-bc-190-40")
    assert set(tasks) == {(data, net) for data in ("cifar10", "cifar100") for net in nets}
    for (_, net), task in tasks.items():
        assert (task.batch, task.epochs, task.pad, task.flip, task.rows) == (128, 200, 4, True, None)
        assert task.optimiser == Sgd(learning_rate=0.1, momentum=0.9, weight_decay=1e-4)
        lengths = (60, 60, 60, 20) if net == "wrn-28-10" else (100, 50, 50)
        expected = [0.1 * 0.1**drops for drops, epochs in enumerate(lengths) for _ in range(epochs)]
        assert rates(task) == pytest.approx(expected)
    assert {trial.vicinity for trial in trials} == {ERM, MIXUP}
    assert len(trials) == 6 * 2 * 3


def test_the_laptop_scale_is_5000_images_of_each_set_and_a_small_net():
    trials = CIFAR.trials(Setup("laptop"))
    tasks = {trial.task.data: trial.task for trial in trials}
    assert tuple(tasks) == LAPTOP
    for task in tasks.values():
        assert (task.net, task.batch, task.epochs, task.rows) == ("small", 100, 30, 5_000)
        assert (task.pad, task.flip) == (0, False)
        assert task.optimiser == Sgd(learning_rate=0.1, momentum=0.9, weight_decay=1e-4)
        assert rates(task) == pytest.approx([0.1] * 15 + [0.01] * 7 + [0.001] * 8)
    assert {(trial.task.data, trial.vicinity) for trial in trials} == {
        *((data, name) for data in LAPTOP for name in (ERM, HALVES)),
        ("fashion-mnist", FIFTH),
    }
    assert {trial.seed for trial in trials} == set(range(5))


# The claim about errors.


@pytest.mark.parametrize(
    ("of_data", "spread", "word"),
    [
        (lambda _: 2.0, 0.1, "supported"),
        (lambda data: 0.0 if data == "cifar100" else 2.0, 0.1, "undecided"),  # every net on every data set
        (lambda data: -2.0 if data == "cifar100" else 2.0, 0.1, "contradicted"),
        (lambda _: 2.0, 20.0, "undecided"),
    ],
)
def test_the_verdict_on_errors_follows_from_the_gains(made, of_data, spread, word):
    found = judged(0, outcomes(made, gains(of_data, spread), scale="laptop"), scale="laptop")
    assert found.verdict.word == word
    assert [each.part.name.partition(",")[0] for each in found.verdict.parts] == [
        "Fashion-MNIST", "CIFAR-10", "CIFAR-100",
    ]  # fmt: skip


def test_errors_of_other_alphas_are_not_judged(made):
    asked = {"scale": "laptop", "also": ("CutMix(alpha=1.0)",)}
    figures = outcomes(made, gains(lambda _: 2.0), **asked)
    worse = outcomes(
        made, lambda t: 99.0 if t.vicinity in (FIFTH, *asked["also"]) else gains(lambda _: 2.0)(t), **asked
    )
    assert judged(0, figures, **asked) == judged(0, worse, **asked)


def test_the_effects_are_those_computed_by_hand(made):
    by_data: dict[str, float] = dict(zip(LAPTOP, (1.0, 2.0, 6.0), strict=True))
    figures = outcomes(
        made, lambda t: 30.0 - (by_data[t.task.data] + t.seed**2) * (t.vicinity == HALVES), scale="laptop"
    )
    found = judged(0, figures, scale="laptop")
    for each, gain in zip(found.verdict.parts, by_data.values(), strict=True):
        assert ends(each.part.effect) == pytest.approx(interval([gain + seed**2 for seed in range(5)]))
    assert ends(found.effect) == pytest.approx(interval([3.0 + seed**2 for seed in range(5)]))


def test_a_data_set_that_was_not_run_keeps_it_undecided(made):
    figures = without(
        outcomes(made, gains(lambda _: 2.0), scale="laptop"), lambda t: t.task.data == "cifar10" and t.vicinity == ERM
    )
    found = judged(0, figures, scale="laptop")
    assert found.verdict.word == "undecided"
    assert [each.word for each in found.verdict.parts] == ["supported", "not run", "supported"]
    assert found.effect is None


# The claim about speed.


def to_near_best(curve: Sequence[float]) -> int:
    """Count the epochs to within half a point of the lowest error, one by one."""
    for epoch, error in enumerate(curve, start=1):
        if error <= min(curve) + 0.5:
            return epoch
    raise AssertionError


def test_epochs_to_near_the_best_are_those_that_a_loop_counts(made):
    source = np.random.default_rng(0)
    curves: dict[Trial, list[float]] = {}

    def curve(trial: Trial) -> list[float]:
        falling = 30.0 * 0.8 ** np.arange(trial.task.epochs) + source.normal(10, 0.6, trial.task.epochs)
        return curves.setdefault(trial, falling.tolist())

    figures = outcomes(made, gains(lambda _: 1.0), curve, scale="laptop")
    found = judged(1, figures, scale="laptop")
    differences = {
        data: [
            to_near_best(next(c for t, c in curves.items() if (t.task.data, t.vicinity, t.seed) == (data, ERM, seed)))
            - to_near_best(
                next(c for t, c in curves.items() if (t.task.data, t.vicinity, t.seed) == (data, HALVES, seed))
            )
            for seed in range(5)
        ]
        for data in LAPTOP
    }
    for each, values in zip(found.verdict.parts, differences.values(), strict=True):
        assert ends(each.part.effect) == pytest.approx(interval(values))
    assert ends(found.effect) == pytest.approx(interval(np.mean(list(differences.values()), axis=0).tolist()))


def reached_at(epoch: int, epochs: int) -> list[float]:
    """Return a curve that comes within half a point of its best in this epoch, and to its best in the last."""
    return [20.0] * (epoch - 1) + [10.4] + [11.0] * (epochs - epoch - 1) + [10.0] * (epoch < epochs)


@pytest.mark.parametrize(
    ("scale", "epochs", "later", "word"),
    [
        ("laptop", 30, [1, 2, 1, 2, 1], "supported"),  # within 3 epochs
        ("laptop", 30, [-2, -1, -2, -1, -2], "supported"),
        ("laptop", 30, [3, 2, 4, 3, 3], "undecided"),
        ("laptop", 30, [5, 5, 4, 5, 5], "contradicted"),
        ("laptop", 30, [-5, -5, -4, -5, -5], "contradicted"),  # much faster is not about as fast
        ("smoke", 12, [1, 0, 0, 1, 0, 0], "supported"),  # within 1.2
        ("smoke", 12, [4, 4, 5, 4, 4, 4], "contradicted"),
        ("paper", 200, [10, 12, 11, 11], "supported"),  # within 20
        ("paper", 200, [30, 29, 31, 30], "contradicted"),
    ],
)
def test_about_as_fast_is_within_a_tenth_of_the_run(made, scale, epochs, later, word):
    asked = {"scale": scale, "seeds": len(later)}

    def curve(trial: Trial) -> list[float]:
        assert trial.task.epochs == epochs
        return reached_at(epochs // 2 + (0 if trial.vicinity == ERM else later[trial.seed]), epochs)

    found = judged(1, outcomes(made, gains(lambda _: 1.0), curve, **asked), **asked)
    assert found.verdict.word == word
    for each in found.verdict.parts:
        assert (each.part.low, each.part.high) == pytest.approx((-epochs / 10, epochs / 10))
        assert ends(each.part.effect)[0] == pytest.approx(-np.mean(later))


# The table and the picture.

PUBLISHED = {
    ("CIFAR-10, preact-resnet-18", "ERM"): 5.6,
    ("CIFAR-10, preact-resnet-18", "mixup α=1"): 4.2,
    ("CIFAR-10, wrn-28-10", "ERM"): 3.8,
    ("CIFAR-10, wrn-28-10", "mixup α=1"): 2.7,
    ("CIFAR-10, densenet-bc-190-40", "ERM"): 3.7,
    ("CIFAR-10, densenet-bc-190-40", "mixup α=1"): 2.7,
    ("CIFAR-100, preact-resnet-18", "ERM"): 25.6,
    ("CIFAR-100, preact-resnet-18", "mixup α=1"): 21.1,
    ("CIFAR-100, wrn-28-10", "ERM"): 19.4,
    ("CIFAR-100, wrn-28-10", "mixup α=1"): 17.5,
    ("CIFAR-100, densenet-bc-190-40", "ERM"): 19.0,
    ("CIFAR-100, densenet-bc-190-40", "mixup α=1"): 16.8,
}


def test_published_figures_stand_in_the_papers_rows_and_only_there():
    table = CIFAR.table(Setup("paper", also=("Mixup(alpha=0.2)", "CutMix(alpha=1.0)")), Figures({}))
    cells = {(row["task"], row["method"]): row["published"] for row in table.rows}
    assert len(cells) == len(table.rows) == 6 * 4
    assert {key: value for key, value in cells.items() if value is not None} == PUBLISHED
    for scale in ("smoke", "laptop"):
        assert all(row["published"] is None for row in CIFAR.table(Setup(scale), Figures({})).rows)


@pytest.mark.parametrize(("scale", "pairing"), [("smoke", "halves"), ("laptop", "halves"), ("paper", "permutation")])
def test_the_table_names_how_examples_are_paired(scale, pairing):
    rows = CIFAR.table(Setup(scale), Figures({})).rows
    assert {(row["method"] == "ERM", row["pairing"]) for row in rows} == {(True, ""), (False, pairing)}


def test_a_row_has_the_figures_computed_by_hand(made):
    figures = outcomes(made, lambda t: (10.0, 11.0, 14.0)[t.seed] - 4.0 * t.seed * (t.vicinity == HALVES), seeds=3)
    erm, mixed = CIFAR.table(Setup(seeds=3), figures).rows
    for row, errors in ((erm, [10.0, 11.0, 14.0]), (mixed, [10.0, 7.0, 6.0])):
        cell = row["test_error"]
        assert isinstance(cell, Measured)
        assert (cell.mean, cell.sd, cell.n) == pytest.approx((np.mean(errors), np.std(errors, ddof=1), 3))
    assert (erm["gain"], erm["best_test_error"]) == (None, Measured(5.0, 0.0, 3))
    assert ends(mixed["gain"]) == pytest.approx(interval([0.0, 4.0, 8.0]))


def test_the_picture_has_a_curve_a_vicinity_with_one_deviation_on_each_side(made):
    source = np.random.default_rng(1)
    curves = {}
    figures = outcomes(
        made,
        gains(lambda _: 1.0),
        lambda t: curves.setdefault(t, source.uniform(0, 90, t.task.epochs)).tolist(),
        scale="laptop",
    )
    (picture,) = CIFAR.pictures(Setup("laptop"), figures)
    assert isinstance(picture, Curves)
    assert [len(panel.curves) for panel in picture.panels] == [3, 2, 2]
    for panel, data in zip(picture.panels, LAPTOP, strict=True):
        assert panel.marks == (15.0, 22.0)
        names = (ERM, FIFTH, HALVES) if len(panel.curves) == 3 else (ERM, HALVES)
        for line, name in zip(panel.curves, names, strict=True):
            rows = np.stack([c for t, c in curves.items() if (t.task.data, t.vicinity) == (data, name)])
            assert line.x.tolist() == list(range(1, 31))
            assert line.mean == pytest.approx(rows.mean(0))
            assert line.low == pytest.approx(rows.mean(0) - rows.std(0, ddof=1))
            assert line.high == pytest.approx(rows.mean(0) + rows.std(0, ddof=1))
            assert line.alpha == {ERM: None, FIFTH: 0.2, HALVES: 1.0}[name]
            assert (line.method == "ERM") == (name == ERM)


@pytest.mark.parametrize(("net", "drops"), [("wrn-28-10", (60, 120, 180)), ("preact-resnet-18", (100, 150))])
def test_the_marks_are_where_the_learning_rate_drops(made, net, drops):
    figures = outcomes(made, gains(lambda _: 1.0), lambda t: [9.0] * t.task.epochs, scale="paper", seeds=1)
    (picture,) = CIFAR.pictures(Setup("paper", seeds=1), without(figures, lambda t: t.task.net != net))
    assert isinstance(picture, Curves)
    assert [panel.marks for panel in picture.panels] == [drops] * 2
    for panel in picture.panels:
        assert [(line.low, line.high) for line in panel.curves] == [(None, None)] * 2  # one seed shows no spread
