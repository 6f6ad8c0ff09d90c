"""What every registered experiment offers, whichever it is."""

import dataclasses
import json
import re
from typing import get_args

import pytest

from vicinal.data import SETS
from vicinal.experiments import EXPERIMENTS, SCALES, Experiment, Figures, Repetition, Scale, Setup, mixup
from vicinal.vicinity import canonical

CLAIMS = {
    "toy-smooth": "changes more gradually",
    "between-miss": "misses between training points",
    "between-gradient": "gradient norm between training points",
    "imagenet-error": "lower top-1 error",
    "imagenet-capacity": "the larger the gain",
    "imagenet-alpha": "larger underfits",
    "cifar-error": "lower test error for every net",
    "cifar-speed": "about as fast",
    "speech-capacity": "helps the larger net",
    "noise-last": "ERM overfits late",
    "noise-memory": "ERM fits the corrupted labels",
    "noise-alpha": "the harder memorising",
    "noise-dropout": "dropout with large p",
    "noise-both": "dropout is best",
    "attack-white": "white-box FGSM",
    "attack-black": "black-box FGSM",
    "tabular-error": "no higher on any table and lower on most",
    "gan-stable": "samples stay near the data",
    "ablation-labels": "mixing inputs and labels",
    "ablation-decay": "weight decay",
    "ablation-layers": "the deeper the mixed layer",
}
"""The project's claims about the paper, each with words that its sentence has to hold."""

every_experiment = pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)


CHOSEN = {"grid": "full", "rows": "erm,mixup-knn,layer-2", "mix": "waveform"}
"""What an option is asked for with where it is no flag."""


def asked(experiment: Experiment) -> dict[str, object]:
    """Return all options but checkpoints, with which nothing is trained and no seed repeated."""
    return {option: CHOSEN.get(option, True) for option in experiment.options if option != "weights"}


def setups(experiment: Experiment) -> list[Setup]:
    """Return a plain setup for every scale, and one with all that can be asked for."""
    plain = [Setup(scale) for scale in experiment.seeds]
    also = (canonical("cutmix(1)"), canonical("mixup(0.3)"))
    return [*plain, Setup(next(iter(experiment.seeds)), 2, also, asked(experiment))]


def test_there_are_21_claims_and_each_experiments_are_of_them():
    assert len(CLAIMS) == 21
    ids = [claim.id for experiment in EXPERIMENTS.values() for claim in experiment.claims]
    assert len(ids) == len(set(ids))
    assert set(ids) <= set(CLAIMS)


@every_experiment
def test_a_claim_says_what_the_paper_says(experiment: Experiment):
    assert experiment.claims
    for claim in experiment.claims:
        assert CLAIMS[claim.id] in claim.sentence
        assert claim.statistic
        assert claim.unit.partition(" (")[0] in ("points", "log ratio", "epochs")


@every_experiment
def test_it_is_registered_under_its_name_and_says_what_it_asks(experiment: Experiment):
    assert EXPERIMENTS[experiment.name] is experiment
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", experiment.name)
    assert experiment.title
    assert re.search("Section|Figure", experiment.section)
    assert experiment.question.endswith("?")


@every_experiment
def test_every_scale_has_all_that_it_needs(experiment: Experiment):
    scales = set(experiment.seeds)
    assert scales
    assert scales <= set(SCALES)
    assert scales == set(experiment.seconds) == set(experiment.data) == set(experiment.differs)
    for scale in scales:
        assert experiment.seeds[scale] >= 3
        assert experiment.seconds[scale] > 0
        assert experiment.data[scale]
        assert set(experiment.data[scale]) <= set(SETS)
        assert experiment.differs[scale].endswith(".")


@every_experiment
def test_repetitions_are_called_by_their_name(experiment: Experiment):
    assert experiment.repetition in get_args(Repetition)
    assert experiment.repeated(1) == f"1 {experiment.repetition}"
    assert experiment.repeated(20) == f"20 {experiment.repetition}s"


@every_experiment
def test_smoke_scale_is_short_and_needs_no_files(experiment: Experiment):
    assert experiment.seeds["smoke"] == 3
    assert experiment.seconds["smoke"] <= 240
    assert not any(SETS[name].files for name in experiment.data["smoke"])


@every_experiment
def test_trials_are_distinct_printable_and_the_same_each_time(experiment: Experiment):
    for setup in setups(experiment):
        trials = experiment.trials(setup)
        assert trials
        assert trials == experiment.trials(setup)
        assert len(set(trials)) == len(trials)
        assert len({trial.folder_name("f") for trial in trials}) == len(trials)
        assert all(str(trial).isprintable() for trial in trials)
        assert all(json.loads(json.dumps(trial.settings())) for trial in trials)
        assert {trial.task.data for trial in trials} <= set(experiment.data[setup.scale])
        assert all(canonical(trial.vicinity) == trial.vicinity for trial in trials)


@every_experiment
def test_every_vicinity_is_trained_with_the_same_seeds(experiment: Experiment):
    """Effects are paired: a task's trials have one set of seeds, whatever the vicinity."""
    for setup in setups(experiment):
        seeds: dict[object, dict[str, list[int]]] = {}
        for trial in experiment.trials(setup):
            seeds.setdefault(trial.task, {}).setdefault(trial.vicinity, []).append(trial.seed)
        wanted = setup.number(experiment.seeds)
        for of_task in seeds.values():
            assert all(found == list(range(wanted)) for found in of_task.values())


@every_experiment
def test_further_vicinities_are_trained_on_every_task_but_those_with_a_remedy_of_their_own(experiment: Experiment):
    name = canonical("cutmix(1)")
    for scale in experiment.seeds:
        trials = experiment.trials(Setup(scale, also=(name,)))
        plain = {trial.task for trial in trials if not (trial.task.dropout or trial.task.label_smoothing)}
        assert {trial.task for trial in trials if trial.vicinity == name} == plain


@every_experiment
def test_a_vicinity_that_is_there_already_is_no_further_one(experiment: Experiment):
    there = {trial.vicinity for trial in experiment.trials(Setup())}
    plain, doubled = Setup(), Setup(also=tuple(sorted(there)))
    assert experiment.trials(doubled) == experiment.trials(plain)
    assert experiment.table(doubled, Figures({})).rows == experiment.table(plain, Figures({})).rows


@every_experiment
def test_an_option_makes_other_trials(experiment: Experiment):
    """At laptop scale: that smoke scale does without files is what one option asks of the others."""
    plain = experiment.trials(Setup("laptop"))
    for option, value in asked(experiment).items():
        assert set(experiment.trials(Setup("laptop", options={option: value}))) != set(plain)


@every_experiment
def test_what_stands_in_for_files_needs_none(experiment: Experiment):
    if experiment.stand_in:
        assert experiment.stand_in in experiment.options
        trials = experiment.trials(Setup("laptop", options={experiment.stand_in: True}))
        assert not any(SETS[trial.task.data].files for trial in trials)


@every_experiment
def test_without_outcomes_every_claim_is_not_run_and_the_table_has_no_figures(experiment: Experiment):
    nothing = Figures({})
    for setup in setups(experiment):
        for claim in experiment.claims:
            finding = claim.judged(setup, nothing)
            assert (finding.verdict.word, finding.effect) == ("not run", None)
            assert (finding.id, finding.sentence, finding.unit) == (claim.id, claim.sentence, claim.unit)
        table = experiment.table(setup, nothing)
        measured = [column.key for column in table.columns if column.kind in ("measured", "gain")]
        assert measured
        assert all(row.get(key) is None for row in table.rows for key in measured)
        assert experiment.pictures(setup, nothing) == ()


@every_experiment
def test_a_table_has_a_cell_for_every_column_and_no_other(experiment: Experiment):
    for setup in setups(experiment):
        table = experiment.table(setup, Figures({}))
        keys = [column.key for column in table.columns]
        assert len(keys) == len(set(keys))
        assert all(set(row) == set(keys) for row in table.rows)


@pytest.mark.parametrize("name", ["between-points", "cifar", "decision-boundary", "imagenet", "speech", "tabular"])
def test_what_pairs_in_another_way_is_called_otherwise(name: str):
    experiment = EXPERIMENTS[name]
    also = tuple(mixup(alpha, halves=halves) for alpha in (0.2, 1.0) for halves in (False, True))
    for scale in experiment.seeds:
        table = experiment.table(Setup(scale, also=also), Figures({}))
        keys = [column.key for column in table.columns if column.kind == "name"]
        called = [tuple(row[key] for key in keys) for row in table.rows]
        assert len(called) == len(set(called))


@pytest.mark.parametrize("scale", SCALES)
def test_a_setup_gives_the_experiments_number_unless_another_is_asked_for(scale: Scale):
    numbers: dict[Scale, int] = {"smoke": 3, "laptop": 5, "paper": 20}
    assert Setup(scale).number(numbers) == numbers[scale]
    assert Setup(scale, seeds=1).number(numbers) == 1


def test_experiments_are_data_that_nobody_changes():
    for experiment in EXPERIMENTS.values():
        with pytest.raises(dataclasses.FrozenInstanceError):
            experiment.name = "other"  # pyright: ignore[reportAttributeAccessIssue]
