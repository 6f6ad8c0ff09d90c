"""Photos: the paper's recipe, and what follows for the claims from figures made by hand."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from scipy import stats

from vicinal.evidence import Effect
from vicinal.experiments import EXPERIMENTS, Figures, Finding, Gains, Measured, Setup
from vicinal.training import Sgd, Task, Trial

IMAGENET = EXPERIMENTS["imagenet"]
ERM = "Dirac()"
SMALL, MIDDLE, LARGE, LARGEST = "resnet-50", "resnet-101", "resnext-101-32x4d", "resnext-101-64x4d"
ALPHAS = {SMALL: 0.2, MIDDLE: 0.2, LARGE: 0.4, LARGEST: 0.4}
ROWS = {*((net, 90) for net in ALPHAS), *((net, 200) for net in (SMALL, MIDDLE, LARGE))}


def mixup(alpha: float, scale: str = "paper") -> str:
    return f"Mixup(alpha={alpha})" if scale == "paper" else f"Mixup(alpha={alpha}, partner='halves', inplace=True)"


def alpha_of(trial: Trial) -> float:
    return 0.0 if trial.vicinity == ERM else float(trial.vicinity.partition("=")[2].partition(",")[0].rstrip(")"))


Rule = Callable[[Trial], float]


def outcomes(made, error: Rule, loss: Rule = lambda _: 1.0, **asked) -> Figures:
    """Return outcomes of all the trials of a setup, from the test error and the training loss of each."""
    return Figures(
        made(
            {
                trial: {"test_error": error(trial), "test_top5_error": 7.0, "train_loss": loss(trial)}
                for trial in IMAGENET.trials(Setup(**asked))
            }
        )
    )


def gains(of_row: Mapping[tuple[str, int], float], other: float = 2.0, spread: float = 0.1) -> Rule:
    """Return test errors with which every mixup has about the gain of its net and length."""

    def error(trial: Trial) -> float:
        gain = of_row.get((trial.task.net, trial.task.epochs), other) + spread * (trial.seed - 1)
        return 30.0 + trial.seed**2 - gain * (trial.vicinity != ERM)

    return error


def judged(number: int, figures: Figures, **asked) -> Finding:
    return IMAGENET.claims[number].judged(Setup(**asked), figures)


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    return float(np.mean(values)), low, high


def ends(effect: object) -> tuple[float, float, float]:
    assert isinstance(effect, Effect)
    return effect.mean, effect.low, effect.high


# The settings.


def rates(task: Task) -> list[float]:
    return [task.optimiser.learning_rate * task.schedule.share(epoch) for epoch in range(task.epochs)]


@pytest.mark.parametrize(("epochs", "drops"), [(90, (30, 60, 80)), (200, (60, 120, 180))])
def test_the_learning_rate_of_every_epoch_is_the_papers(epochs, drops):
    tasks = {trial.task for trial in IMAGENET.trials(Setup("paper")) if trial.task.epochs == epochs}
    expected = []
    for epoch in range(1, epochs + 1):
        rate = 0.1 + 0.3 * (epoch - 1) / 5 if epoch <= 5 else 0.4
        expected.append(rate * 0.1 ** len([drop for drop in drops if epoch > drop]))
    assert expected[:7] == pytest.approx([0.10, 0.16, 0.22, 0.28, 0.34, 0.4, 0.4])
    assert tasks
    for task in tasks:
        assert rates(task) == pytest.approx(expected)


def test_the_papers_settings_stand():
    trials = IMAGENET.trials(Setup("paper"))
    tasks = {(trial.task.net, trial.task.epochs): trial.task for trial in trials}
    assert set(tasks) == ROWS
    for (net, epochs), task in tasks.items():
        assert (task.data, task.batch, task.size, task.flip) == ("imagenet", 1024, 224, True)
        assert task.optimiser == Sgd(learning_rate=0.4, momentum=0.9, weight_decay=1e-4)
        alphas = {alpha_of(trial) for trial in trials if trial.task == task}
        swept = {0.1, 0.2, 0.3, 0.4, 1.0, 8.0} if (net, epochs) == (SMALL, 90) else set()
        assert alphas == {0.0, ALPHAS[net]} | swept
    assert {trial.seed for trial in trials} == set(range(3))


def test_the_laptop_scale_is_ten_classes_of_photos_at_64_pixels():
    trials = IMAGENET.trials(Setup("laptop"))
    (task,) = {trial.task for trial in trials}
    assert (task.data, task.net, task.size, task.epochs) == ("imagenette", "small", 64, 5)
    assert {trial.seed for trial in trials} == set(range(3))
    assert {alpha_of(trial) for trial in trials} == {0.0, 0.2, 0.4, 1.0}


# The claims.


@pytest.mark.parametrize(
    ("of_row", "word"),
    [
        ({}, "supported"),
        ({(LARGE, 200): 0.0}, "undecided"),  # lower for every net and length
        ({(LARGE, 200): -2.0}, "contradicted"),
    ],
)
def test_the_verdict_on_errors_follows_from_the_gains(made, of_row, word):
    found = judged(0, outcomes(made, gains(of_row), scale="paper"), scale="paper")
    assert found.verdict.word == word
    assert len(found.verdict.parts) == 7


def test_the_effects_are_those_of_each_nets_own_alpha_as_computed_by_hand(made):
    def error(trial: Trial) -> float:
        gain = {SMALL: 1.0, MIDDLE: 2.0, LARGE: 3.0, LARGEST: 4.0}[trial.task.net] + trial.seed**2
        own = alpha_of(trial) == ALPHAS[trial.task.net]
        return 50.0 - (gain if own else 20.0) * (trial.vicinity != ERM)

    found = judged(0, outcomes(made, error, scale="paper"), scale="paper")
    expected = [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0]
    for each, gain in zip(found.verdict.parts, expected, strict=True):
        assert ends(each.part.effect) == pytest.approx(interval([gain + seed**2 for seed in range(3)]))
    assert ends(found.effect) == pytest.approx(interval([float(np.mean(expected)) + seed**2 for seed in range(3)]))


@pytest.mark.parametrize(
    ("of_row", "word"),
    [
        ({(LARGEST, 90): 5.0, (SMALL, 200): 4.0}, "supported"),
        ({(LARGEST, 90): 5.0}, "undecided"),  # a longer run gains as much as a short one
        ({(LARGEST, 90): 5.0, (SMALL, 200): -1.0}, "contradicted"),
        ({(LARGEST, 90): -1.0, (SMALL, 200): 4.0}, "contradicted"),
    ],
)
def test_the_verdict_on_capacity_follows_from_the_gains(made, of_row, word):
    def error(trial: Trial) -> float:
        wobble = {(LARGEST, 90): 0.1, (SMALL, 200): -0.1}.get((trial.task.net, trial.task.epochs), 0.0)
        return gains(of_row)(trial) + wobble * (-1) ** trial.seed * (trial.vicinity != ERM)

    assert judged(1, outcomes(made, error, scale="paper"), scale="paper").verdict.word == word


def test_capacity_is_the_difference_of_gains_as_computed_by_hand(made):
    by_seed = {(SMALL, 90): [1.0, 2.0, 4.0], (LARGEST, 90): [3.0, 3.0, 9.0], (SMALL, 200): [2.0, 2.5, 6.0]}

    def error(trial: Trial) -> float:
        gain = by_seed.get((trial.task.net, trial.task.epochs), [9.0, -9.0, 0.0])[trial.seed]
        return 40.0 + trial.seed - gain * (trial.vicinity != ERM)

    found = judged(1, outcomes(made, error, scale="paper"), scale="paper")
    larger, longer = (each.part.effect for each in found.verdict.parts)
    assert ends(larger) == pytest.approx(interval([2.0, 1.0, 5.0]))
    assert ends(longer) == pytest.approx(interval([1.0, 0.5, 2.0]))
    assert found.effect == larger


@pytest.mark.parametrize("scale", ["smoke", "laptop"])
def test_capacity_is_not_run_where_there_is_one_net(made, scale):
    found = judged(1, outcomes(made, gains({}), scale=scale), scale=scale)
    assert (found.verdict.word, found.effect) == ("not run", None)


def of_alpha(errors: Mapping[float, float], spread: float = 0.1) -> Rule:
    return lambda t: errors.get(alpha_of(t), 30.0) + spread * t.seed * (1 + alpha_of(t)) ** 2


@pytest.mark.parametrize(
    ("at_one", "rises", "word"),
    [
        (25.0, 0.5, "supported"),
        (20.0, 0.5, "undecided"),
        (15.0, 0.5, "contradicted"),
        (25.0, -0.5, "contradicted"),  # a training loss that falls is no underfitting
    ],
)
def test_the_verdict_on_alpha_follows_from_errors_and_losses(made, at_one, rises, word):
    error = of_alpha({0.2: 20.0, 0.4: 20.0, 1.0: at_one}, spread=0.0)
    figures = outcomes(
        made,
        lambda t: error(t) + 0.1 * (-1) ** t.seed * (alpha_of(t) == 1),
        lambda t: 2 + (rises + 0.01 * t.seed) * alpha_of(t),
        scale="laptop",
    )
    found = judged(2, figures, scale="laptop")
    assert found.verdict.word == word
    assert len(found.verdict.parts) == 2


@pytest.mark.parametrize(
    ("scale", "low", "high"),
    [("smoke", (0.2,), (1.0,)), ("laptop", (0.2, 0.4), (1.0,)), ("paper", (0.1, 0.2, 0.3, 0.4), (1.0, 8.0))],
)
def test_alpha_is_judged_by_differences_and_slopes_as_computed_by_hand(made, scale, low, high):
    source = np.random.default_rng(0)
    errors, losses = ({(a, s): source.uniform(1, 50) for a in (*low, *high) for s in range(3)} for _ in range(2))

    def swept(trial: Trial) -> bool:
        return trial.vicinity != ERM and (scale != "paper" or (trial.task.net, trial.task.epochs) == (SMALL, 90))

    figures = outcomes(
        made,
        lambda t: errors[alpha_of(t), t.seed] if swept(t) else 99.0,
        lambda t: losses[alpha_of(t), t.seed] if swept(t) else -99.0,
        scale=scale,
    )
    found = judged(2, figures, scale=scale)
    *worse, rising = (each.part.effect for each in found.verdict.parts)
    for effect, alpha in zip(worse, high, strict=True):
        expected = [float(errors[alpha, s] - np.mean([errors[a, s] for a in low])) for s in range(3)]
        assert ends(effect) == pytest.approx(interval(expected))
    slopes = [float(np.polyfit(np.log2((*low, *high)), [losses[a, s] for a in (*low, *high)], 1)[0]) for s in range(3)]
    assert ends(rising) == pytest.approx(interval(slopes))
    assert found.effect == worse[0]


def test_alpha_is_not_run_where_one_of_them_was_not(made):
    figures = outcomes(made, gains({}), scale="laptop")
    less = Figures({t: outcome for t, outcome in figures.outcomes.items() if alpha_of(t) != 0.4})
    found = judged(2, less, scale="laptop")
    assert (found.verdict.word, found.effect) == ("not run", None)


# The table and the picture.

PUBLISHED = {  # net, epochs, method: top-1, top-5
    (SMALL, 90, "ERM"): (23.5, None),
    (SMALL, 90, "mixup α=0.2"): (23.3, 6.6),
    (MIDDLE, 90, "ERM"): (22.1, None),
    (MIDDLE, 90, "mixup α=0.2"): (21.5, 5.6),
    (LARGE, 90, "ERM"): (21.2, 5.6),
    (LARGE, 90, "mixup α=0.4"): (20.7, 5.3),
    (LARGEST, 90, "ERM"): (20.4, 5.3),
    (LARGEST, 90, "mixup α=0.4"): (19.8, 4.9),
    (SMALL, 200, "ERM"): (23.6, 7.0),
    (SMALL, 200, "mixup α=0.2"): (22.1, 6.1),
    (MIDDLE, 200, "ERM"): (22.0, 6.1),
    (MIDDLE, 200, "mixup α=0.2"): (20.8, 5.4),
    (LARGE, 200, "ERM"): (21.3, 5.9),
    (LARGE, 200, "mixup α=0.4"): (20.1, 5.0),
}


def test_published_figures_stand_in_the_papers_rows_and_only_there():
    rows = IMAGENET.table(Setup("paper", also=("CutMix(alpha=1.0)",)), Figures({})).rows
    cells = {(row["task"], row["method"]): (row["published"], row["published_top5"]) for row in rows}
    assert len(cells) == len(rows) == 14 + 5 + 7  # Table 1, the sweep of alpha, what was asked for
    expected = {
        (f"ImageNet, {net}, {epochs} epochs", method): pair for (net, epochs, method), pair in PUBLISHED.items()
    }
    assert {key: pair for key, pair in cells.items() if pair != (None, None)} == expected
    for scale in ("smoke", "laptop"):
        for row in IMAGENET.table(Setup(scale), Figures({})).rows:
            assert (row["published"], row["published_top5"]) == (None, None)


@pytest.mark.parametrize(("scale", "pairing"), [("smoke", "halves"), ("laptop", "halves"), ("paper", "permutation")])
def test_the_table_names_how_examples_are_paired(scale, pairing):
    rows = IMAGENET.table(Setup(scale), Figures({})).rows
    assert {(row["method"] == "ERM", row["pairing"]) for row in rows} == {(True, ""), (False, pairing)}


def test_a_row_has_the_figures_computed_by_hand(made):
    figures = outcomes(made, lambda t: 20.0 + t.seed - t.seed * alpha_of(t) * 10, lambda t: 2.0 + t.seed, seeds=3)
    erm, low, high = IMAGENET.table(Setup(seeds=3), figures).rows
    assert (erm["method"], low["method"], high["method"]) == ("ERM", "mixup α=0.2", "mixup α=1")
    assert erm["test_error"] == Measured(21.0, 1.0, 3)
    assert erm["test_top5_error"] == Measured(7.0, 0.0, 3)
    assert low["train_loss"] == Measured(3.0, 1.0, 3)
    assert erm["gain"] is None
    assert ends(low["gain"]) == pytest.approx(interval([0.0, 2.0, 4.0]))
    assert ends(high["gain"]) == pytest.approx(interval([0.0, 10.0, 20.0]))


def test_the_picture_shows_the_gains_of_the_table(made):
    setup = Setup("laptop", also=("CutMix(alpha=1.0)",))
    figures = outcomes(
        made,
        lambda t: 20.0 - (3 + t.seed) * (t.vicinity != ERM) * (2 if "Cut" in t.vicinity else 1),
        scale="laptop",
        also=setup.also,
    )
    (picture,) = IMAGENET.pictures(setup, figures)
    assert isinstance(picture, Gains)
    rows = IMAGENET.table(setup, figures).rows
    assert [(gain.method, gain.effect) for gain in picture.gains] == [
        (row["method"], row["gain"]) for row in rows if row["gain"] is not None
    ]
    assert [gain.alpha for gain in picture.gains] == [0.2, 0.4, 1.0, None]
    assert {gain.group for gain in picture.gains} == {row["task"] for row in rows}
