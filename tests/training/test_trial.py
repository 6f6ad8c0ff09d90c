"""A trial's folder: another one for everything that decides the result, the same one for whatever does not."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from vicinal._errors import InputError
from vicinal.training import Adam, Schedule, Sgd, Task, Trial
from vicinal.vicinity import canonical

TASK = Task(data="iris", net="mlp-16", batch=16, epochs=10)
TRIAL = Trial(TASK, "Mixup(alpha=0.2)", 3)
CHANGES: dict[str, Any] = {
    "data": "wine",
    "batch": 17,
    "epochs": 11,
    "net": "mlp-16-16",
    "optimiser": Adam(learning_rate=2e-3),
    "schedule": Schedule(drops=(5,)),
    "rows": 100,
    "test_rows": 50,
    "size": 64,
    "pad": 4,
    "flip": True,
    "start": "pretrained",
    "valid": 0.2,
    "test": 0.25,
    "mix": "waveform",
    "steps": 7,
    "dropout": 0.5,
    "label_smoothing": 0.1,
    "label_noise": 0.2,
    "symmetric_noise": True,
    "raw": True,
    "read_at": (5, 10),
    "version": 2,
}
OWN = """
class MyMix:
    def draw(self, n, *, y=None, device=None):
        return None
"""


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Task)])
def test_every_field_of_the_task_is_part_of_the_identity(field):
    other = dataclasses.replace(TASK, **{field: CHANGES[field]})
    assert dataclasses.replace(TRIAL, task=other).folder_name("f") != TRIAL.folder_name("f")


@pytest.mark.parametrize(("field", "value"), [("vicinity", "Dirac()"), ("seed", 4)])
def test_vicinity_and_seed_are_part_of_the_identity(field, value):
    assert dataclasses.replace(TRIAL, **{field: value}).folder_name("f") != TRIAL.folder_name("f")


def test_the_content_of_the_data_is_part_of_the_identity():
    assert TRIAL.folder_name("one content") != TRIAL.folder_name("another")


def test_names_that_are_cut_or_cleaned_for_reading_stay_different():
    long = [f"Choice(vicinities=[{'Mixup(alpha=1.0), ' * 10}], p={p})" for p in (0.1, 0.2)]
    odd = ["Mixup(alpha=1.0)", "Mixup(alpha=1-0)", "Mixup alpha=1.0"]
    for names in (long, odd):
        folders = {Trial(TASK, name, 0).folder_name("f") for name in names}
        assert len(folders) == len(names)
        assert all(len(folder) < 100 and folder.isascii() and "/" not in folder for folder in folders)


def test_an_equal_trial_has_the_same_folder():
    again = Trial(Task(data="iris", net="mlp-16", batch=16, epochs=10), "Mixup(alpha=0.2)", 3)
    assert again == TRIAL
    assert again.folder_name("f") == TRIAL.folder_name("f")
    assert len({again, TRIAL}) == 1


@pytest.mark.parametrize(
    "spellings",
    [
        ("mixup(.2)", "Mixup(alpha=0.2)", " MIXUP( 2e-1 ) ", "mixup(alpha=0.2, per='batch', mix=\"both\")"),
        ("erm", "Dirac()", "dirac"),
        ("gaussian(1)", "Gaussian(sigma=1.0)"),
        ("choice([mixup(1), erm], p=[.25, .75])", "choice((mixup(alpha=1.0), Dirac()), [0.25, 0.75])"),
    ],
    ids=lambda spellings: spellings[0],
)
def test_equal_spellings_are_one_trial(spellings):
    names = {canonical(text) for text in spellings}
    assert len(names) == 1
    assert canonical(next(iter(names))) in names
    assert len({Trial(TASK, name, 0).folder_name("f") for name in names}) == 1


@pytest.mark.parametrize("text", ["mixup(0.2, per='pair')", "mixup(0.3)", "cutmix(0.2)", "erm"])
def test_other_vicinities_are_other_trials(text):
    assert canonical(text) != canonical("mixup(0.2)")


@pytest.mark.parametrize("text", ["", "mixup", "mixup(-1)", "nosuch(1)", "missing.py:MyMix"])
def test_what_names_no_vicinity_has_no_canonical_name(text):
    with pytest.raises(InputError):
        canonical(text)


def test_editing_the_users_file_makes_another_trial(tmp_path: Path):
    file = tmp_path / "mine.py"
    file.write_text(OWN)
    name = canonical(f" {file}:MyMix ")
    assert name == f"{file}:MyMix"
    trial = Trial(TASK, name, 0)
    before = trial.folder_name("f")
    assert trial.folder_name("f") == before
    file.write_text(OWN + "    # edited\n")
    assert trial.folder_name("f") != before
    file.write_text(OWN)
    assert trial.folder_name("f") == before


@pytest.mark.parametrize(
    "optimiser",
    [Sgd(learning_rate=1e-3), Sgd(), Sgd(momentum=0.0), Sgd(weight_decay=0.0), Adam(learning_rate=0.1)],
    ids=repr,
)
def test_every_setting_of_the_optimiser_is_part_of_the_identity(optimiser):
    other = dataclasses.replace(TASK, optimiser=optimiser)
    names = {Trial(task, "Dirac()", 0).folder_name("f") for task in (TASK, other)}
    assert len(names) == 2


@pytest.mark.parametrize("change", [{"drops": (5, 8)}, {"factor": 0.2}, {"warmup": 3}, {"start": 0.5}], ids=str)
def test_every_setting_of_the_schedule_is_part_of_the_identity(change):
    schedule = Schedule(drops=(5,), warmup=2, start=0.25)
    tasks = [dataclasses.replace(TASK, schedule=each) for each in (schedule, dataclasses.replace(schedule, **change))]
    assert len({Trial(task, "Dirac()", 0).folder_name("f") for task in tasks}) == 2


def test_the_start_of_a_schedule_does_not_hide_the_start_of_a_task():
    rising = dataclasses.replace(TASK, schedule=Schedule(warmup=2, start=0.25))
    tuned = dataclasses.replace(rising, start="pretrained")
    assert len({Trial(task, "Dirac()", 0).folder_name("f") for task in (rising, tuned)}) == 2


def test_the_weights_that_a_task_starts_from_count_by_what_they_hold(tmp_path: Path):
    (tmp_path / "one.pt").write_bytes(b"weights")
    (tmp_path / "copy.pt").write_bytes(b"weights")
    (tmp_path / "other.pt").write_bytes(b"others")
    names = [
        Trial(dataclasses.replace(TASK, start=str(tmp_path / file)), "Dirac()", 0).folder_name("f")
        for file in ("one.pt", "copy.pt", "other.pt")
    ]
    assert names[0] == names[1] != names[2]
    assert names[0] != TRIAL.folder_name("f")


def test_a_folder_of_pictures_counts_by_what_it_holds_not_by_where_it_lies():
    trials = [Trial(Task(data=data, net="small", batch=16, epochs=1), "Dirac()", 0) for data in ("/a/pets", "b/pets/")]
    assert trials[0].folder_name("f") == trials[1].folder_name("f")
    assert trials[0].folder_name("f") != trials[0].folder_name("g")


def test_settings_are_plain_data_and_name_every_field_that_is_not_as_usual():
    changed = Trial(dataclasses.replace(TASK, **CHANGES), TRIAL.vicinity, TRIAL.seed)
    settings = json.loads(json.dumps(changed.settings()))
    assert set(settings) == {"task", "vicinity", "seed"}
    named = {field.name for field in dataclasses.fields(Task)} - {"schedule"} | {"learning_rate", "schedule_drops"}
    assert set(settings["task"]) == named
    plain = TRIAL.settings()["task"]
    assert plain == {
        "data": "iris",
        "net": "mlp-16",
        "batch": 16,
        "epochs": 10,
        "optimiser": "adam",
        "learning_rate": 1e-3,
    }


def test_a_trial_is_told_by_data_vicinity_and_seed():
    assert str(TRIAL) == "iris · Mixup(alpha=0.2) · seed 3"
    photos = dataclasses.replace(TASK, data="/home/somebody/pets", net="small")
    assert str(Trial(photos, "Dirac()", 0)) == "pets · small · Dirac() · seed 0"
