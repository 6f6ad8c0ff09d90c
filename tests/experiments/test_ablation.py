"""The ablation: Table 5 as it stands in the paper, and what follows for its claims from curves made by hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from vicinal._errors import InputError
from vicinal.evidence import Effect
from vicinal.experiments import EXPERIMENTS, Curves, Figures, Finding, Gains, Measured, Setup, label
from vicinal.experiments._table_5 import ROWS, rows
from vicinal.experiments.ablation import task
from vicinal.training import Schedule, Sgd, Trial
from vicinal.vicinity import canonical

ABLATION = EXPERIMENTS["ablation"]
HALVES = "mixup(1, partner='halves', inplace=True)"
TABLE_5 = {  # by the name of the row: what is drawn, share of smoothing, figures at 1e-4 and 5e-4
    "erm": ("erm", 0.0, 5.53, 5.18),
    "mixup": ("mixup(1)", 0.0, 4.24, 4.68),
    "mixup-knn": ("outside(1, k=200)", 0.0, 4.98, 5.26),
    "layer-1": ("latent(1, mixup(1))", 0.0, 4.44, 4.51),
    "layer-2": ("latent(2, mixup(1))", 0.0, 4.56, 4.61),
    "layer-3": ("latent(3, mixup(1))", 0.0, 5.39, 5.55),
    "layer-4": ("latent(4, mixup(1))", 0.0, 5.95, 5.43),
    "layer-5": ("latent(5, mixup(1))", 0.0, 5.39, 5.15),
    "inputs-sc-knn": ("outside(1, same_class=True, mix='inputs')", 0.0, 5.45, 5.52),
    "inputs-ac-knn": ("outside(1, mix='inputs')", 0.0, 5.43, 5.48),
    "inputs-sc-rp": ("mixup(1, partner='same-class', mix='inputs')", 0.0, 5.23, 5.55),
    "inputs-ac-rp": ("mixup(1, mix='inputs')", 0.0, 5.17, 5.72),
    "smooth-0.05": ("erm", 0.05, 5.25, 5.02),
    "smooth-0.1": ("erm", 0.1, 5.33, 5.17),
    "smooth-0.2": ("erm", 0.2, 5.34, 5.06),
    "inputs-smooth-0.05": ("mixup(1, mix='inputs')", 0.05, 5.02, 5.40),
    "inputs-smooth-0.1": ("mixup(1, mix='inputs')", 0.1, 5.08, 5.09),
    "inputs-smooth-0.2": ("mixup(1, mix='inputs')", 0.2, 4.98, 5.06),
    "inputs-smooth-0.4": ("mixup(1, mix='inputs')", 0.4, 5.25, 5.39),
    "noise-0.05": ("gaussian(0.05)", 0.0, 5.53, 5.04),
    "noise-0.1": ("gaussian(0.1)", 0.0, 6.41, 5.86),
    "noise-0.2": ("gaussian(0.2)", 0.0, 7.16, 7.24),
}
MENTIONED = {"dirichlet": "dirichlet(1, k=3)", "two-loaders": "outside(1, partner='loader')"}
TEN = (
    "erm", "mixup", "layer-1", "layer-2", "layer-3", "layer-4", "inputs-ac-knn", "inputs-ac-rp", "smooth-0.1",
    "noise-0.05",
)  # fmt: skip
Error = Callable[[str, str, int], float]
"""From the row's name, the weight decay and the seed."""


def published(name: str, decay: str, seed: int) -> float:
    """Return the paper's figure with a little noise."""
    of_table = TABLE_5.get(name, TABLE_5["mixup"])
    noise = 0.01 * np.cos(7 * seed + sum(map(ord, name)) + 3 * (decay == "5e-4"))
    return of_table[2 if decay == "1e-4" else 3] + noise


def outcomes(made, error: Error, **asked) -> tuple[Setup, Figures]:
    """Return outcomes of all trials, whose last epochs have this error on the median and whose last one is another."""
    setup = Setup(**asked)
    curves = {}
    for row in rows(setup):
        for decay in ("1e-4", "5e-4"):
            for seed in range(setup.number(ABLATION.seeds)):
                value = error(row.name, decay, seed)
                trial = Trial(task(setup, decay, row), row.of(setup), seed)
                epochs = trial.task.epochs
                last = np.append(np.full(min(epochs, 10) - 1, value), 99.0)
                curves[trial] = [{"test_error": each} for each in [*np.full(epochs - len(last), 70.0), *last]]
    assert set(curves) == set(ABLATION.trials(setup))
    return setup, Figures(made({trial: {"test_error": 99.0} for trial in curves}, curves))


def judged(which: str, setup: Setup, figures: Figures) -> Finding:
    (claim,) = (each for each in ABLATION.claims if each.id == which)
    return claim.judged(setup, figures)


def ends(effect: object) -> tuple[float, float, float]:
    assert isinstance(effect, Effect)
    return effect.mean, effect.low, effect.high


def interval(differences: Sequence[float]) -> tuple[float, float, float]:
    low, high = stats.t.interval(0.95, len(differences) - 1, np.mean(differences), stats.sem(differences))
    return float(np.mean(differences)), low, high


# The settings.


def test_every_row_of_the_table_is_there_with_its_figures():
    setup = Setup("paper")
    assert set(ROWS) == TABLE_5.keys() | MENTIONED.keys()
    for name, (drawn, smoothing, small, large) in TABLE_5.items():
        row = ROWS[name]
        assert (row.of(setup), row.smoothing, row.published) == (canonical(drawn), smoothing, (small, large))
        assert row.layer == (int(name[-1]) if name.startswith("layer-") else 0)
    for name, drawn in MENTIONED.items():
        assert (ROWS[name].of(setup), ROWS[name].published) == (canonical(drawn), None)
    assert "SMOTE" in ROWS["inputs-sc-knn"].how


def test_the_paper_scale_is_cifars_with_two_weight_decays():
    trials = ABLATION.trials(Setup("paper"))
    assert len(trials) == 24 * 2 * 3
    (cifar,) = {t.task for t in EXPERIMENTS["cifar"].trials(Setup("paper")) if
                (t.task.data, t.task.net) == ("cifar10", "preact-resnet-18")}  # fmt: skip
    assert {replace(trial.task, optimiser=cifar.optimiser, label_smoothing=0.0) for trial in trials} == {cifar}
    assert {trial.task.optimiser for trial in trials} == {
        Sgd(learning_rate=0.1, momentum=0.9, weight_decay=decay) for decay in (1e-4, 5e-4)
    }
    shared = set(trials) & set(EXPERIMENTS["cifar"].trials(Setup("paper")))
    assert {(trial.vicinity, trial.seed) for trial in shared} == {
        (name, seed) for name in ("Dirac()", "Mixup(alpha=1.0)") for seed in range(3)
    }


def test_the_laptop_scale_is_ten_rows_of_fashion_mnist():
    setup = Setup("laptop")
    trials = ABLATION.trials(setup)
    assert {row.name for row in rows(setup)} == set(TEN)
    assert len(trials) == 10 * 2 * 3
    for trial in trials:
        assert (trial.task.data, trial.task.net, trial.task.rows) == ("fashion-mnist", "small", 5_000)
        assert (trial.task.epochs, trial.task.schedule) == (20, Schedule(drops=(10, 15)))
    names = {trial.vicinity for trial in trials}
    assert canonical(HALVES) in names
    assert canonical(HALVES.replace(")", ", mix='inputs')")) in names
    assert canonical("latent(2, mixup(1, partner='halves'))") in names


def test_the_smoke_scale_takes_every_path():
    asked = rows(Setup("smoke"))
    kinds = {row.of(Setup("smoke")).partition("(")[0] for row in asked}
    assert kinds == {"Dirac", "Mixup", "Outside", "Latent", "Gaussian", "Dirichlet"}
    text = " ".join(row.of(Setup("smoke")) for row in asked)
    assert all(word in text for word in ("loader", "same_class=True", "mix='inputs'", "halves"))
    assert any(row.smoothing for row in asked)
    assert sum(bool(row.layer) for row in asked) >= 2


def test_trials_of_one_task_stand_together():
    tasks = [trial.task for trial in ABLATION.trials(Setup("paper"))]
    assert sum(one != other for one, other in pairwise(tasks)) == len(set(tasks)) - 1


# Other rows.


def named(asked: str, scale: str = "laptop") -> tuple[str, ...]:
    return tuple(row.name for row in rows(Setup(scale, options={"rows": asked})))  # pyright: ignore[reportArgumentType]


def test_other_rows_are_run_where_they_are_asked_for_in_the_tables_order():
    assert named("two-loaders, erm") == ("erm", "two-loaders")
    assert named("all") == tuple(name for name in ROWS if name != "layer-5")
    assert named("all", "paper") == tuple(ROWS)
    assert named("layer-5", "paper") == ("layer-5",)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("mixup-kn", 'no row is called "mixup-kn"; did you mean "mixup-knn"? (there are all, dirichlet, erm, inputs-'),
        ("erm,", 'no row is called "" (there are all, '),
        ("layer-5", "a row at laptop scale must be of layer 4 at most, got layer-5."),
    ],
)
def test_a_row_that_is_none_is_told_with_all_there_are(asked, says):
    with pytest.raises(InputError) as told:
        named(asked)
    assert str(told.value).startswith(says)


# The figure of a trial.


@pytest.mark.parametrize(("scale", "epochs"), [("smoke", 6), ("laptop", 20)])
def test_the_figure_is_the_median_of_the_last_ten_epochs_or_of_all(made, scale, epochs):
    setup, source = Setup(scale), np.random.default_rng(0)
    curves = {trial: source.uniform(0, 90, trial.task.epochs) for trial in ABLATION.trials(setup)}
    told = {trial: [{"test_error": each} for each in curve] for trial, curve in curves.items()}
    table = ABLATION.table(setup, Figures(made({trial: {} for trial in curves}, told)))
    assert all(len(curve) == epochs for curve in curves.values())
    for row, cells in zip(rows(setup), table.rows, strict=True):
        for decay in ("1e-4", "5e-4"):
            of = task(setup, decay, row)
            values = [float(np.median(curves[Trial(of, row.of(setup), seed)][-10:])) for seed in range(3)]
            found = cells[f"error_{decay}"]
            assert isinstance(found, Measured)
            assert (found.mean, found.sd, found.n) == pytest.approx((np.mean(values), np.std(values, ddof=1), 3))


# The claims.


def test_the_papers_own_figures_support_all_three(made):
    setup, figures = outcomes(made, published, scale="paper")
    assert {claim.id: judged(claim.id, setup, figures).verdict.word for claim in ABLATION.claims} == dict.fromkeys(
        ("ablation-labels", "ablation-decay", "ablation-layers"), "supported"
    )


def test_every_other_row_is_a_part_and_the_best_stands_for_them(made):
    setup, figures = outcomes(made, published, scale="paper")
    found = judged("ablation-labels", setup, figures)
    parts = {each.part.name: each.part.effect for each in found.verdict.parts}
    assert parts.keys() == TABLE_5.keys() - {"mixup"}
    differences = [published("layer-1", "1e-4", seed) - published("mixup", "1e-4", seed) for seed in range(3)]
    assert ends(found.effect) == pytest.approx(interval(differences))
    assert found.effect == parts["layer-1"]


@pytest.mark.parametrize(
    ("row", "shift", "decay", "word"),
    [
        ("smooth-0.1", -2.0, "1e-4", "contradicted"),  # one choice that is better is enough
        ("smooth-0.1", -2.0, "5e-4", "supported"),  # and is judged at the smaller decay alone
        ("two-loaders", -2.0, "1e-4", "supported"),  # which is the same, and no other choice
        ("dirichlet", -2.0, "1e-4", "supported"),
    ],
)
def test_one_better_choice_contradicts(made, row, shift, decay, word):
    def error(name: str, at: str, seed: int) -> float:
        return published(name, at, seed) + shift * ((name, at) == (row, decay))

    assert judged("ablation-labels", *outcomes(made, error, scale="paper")).verdict.word == word


def test_rows_that_are_as_good_as_the_method_do_not_contradict_by_chance(made):
    """The lowest error of each seed would: among twenty equal rows there is always one that is luckier."""
    source = np.random.default_rng(0)
    words, lucky = [], []
    for _ in range(12):
        draws: dict[tuple[str, str, int], float] = {}

        def error(*place, draws=draws) -> float:
            return draws.setdefault(place, source.normal(5.0, 0.3))

        words.append(judged("ablation-labels", *outcomes(made, error, scale="paper", seeds=6)).verdict.word)
        best = [min(draws[name, "1e-4", s] for name in TABLE_5 if name != "mixup") for s in range(6)]
        lucky.append(interval([each - draws["mixup", "1e-4", s] for s, each in enumerate(best)])[2] < 0)
    assert words.count("contradicted") <= 3  # by chance one in twenty or fewer
    assert words.count("supported") <= 1
    assert sum(lucky) >= 9


def test_without_the_method_or_without_others_the_claim_is_not_run(made):
    for asked in ("erm,layer-1", "mixup", "mixup,two-loaders"):
        setup, figures = outcomes(made, published, scale="laptop", options={"rows": asked})
        found = judged("ablation-labels", setup, figures)
        assert (found.verdict.word, found.effect) == ("not run", None)


def test_the_contrast_of_method_and_decay_is_that_computed_by_hand(made):
    source = np.random.default_rng(3)
    draws: dict[tuple[str, str, int], float] = {}

    def error(*place) -> float:
        return draws.setdefault(place, source.normal(10.0, 1.0))

    setup, figures = outcomes(made, error, scale="laptop", seeds=5)
    expected = [
        draws["erm", "1e-4", s] - draws["erm", "5e-4", s] - draws["mixup", "1e-4", s] + draws["mixup", "5e-4", s]
        for s in range(5)
    ]
    assert ends(judged("ablation-decay", setup, figures).effect) == pytest.approx(interval(expected))


def by_hand(draws: dict[tuple[str, str, int], float], decay: str, layers: Sequence[int], seed: int) -> float:
    return float(np.polyfit(layers, [draws[f"layer-{layer}", decay, seed] for layer in layers], 1)[0])


@pytest.mark.parametrize(("scale", "layers"), [("laptop", [1, 2, 3, 4]), ("smoke", [1, 4]), ("paper", [1, 2, 3, 4, 5])])
def test_the_slopes_over_the_layer_are_those_computed_by_hand(made, scale, layers):
    source = np.random.default_rng(4)
    draws: dict[tuple[str, str, int], float] = {}

    def error(*place) -> float:
        return draws.setdefault(place, source.normal(10.0, 1.0))

    found = judged("ablation-layers", *outcomes(made, error, scale=scale))
    small, large = ([by_hand(draws, decay, layers, s) for s in range(3)] for decay in ("1e-4", "5e-4"))
    helped = []
    for s in range(3):
        gained = [draws[f"layer-{k}", "1e-4", s] - draws[f"layer-{k}", "5e-4", s] for k in layers]
        helped.append(float(np.polyfit(layers, gained, 1)[0]))
    effects = [each.part.effect for each in found.verdict.parts]
    for effect, values in zip(effects, (small, large, helped), strict=True):
        assert ends(effect) == pytest.approx(interval(values))
    assert ends(found.effect) == pytest.approx(interval(np.mean([small, large], axis=0).tolist()))


@pytest.mark.parametrize(
    ("slope", "helps", "word"), [(1, 1, "supported"), (-1, 1, "contradicted"), (1, -1, "contradicted")]
)
def test_both_halves_of_the_claim_about_layers_are_needed(made, slope, helps, word):
    def error(name: str, decay: str, seed: int) -> float:
        layer = ROWS[name].layer
        noise = 0.02 * np.sin(5 * seed + layer + len(decay) * float(decay) * 1e4)
        return 10.0 + slope * layer - 0.2 * helps * layer * (decay == "5e-4") + noise

    assert judged("ablation-layers", *outcomes(made, error, scale="laptop")).verdict.word == word


def test_a_layer_that_did_not_finish_leaves_no_slope(made):
    setup, figures = outcomes(made, published, scale="laptop")
    gone = ROWS["layer-3"].of(setup)
    left = Figures({trial: each for trial, each in figures.outcomes.items() if trial.vicinity != gone})
    assert judged("ablation-layers", setup, left).verdict.word == "not run"
    few = Figures({t: each for t, each in figures.outcomes.items() if (t.vicinity, t.seed) != (gone, 1)})
    found = judged("ablation-layers", setup, few)
    assert found.effect is not None
    assert found.effect.n == 2


# The table and the pictures.


def test_a_row_has_its_published_figures_its_errors_and_its_gains(made):
    setup, figures = outcomes(made, published, scale="paper", also=())
    table = ABLATION.table(setup, figures)
    for row, cells in zip(rows(setup), table.rows, strict=True):
        of_table = TABLE_5.get(row.name)
        assert (cells["published_1e-4"], cells["published_5e-4"]) == (of_table[2:] if of_table else (None, None))
        for decay in ("1e-4", "5e-4"):
            mine = [published(row.name, decay, seed) for seed in range(3)]
            found = cells[f"error_{decay}"]
            assert isinstance(found, Measured)
            assert found.mean == pytest.approx(np.mean(mine))
            gain = cells[f"gain_{decay}"]
            if row.name == "erm":
                assert gain is None
            else:
                differences = [published("erm", decay, seed) - each for seed, each in enumerate(mine)]
                assert ends(gain) == pytest.approx(interval(differences))


def test_further_vicinities_are_rows_of_their_own_at_both_decays():
    alike = Setup("smoke", also=("Mixup(alpha=0.3)", "Mixup(alpha=0.3, partner='halves', inplace=True)"))
    asked = ABLATION.table(alike, Figures({})).rows[-2:]
    assert [row["what"] for row in asked] == ["mixup α=0.3, permutation", "mixup α=0.3, halves"]
    setup = Setup("smoke", also=(canonical("cutmix(1)"), canonical("gaussian(0.05)")))
    table = ABLATION.table(setup, Figures({}))
    assert [row["what"] for row in table.rows][-1] == "CutMix(alpha=1.0)"
    assert len(table.rows) == len(rows(setup)) + 1
    trials = [trial for trial in ABLATION.trials(setup) if trial.vicinity == setup.also[0]]
    assert len({trial.task for trial in trials}) == 2
    assert len(trials) == 6


def test_the_pictures_are_the_gains_at_both_decays_and_the_error_over_the_layer(made):
    setup, figures = outcomes(made, published, scale="paper")
    gains, curves = ABLATION.pictures(setup, figures)
    assert isinstance(gains, Gains)
    assert [gain.group for gain in gains.gains] == ["weight decay 1e-4"] * 23 + ["weight decay 5e-4"] * 23
    assert len({gain.method for gain in gains.gains}) == 23
    assert isinstance(curves, Curves)
    (panel,) = curves.panels
    assert [curve.label for curve in panel.curves] == ["weight decay 1e-4", "weight decay 5e-4"]
    for curve, column in zip(panel.curves, (2, 3), strict=True):
        assert curve.x.tolist() == [0, 1, 2, 3, 4, 5]
        names = ["mixup", *(f"layer-{layer}" for layer in range(1, 6))]
        assert curve.mean == pytest.approx([TABLE_5[name][column] for name in names], abs=0.02)
        assert curve.low is not None
        assert curve.high is not None


def test_without_erm_or_without_layers_there_is_one_picture_less(made):
    setup, figures = outcomes(made, published, scale="laptop", options={"rows": "erm,mixup"})
    assert [type(each) for each in ABLATION.pictures(setup, figures)] == [Gains]
    setup, figures = outcomes(made, published, scale="laptop", options={"rows": "layer-1,layer-2"})
    assert [type(each) for each in ABLATION.pictures(setup, figures)] == [Curves]


def test_a_row_is_called_in_the_table_and_in_the_picture_as_it_is_asked_for(made):
    setup, figures = outcomes(made, published, scale="paper")
    assert [row["row"] for row in ABLATION.table(setup, figures).rows] == list(ROWS)
    gains = ABLATION.pictures(setup, figures)[0]
    assert isinstance(gains, Gains)
    assert [gain.method for gain in gains.gains[:23]] == [name for name in ROWS if name != "erm"]


@pytest.mark.parametrize("scale", ["laptop", "paper"])
def test_every_vicinity_of_the_table_has_a_name_in_words(scale):
    assert not any("(" in label(row.of(Setup(scale))) for row in ROWS.values())
