"""Section 3.7: the claim from energy distances made by hand, panels and film from what was kept of the trials."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from vicinal._errors import InputError
from vicinal.experiments import EXPERIMENTS, Curves, Figures, Film, Measured, Scale, Setup, Stages
from vicinal.training import Finished, Outcome, Trial, load, save

GAN = EXPERIMENTS["gan"]
ERM, MIXED = "Dirac()", "Mixup(alpha=0.2)"
NAMES = (ERM, MIXED, "Mixup(alpha=0.5)", "Mixup(alpha=1.0)")
FIGURES = (
    "energy_distance",
    "sliced_wasserstein",
    "high_quality",
    "modes",
    "discriminator_gradient",
    "generator_gradient",
)
FAR = [1.0, 1.3, 0.9]


@pytest.mark.parametrize(
    ("scale", "units", "steps", "seeds"),
    [("smoke", 64, 200, 3), ("laptop", 128, 3_000, 5), ("paper", 512, 20_000, 5)],
)
def test_the_settings_stand(scale: Scale, units, steps, seeds):
    trials = GAN.trials(Setup(scale))
    assert {trial.task.data for trial in trials} == {"grid", "swiss-roll"}
    for trial in trials:
        assert (trial.task.net, trial.task.batch, trial.task.steps) == (f"gan-{units}-{units}-{units}", 128, steps)
        assert trial.task.optimiser.settings() == {"optimiser": "adam", "learning_rate": 1e-3}
    assert {trial.vicinity for trial in trials} == set(NAMES)
    assert {trial.seed for trial in trials} == set(range(seeds))


def test_one_lambda_an_example_and_other_data_are_options():
    trials = GAN.trials(Setup(options={"per": "example", "data": "mine/points.csv"}))
    assert {trial.task.data for trial in trials} == {"mine/points.csv"}
    assert {trial.vicinity for trial in trials} == {
        ERM,
        *(f"Mixup(alpha={alpha}, per='example')" for alpha in (0.2, 0.5, 1.0)),
    }
    rows = GAN.table(Setup(options={"per": "example"}), Figures({})).rows
    assert [row["method"] for row in rows[:2]] == ["ERM", "mixup α=0.2, λ an example"]


def test_what_differs_is_told_of_own_points_too():
    assert "here a grid" not in GAN.differing(Setup(options={"data": "mine/points.csv"}))
    assert all("unless --data says otherwise" in GAN.differing(Setup(scale)) for scale in ("smoke", "laptop", "paper"))


def test_pictures_and_tables_are_no_points():
    sentence = r'--data must be ring, grid, swiss-roll or a file of points, got "cifar10"\.'
    with pytest.raises(InputError, match=f"^{sentence}$"):
        GAN.trials(Setup(options={"data": "cifar10"}))


def figures(made, mean: dict[str, list[float]], wander: dict[str, list[float]] | None = None) -> Figures:
    """Make outcomes whose distances are these, by vicinity and seed, on both data sets."""
    wander = wander or mean
    trials = {}
    for trial in GAN.trials(Setup(seeds=3)):
        if trial.seed < len(mean.get(trial.vicinity, ())):
            late = {f"{name}_late": 2.0 for name in FIGURES}
            own = {"energy_distance_late": mean[trial.vicinity][trial.seed]}
            spread = {"energy_distance_wander": wander[trial.vicinity][trial.seed]}
            trials[trial] = late | own | spread
    return Figures(made(trials))


@pytest.mark.parametrize(
    ("mixed", "wander", "word"),
    [
        ([0.1, 0.13, 0.08], [0.1, 0.13, 0.08], "supported"),
        ([10.0, 13.0, 8.0], [10.0, 13.0, 8.0], "contradicted"),
        ([0.1, 0.13, 0.08], [10.0, 13.0, 8.0], "contradicted"),  # nearer, but wandering
        ([0.1, 0.13, 0.08], [1.0, 1.3, 1.0], "undecided"),
        ([0.1, 0.13], [0.1, 0.13], "undecided"),
        ([], [], "not run"),
    ],
)
def test_the_verdict_follows_from_distance_and_spread(made, mixed, wander, word):
    found = figures(made, {ERM: FAR, MIXED: mixed}, {ERM: FAR, MIXED: wander})
    assert GAN.claims[0].judged(Setup(seeds=3), found).verdict.word == word


def test_the_effect_is_the_mean_log_ratio_as_computed_by_hand(made):
    mixed = [0.1, 0.2, 0.3]
    finding = GAN.claims[0].judged(Setup(seeds=3), figures(made, {ERM: FAR, MIXED: mixed}))
    logs = [math.log(a / b) for a, b in zip(FAR, mixed, strict=True)]
    low, high = stats.t.interval(0.95, 2, np.mean(logs), stats.sem(logs))
    assert finding.effect is not None
    assert (finding.effect.mean, finding.effect.low, finding.effect.high) == pytest.approx((np.mean(logs), low, high))
    names = [judged.part.name for judged in finding.verdict.parts]
    assert names == [
        "Grid of 25 Gaussians: distance",
        "Swiss roll: distance",
        "Grid of 25 Gaussians: spread over time",
        "Swiss roll: spread over time",
    ]


def test_a_spread_of_nothing_is_left_out(made):
    found = figures(made, {ERM: FAR, MIXED: FAR}, {ERM: FAR, MIXED: [0.0, 1.3, 0.9]})
    parts = GAN.claims[0].judged(Setup(seeds=3), found).verdict.parts
    assert [judged.part.effect.n for judged in parts if judged.part.effect is not None] == [3, 3, 2, 2]


def test_the_table_has_a_row_for_every_vicinity_with_the_ratio_of_its_distance(made):
    table = GAN.table(Setup(seeds=3), figures(made, {ERM: FAR, MIXED: [0.1, 0.13, 0.09]}))
    assert [row["method"] for row in table.rows] == 2 * ["ERM", "mixup α=0.2", "mixup α=0.5", "mixup α=1"]
    distance = table.rows[0]["energy_distance_late"]
    assert isinstance(distance, Measured)
    assert (distance.mean, distance.n) == pytest.approx((np.mean(FAR), 3))
    assert table.rows[0]["gain"] is None
    assert table.rows[1]["gain"].mean == pytest.approx(math.log(10))  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
    assert table.rows[2]["modes_late"] is None


def kept(trial: Trial, folder: Path, *, modes: bool = True) -> Outcome:
    """Keep an outcome of random samples at the steps 10, 20, 25."""
    generator = torch.Generator().manual_seed(trial.seed + 10 * NAMES.index(trial.vicinity))
    names = FIGURES if modes else [name for name in FIGURES if name not in ("modes", "high_quality")]
    curve = [{"step": step, **{name: float(step + trial.seed) for name in names}} for step in (10, 20, 25)]
    tensors: dict[str, Tensor] = {
        "real": torch.randn(6, 2, generator=generator),
        "extent": torch.tensor([-5.0, 5.0, -4.0, 4.0]),
        "steps": torch.tensor([10, 20, 25]),
        "samples": torch.randn(3, 7, 2, generator=generator),
        "shown": torch.tensor([10, 25]),
        "surfaces": torch.rand(2, 4, 4, generator=generator),
    }
    late = {f"{name}_{what}": 1.0 for name in names for what in ("late", "wander")}
    finished = Finished(trial, late, curve, {"w": torch.ones(1)}, tensors, environment={"torch": "2"})
    save(folder, finished, fingerprint="f")
    outcome = load(folder, trial)
    assert outcome is not None
    return outcome


def outcomes(setup: Setup, folder: Path, *, modes: bool = True) -> dict[Trial, Outcome]:
    return {trial: kept(trial, folder / str(number), modes=modes) for number, trial in enumerate(GAN.trials(setup))}


def test_panels_and_film_show_what_was_kept_of_the_first_seed_with_which_all_finished(tmp_path: Path):
    found = outcomes(Setup(seeds=2), tmp_path)
    missing = next(trial for trial in found if trial.task.data == "grid" and trial.vicinity == MIXED)
    assert missing.seed == 0
    del found[missing]
    grid, film, roll, _, *curves = GAN.pictures(Setup(seeds=2), Figures(found))
    assert isinstance(grid, Stages)
    assert isinstance(film, Film)
    assert isinstance(roll, Stages)
    for stages, task, seed in ((grid, "Grid of 25 Gaussians", 1), (roll, "Swiss roll", 0)):
        assert (stages.title, stages.steps, stages.extent) == (task, (10, 25), (-5.0, 5.0, -4.0, 4.0))
        assert f"seed {seed}" in stages.caption
        assert [row.label for row in stages.rows] == ["ERM", "mixup α=0.2", "mixup α=0.5", "mixup α=1"]
        data = "grid" if task.startswith("Grid") else "swiss-roll"
        for row, name in zip(stages.rows, NAMES, strict=True):
            (trial,) = [t for t in found if (t.task.data, t.vicinity, t.seed) == (data, name, seed)]
            tensors = found[trial].kept()
            assert np.array_equal(row.samples, tensors["samples"][[0, 2]].numpy())
            assert row.surfaces is not None
            assert np.array_equal(row.surfaces, tensors["surfaces"].numpy())
            assert row.notes == (f"{10 + seed:.2f}", f"{25 + seed:.2f}")
    assert film.stages.steps == (10, 20, 25)
    assert film.stages.rows[0].samples.shape == (3, 7, 2)
    assert film.stages.rows[0].surfaces is None
    assert film.caption
    assert len(curves) == len(FIGURES)


def test_curves_go_over_the_steps_with_their_spread_over_seeds(tmp_path: Path):
    *_, slope, _ = GAN.pictures(Setup(seeds=2), Figures(outcomes(Setup(seeds=2), tmp_path)))
    assert isinstance(slope, Curves)
    assert [panel.title for panel in slope.panels] == ["Grid of 25 Gaussians", "Swiss roll"]
    for panel in slope.panels:
        assert panel.log
        for curve in panel.curves:
            assert curve.x.tolist() == [10, 20, 25]
            assert curve.mean.tolist() == [10.5, 20.5, 25.5]
            assert curve.low is not None
            assert curve.high is not None
            assert np.allclose(curve.high - curve.mean, 0.5)  # as far as the seeds; a deviation is 0.71
            assert np.allclose(curve.mean - curve.low, 0.5)


def test_of_points_whose_modes_nobody_knows_everything_else_is_shown(tmp_path: Path):
    setup = Setup(seeds=2, options={"data": "points.csv"})
    found = Figures(outcomes(setup, tmp_path, modes=False))
    stages, _, *curves = GAN.pictures(setup, found)
    assert isinstance(stages, Stages)
    assert stages.title == "points.csv"
    assert len(curves) == len(FIGURES) - 2
    row = GAN.table(setup, found).rows[0]
    assert (row["task"], row["modes_late"], row["high_quality_late"]) == ("points.csv", None, None)
    assert row["energy_distance_late"] is not None
    assert GAN.claims[0].judged(setup, found).verdict.word == "undecided"
