"""Figure 1(b): the claim from widths made by hand, the picture from the weights that were kept."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from vicinal.data import SETS
from vicinal.evidence import Effect
from vicinal.experiments import EXPERIMENTS, Figures, Measured, Planes, Setup
from vicinal.models import ordinary_mlp
from vicinal.training import Finished, Outcome, Trial, load, save

BOUNDARY = EXPERIMENTS["decision-boundary"]
NAMES = ("Dirac()", "Gaussian(sigma=0.1)", "Mixup(alpha=1.0)")
KEYS = ("transition_width", "gradient_max", "gradient_mean", "entropy_between", "test_error")
ERM = [0.08, 0.10, 0.09]


def figures(made, widths: dict[str, list[float]]) -> Figures:
    trials = {}
    for trial in BOUNDARY.trials(Setup(seeds=3)):
        if trial.vicinity in widths and trial.seed < len(widths[trial.vicinity]):
            width = widths[trial.vicinity][trial.seed]
            trials[trial] = dict.fromkeys(KEYS, 1.0) | {"transition_width": width, "test_error": width}
    return Figures(made(trials))


def test_the_papers_settings_stand():
    (task,) = {trial.task for trial in BOUNDARY.trials(Setup("paper"))}
    assert (task.data, task.batch, task.epochs, task.net) == ("ring-and-blob", 64, 100, "mlp-128-128")
    assert {trial.vicinity for trial in BOUNDARY.trials(Setup("paper"))} == set(NAMES)
    assert {trial.seed for trial in BOUNDARY.trials(Setup("paper"))} == set(range(5))


@pytest.mark.parametrize(
    ("mixed", "word"),
    [
        ([0.6, 0.7, 0.5], "supported"),
        ([0.01, 0.012, 0.013], "contradicted"),
        ([0.6, 0.01, 0.09], "undecided"),
        ([0.6, 0.7], "undecided"),  # two seeds are too few
        ([], "not run"),
    ],
)
def test_the_verdict_follows_from_the_widths(made, mixed, word):
    found = BOUNDARY.claims[0].judged(Setup(seeds=3), figures(made, {"Dirac()": ERM, "Mixup(alpha=1.0)": mixed}))
    assert found.verdict.word == word


def test_the_effect_is_the_mean_log_ratio_as_computed_by_hand(made):
    mixed = [0.6, 0.7, 0.5]
    found = BOUNDARY.claims[0].judged(Setup(seeds=3), figures(made, {"Dirac()": ERM, "Mixup(alpha=1.0)": mixed}))
    logs = [math.log(b / a) for a, b in zip(ERM, mixed, strict=True)]
    low, high = stats.t.interval(0.95, 2, np.mean(logs), stats.sem(logs))
    assert found.effect is not None
    assert (found.effect.mean, found.effect.low, found.effect.high) == pytest.approx((np.mean(logs), low, high))
    assert found.effect.overlap == 0


def test_the_table_has_a_row_a_vicinity_and_the_gain_in_test_error(made):
    made_of = figures(made, {"Dirac()": ERM, "Mixup(alpha=1.0)": [0.6, 0.7, 0.5]})
    rows = BOUNDARY.table(Setup(seeds=3), made_of).rows
    assert [row["method"] for row in rows] == ["ERM", "Gaussian σ=0.1", "mixup α=1"]
    width, gain = rows[0]["transition_width"], rows[2]["gain"]
    assert isinstance(width, Measured)
    assert (width.mean, width.sd, width.n) == pytest.approx((0.09, 0.01, 3))
    assert rows[0]["gain"] is None
    assert [rows[1][key] for key in KEYS] == [None] * 5
    assert isinstance(gain, Effect)
    assert gain.mean == pytest.approx(0.09 - 0.6)


def kept(trial: Trial, folder: Path) -> Outcome:
    net = ordinary_mlp([2, 128, 128, 2])
    noise = torch.Generator().manual_seed(trial.seed + 10 * NAMES.index(trial.vicinity))
    weights = {key: 0.3 * torch.randn(tensor.shape, generator=noise) for key, tensor in net.state_dict().items()}
    figures: dict[str, float] = dict.fromkeys(KEYS, 0.25)
    finished = Finished(trial, figures, weights=weights, environment={"torch": "2"})
    save(folder, finished, fingerprint="f")
    outcome = load(folder, trial)
    assert outcome is not None
    return outcome


def test_the_picture_is_of_the_first_seed_with_which_all_finished(tmp_path: Path):
    trials = [trial for trial in BOUNDARY.trials(Setup(seeds=3)) if trial != Trial(trial.task, NAMES[1], 0)]
    outcomes = {trial: kept(trial, tmp_path / str(number)) for number, trial in enumerate(trials)}
    before = torch.get_rng_state()
    (picture,) = BOUNDARY.pictures(Setup(seeds=3), Figures(outcomes))
    assert torch.equal(torch.get_rng_state(), before)
    assert isinstance(picture, Planes)
    assert "seed 1" in picture.caption
    parts = SETS["ring-and-blob"].load().parts(seed=1)
    for panel, title, name in zip(picture.panels, ("ERM", "Gaussian σ=0.1", "mixup α=1"), NAMES, strict=True):
        assert panel.title == title
        assert np.array_equal(panel.points, parts.x_train)
        assert np.array_equal(panel.labels, parts.y_train)
        assert panel.notes == ("width 0.25 · test error 0.2 %",)
        net = ordinary_mlp([2, 128, 128, 2])
        net.load_state_dict(outcomes[Trial(trials[0].task, name, 1)].weights())
        height, width = panel.probability.shape
        left, right, bottom, top = panel.extent
        for row, column in ((0, 0), (3, 50), (height - 1, width - 1)):
            x = left + (right - left) * (column + 0.5) / width
            y = bottom + (top - bottom) * (row + 0.5) / height
            p = net(torch.tensor([[x, y]])).softmax(1)[0, 1].item()
            assert panel.probability[row, column] == pytest.approx(p, abs=1e-5)


def test_a_further_vicinity_has_a_panel_of_its_own(tmp_path: Path):
    setup = Setup(seeds=1, also=("Mixup(alpha=0.2)",))
    outcomes = {}
    for number, trial in enumerate(BOUNDARY.trials(setup)):
        outcomes[trial] = kept(Trial(trial.task, NAMES[number % 3], number), tmp_path / str(number))
    (picture,) = BOUNDARY.pictures(setup, Figures(outcomes))
    assert isinstance(picture, Planes)
    assert [panel.title for panel in picture.panels] == ["ERM", "Gaussian σ=0.1", "mixup α=1", "mixup α=0.2"]
