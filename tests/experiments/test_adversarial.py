"""Adversarial examples: whose nets, who attacks whom, and what follows for the claims from errors made by hand."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pytest
from scipy import stats

from vicinal.evidence import Effect
from vicinal.experiments import EXPERIMENTS, Curves, Figures, Finding, Measured, Setup, adversarial, cifar
from vicinal.training import MEASURES, Measurement, Trial

ADVERSARIAL = EXPERIMENTS["adversarial"]
ERM, HALVES = "Dirac()", "Mixup(alpha=1.0, partner='halves', inplace=True)"
TITLES = ("Fashion-MNIST, small", "CIFAR-10, small", "CIFAR-100, small")
SIZES = (0, 4, 8, 16)
KINDS = tuple(product(("fgsm", "ifgsm"), ("white", "black")))
Error = Callable[[Trial, str, str, float], float]
"""Gives a trial's error from attack, box and size."""


def mixed(trial: Trial) -> bool:
    return trial.vicinity != ERM


def usual(trial: Trial, attack: str, box: str, eps: float) -> float:
    """Give errors as they are wont to be: more with the size, in the white box, by steps; mixup is better by FGSM."""
    if box == "black":
        return 10 + 3 * eps + (eps > 0) * (0.5 * trial.seed - (5 + trial.seed) * mixed(trial))
    if attack == "ifgsm":
        return min(100.0, 10 + 45 * eps)
    return 10 + 5 * eps - (eps > 0) * (6 + trial.seed) * mixed(trial)


def outcomes(made, error: Error = usual, *, images: int = 2000, **asked) -> Figures:
    """Return outcomes of all the trials of a setup."""
    figures, series = {}, {}
    for trial in ADVERSARIAL.trials(Setup(**asked)):
        rows = [{"eps": float(eps)} for eps in SIZES]
        found = {"attack_images": float(images)}
        for (attack, box), (eps, row), kind in product(KINDS, zip(SIZES, rows, strict=True), ("error", "top5_error")):
            value = error(trial, attack, box, eps) / (2 if kind == "top5_error" else 1)
            row[f"{attack}_{box}_{kind}"] = value
            found[f"{attack}_{box}_{eps}_{kind}" if eps else f"attack_clean_{kind}"] = value
        figures[trial], series[trial] = found, {"attack": rows}
    return Figures(made(figures, series=series))


def judged(number: int, figures: Figures, **asked) -> Finding:
    return ADVERSARIAL.claims[number].judged(Setup(**asked), figures)


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    return float(np.mean(values)), low, high


def ends(effect: object) -> tuple[float, float, float]:
    assert isinstance(effect, Effect)
    return effect.mean, effect.low, effect.high


@pytest.mark.parametrize(("scale", "owner"), [("smoke", "cifar"), ("laptop", "cifar"), ("paper", "imagenet")])
def test_the_nets_are_those_of_another_experiment_so_that_none_is_trained_twice(scale, owner):
    trials = ADVERSARIAL.trials(Setup(scale))
    assert set(trials) <= set(EXPERIMENTS[owner].trials(Setup(scale)))
    name = "Mixup(alpha=0.2)" if scale == "paper" else HALVES
    assert {trial.vicinity for trial in trials} == {ERM, name}


def test_at_paper_scale_it_is_resnet_101():
    (task,) = {trial.task for trial in ADVERSARIAL.trials(Setup("paper"))}
    assert (task.net, task.data, task.size, task.epochs) == ("resnet-101", "imagenet", 224, 90)


@pytest.mark.parametrize("scale", ["smoke", "laptop", "paper"])
@pytest.mark.parametrize("seeds", [None, 1, 2, 7])
def test_every_net_is_attacked_by_the_erm_net_of_another_seed_that_is_trained_as_well(scale, seeds):
    setup = Setup(scale, seeds, also=("CutMix(alpha=1.0)",))
    trials, number = ADVERSARIAL.trials(setup), max(2, setup.number(ADVERSARIAL.seeds))
    asked = ADVERSARIAL.measurements(setup)
    assert [each.trial for each in asked] == trials
    for each in asked:
        source = Trial(each.trial.task, ERM, (each.trial.seed + 1) % number)
        assert each == Measurement("attack", each.trial, source)
        assert source in trials
        assert source.seed != each.trial.seed
    assert "attack" in MEASURES


def test_the_sizes_are_those_that_are_measured(made):
    from vicinal.training import _maker

    assert adversarial.EPS == _maker.EPS
    assert tuple(adversarial.ATTACKS) == _maker.ATTACKS
    assert set(adversarial.JUDGED.values()) <= set(adversarial.EPS)


@pytest.mark.parametrize(("scale", "eps"), [("smoke", 16), ("laptop", 16), ("paper", 4)])
@pytest.mark.parametrize("number", [0, 1])
def test_one_size_is_judged_and_no_other(made, scale, eps, number):
    def error(trial: Trial, attack: str, box: str, size: float) -> float:
        return usual(trial, attack, box, size) if size == eps else 50.0 + 40 * mixed(trial)

    whole = judged(number, outcomes(made, scale=scale), scale=scale)
    alone = judged(number, outcomes(made, error, scale=scale), scale=scale)
    assert alone == whole
    assert whole.verdict.word == "supported"


def test_the_white_box_is_judged_as_computed_by_hand(made):
    found = judged(0, outcomes(made, scale="laptop"), scale="laptop")
    parts = {each.part.name: each.part for each in found.verdict.parts}
    assert tuple(parts)[:3] == TITLES
    for title in TITLES:
        assert ends(parts[title].effect) == pytest.approx(interval([6.0 + seed for seed in range(5)]))
        assert parts[title].low == 0
        for method in ("ERM", "mixup α=1"):
            part = parts[f"{title}, {method}"]
            assert part.effect is not None
            assert part.effect.mean == 100
            assert part.low == pytest.approx(0.9 * (99 if "100" in title else 90))
    assert len(parts) == 9
    assert ends(found.effect) == pytest.approx(interval([6.0 + seed for seed in range(5)]))
    assert found.unit == "points"


def test_an_error_of_all_images_for_every_seed_is_sure_by_their_number(made):
    """Half an image that was not missed stands for the spread, and the seeds where they differ more."""
    for images, wide in ((2000, False), (2, True)):
        found = judged(0, outcomes(made, images=images, scale="laptop"), scale="laptop")
        effect = found.verdict.parts[3].part.effect
        assert effect is not None
        assert effect.n == 5
        chance = 100 * np.sqrt(1 / images * 0.5 * (images + 0.5)) / (images + 1)
        assert effect.sd / np.sqrt(effect.n) == pytest.approx(chance)  # the same images for all seeds
        assert (effect.low < 81) is wide
        assert found.verdict.word == ("undecided" if wide else "supported")

    def error(trial: Trial, attack: str, box: str, eps: float) -> float:
        return 85.0 + 4 * trial.seed if (attack, box, eps) == ("ifgsm", "white", 16) else usual(trial, attack, box, eps)

    found = judged(0, outcomes(made, error, scale="laptop"), scale="laptop")
    assert ends(found.verdict.parts[3].part.effect) == pytest.approx(interval([85.0 + 4 * s for s in range(5)]))


@pytest.mark.parametrize(
    ("wrong", "word"),
    [(("fgsm", "cifar10"), "contradicted"), (("ifgsm", "cifar100"), "contradicted"), ((), "supported")],
)
def test_one_part_of_the_white_box_that_fails_is_enough(made, wrong, word):
    def error(trial: Trial, attack: str, box: str, eps: float) -> float:
        value = usual(trial, attack, box, eps)
        if box != "white" or (attack, trial.task.data) != wrong:
            return value
        return 60.0 + trial.seed + mixed(trial) * (10 + trial.seed)

    assert judged(0, outcomes(made, error, scale="laptop"), scale="laptop").verdict.word == word


def test_the_black_box_is_judged_as_computed_by_hand(made):
    def error(trial: Trial, attack: str, box: str, eps: float) -> float:
        drop = (2 if attack == "fgsm" else 3) + len(trial.task.data) + trial.seed**2
        return 60.0 - drop * mixed(trial)

    found = judged(1, outcomes(made, error, scale="laptop"), scale="laptop")
    names = [f"{title}, {attack}" for title in TITLES for attack in ("FGSM", "I-FGSM")]
    assert [each.part.name for each in found.verdict.parts] == names
    gains = []
    for each, (data, least) in zip(
        found.verdict.parts, product(("fashion-mnist", "cifar10", "cifar100"), (2, 3)), strict=True
    ):
        gains.append([float(least + len(data) + seed**2) for seed in range(5)])
        assert ends(each.part.effect) == pytest.approx(interval(gains[-1]))
    assert ends(found.effect) == pytest.approx(interval(np.mean(gains, axis=0).tolist()))
    assert found.verdict.word == "supported"


@pytest.mark.parametrize("number", [0, 1])
def test_what_was_not_run_keeps_it_undecided(made, number):
    figures = outcomes(made, scale="laptop")
    less = Figures({t: outcome for t, outcome in figures.outcomes.items() if t.task.data != "cifar10"})
    assert judged(number, less, scale="laptop").verdict.word == "undecided"


@pytest.mark.parametrize(
    ("attack", "box", "times"), [("fgsm", "white", 2.7), ("fgsm", "black", 1.25), ("ifgsm", "black", 1.4)]
)
def test_the_sources_three_ratios_follow_from_its_figures(attack, box, times):
    """Published: 2.7 times as robust, 1.25 times, 40 % better."""
    (erm, _), (mixup, _) = adversarial.PUBLISHED[attack, box]
    assert adversarial.ratio(attack, box, erm, mixup) == pytest.approx(times, rel=0.02)


def test_there_is_no_ratio_where_neither_net_holds_or_nothing_is_right():
    assert adversarial.ratio("ifgsm", "white", 99.9, 99.6) is None
    assert adversarial.ratio("fgsm", "white", 100.0, 75.0) is None
    assert adversarial.ratio("ifgsm", "black", 10.0, 0.0) is None


def test_the_table_has_the_figures_computed_by_hand(made):
    table = ADVERSARIAL.table(Setup(seeds=3), outcomes(made, seeds=3))
    assert len(table.rows) == 8
    erm, mix = table.rows[:2]
    assert (erm["attack"], erm["method"], mix["method"]) == ("white box, FGSM", "ERM", "mixup α=1")
    assert [erm[f"error_{eps}"] for eps in SIZES] == [Measured(10.0 + 5 * eps, 0.0, 3) for eps in SIZES]
    assert mix["error_16"] == Measured(83.0, 1.0, 3)
    assert mix["top5"] == Measured(41.5, 0.5, 3)
    assert erm["gain"] is None
    assert ends(mix["gain"]) == pytest.approx(interval([6.0, 7.0, 8.0]))
    assert erm["ratio"] is None
    assert mix["ratio"] == pytest.approx((100 - 83) / (100 - 90))
    by_attack = {(row["attack"], row["method"]): row for row in table.rows}
    assert by_attack["white box, I-FGSM", "mixup α=1"]["ratio"] is None
    assert by_attack["black box, FGSM", "mixup α=1"]["ratio"] == pytest.approx((100 - 52.5) / (100 - 58.5))
    assert by_attack["black box, I-FGSM", "mixup α=1"]["ratio"] == pytest.approx(58.5 / 52.5)


def test_vicinities_that_would_be_called_alike_are_told_apart(made):
    setup = Setup(seeds=1, also=("Mixup(alpha=1.0)",))
    methods = [row["method"] for row in ADVERSARIAL.table(setup, Figures({})).rows[:3]]
    assert methods == ["ERM", "mixup α=1, halves", "mixup α=1, permutation"]
    for picture in ADVERSARIAL.pictures(setup, outcomes(made, seeds=1, also=setup.also)):
        assert isinstance(picture, Curves)
        assert all([curve.label for curve in panel.curves] == methods for panel in picture.panels)


def test_published_figures_stand_at_paper_scale_alone():
    for scale in ("smoke", "laptop", "paper"):
        table = ADVERSARIAL.table(Setup(scale, also=("CutMix(alpha=1.0)",)), Figures({}))
        keys = [column.key for column in table.columns if column.kind == "published"]
        told = [[row[key] for key in keys] for row in table.rows]
        if scale != "paper":
            assert not any(value is not None for row in told for value in row)
            continue
        assert [row[:2] for row in told] == [
            [90.7, 63.1], [75.2, 49.1], [None, None], [99.9, 93.4], [99.6, 95.8], [None, None],
            [57.0, 24.8], [46.0, 17.4], [None, None], [57.3, 18.1], [40.9, 11.8], [None, None],
        ]  # fmt: skip
        assert [row[2] for row in told] == [
            None, pytest.approx(2.67, abs=0.01), None, None, None, None,
            None, pytest.approx(1.26, abs=0.01), None, None, pytest.approx(1.40, abs=0.01), None,
        ]  # fmt: skip


def test_the_pictures_have_both_boxes_side_by_side_over_the_size(made):
    figures = outcomes(made, scale="laptop")
    pictures = ADVERSARIAL.pictures(Setup("laptop"), figures)
    assert len(pictures) == 2
    for picture, attack in zip(pictures, ("fgsm", "ifgsm"), strict=True):
        assert isinstance(picture, Curves)
        boxes = [f"{title}, {box} box" for title in TITLES for box in ("white", "black")]
        assert [panel.title for panel in picture.panels] == boxes
        for panel, box in zip(picture.panels, ("white", "black") * 3, strict=True):
            assert panel.ticks == SIZES
            for line, name in zip(panel.curves, (ERM, HALVES), strict=True):
                own = [
                    t for t in figures.outcomes if t.vicinity == name and panel.title.startswith(cifar.title(t.task))
                ]
                assert {t.seed for t in own} == set(range(5))
                assert len(own) == 5
                expected = [np.mean([usual(t, attack, box, eps) for t in own]) for eps in SIZES]
                assert line.x.tolist() == list(SIZES)
                assert line.mean == pytest.approx(expected)


def test_a_data_set_that_was_not_run_has_no_panel(made):
    figures = outcomes(made, scale="laptop", seeds=1)
    less = Figures({t: outcome for t, outcome in figures.outcomes.items() if t.task.data == "cifar10"})
    for picture in ADVERSARIAL.pictures(Setup("laptop", seeds=1), less):
        assert isinstance(picture, Curves)
        assert [panel.title for panel in picture.panels] == ["CIFAR-10, small, white box", "CIFAR-10, small, black box"]


def test_errors_that_are_ordered_as_they_should_be_raise_no_doubt(made):
    assert ADVERSARIAL.warnings(Setup("laptop"), outcomes(made, scale="laptop")) == ()
    assert ADVERSARIAL.warnings(Setup("laptop"), Figures({})) == ()


@pytest.mark.parametrize(
    ("kind", "errors", "said"),
    [
        (("fgsm", "white"), (10, 70, 60, 90), "the error under W FGSM falls from 70.0 % to 60.0 % at ε = 8"),
        (("ifgsm", "black"), (10, 20, 21, 12), "the error under B I-FGSM falls from 21.0 % to 12.0 % at ε = 16"),
        (("ifgsm", "white"), (10, 20, 100, 100), "W FGSM does 10.0 points more harm than W I-FGSM at ε = 4"),
        (("fgsm", "black"), (10, 30, 55, 90), "B FGSM does 5.0 points more harm than W FGSM at ε = 8"),
        (("ifgsm", "black"), (10, 20, 30, 103), "B I-FGSM does 3.0 points more harm than W I-FGSM at ε = 16"),
    ],
)
def test_what_hints_at_masked_gradients_is_said(made, kind, errors, said):
    def error(trial: Trial, attack: str, box: str, eps: float) -> float:
        if (attack, box) == kind and not mixed(trial) and trial.task.data == "cifar10":
            return float(errors[SIZES.index(eps)])
        return {"fgsm": 10 + 5 * eps, "ifgsm": min(100, 10 + 45 * eps)}[attack] if box == "white" else 10 + eps / 2

    (found,) = ADVERSARIAL.warnings(Setup("laptop"), outcomes(made, error, scale="laptop"))
    said = said.replace("W ", "white-box ").replace("B ", "black-box ")
    assert found == f"CIFAR-10, small, ERM: {said}: its gradients may be masked, and the attack the weaker for it."


def test_an_image_or_two_raise_no_doubt(made):
    def error(trial: Trial, attack: str, box: str, eps: float) -> float:
        return usual(trial, attack, box, eps) - (0.9 if (attack, eps) == ("ifgsm", 16) and box == "white" else 0)

    assert ADVERSARIAL.warnings(Setup("laptop"), outcomes(made, error, scale="laptop")) == ()


def test_a_single_seed_is_shown_and_decides_nothing(made):
    figures = outcomes(made, seeds=1)
    assert {(t.vicinity == ERM, t.seed) for t in figures.outcomes} == {(True, 0), (True, 1), (False, 0)}
    assert [judged(number, figures, seeds=1).verdict.word for number in (0, 1)] == ["undecided"] * 2
    assert ADVERSARIAL.table(Setup(seeds=1), figures).rows[1]["error_16"] == Measured(84.0, 0.0, 1)
