"""A trial's folder: another one for everything that decides the result, the same one for whatever does not."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from vicinal._errors import InputError
from vicinal.training import Task, Trial
from vicinal.vicinity import canonical

TASK = Task(data="iris", batch=16, epochs=10)
TRIAL = Trial(TASK, "Mixup(alpha=0.2)", 3)
CHANGES: dict[str, Any] = {
    "data": "wine",
    "batch": 17,
    "epochs": 11,
    "hidden": (128, 64),
    "learning_rate": 2e-3,
    "raw": True,
    "measures": ("boundary",),
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
    again = Trial(Task(data="iris", batch=16, epochs=10), "Mixup(alpha=0.2)", 3)
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


def test_settings_are_plain_data_and_name_every_field():
    settings = json.loads(json.dumps(TRIAL.settings()))
    assert set(settings) == {"task", "vicinity", "seed"}
    assert {field.name for field in dataclasses.fields(Task)} | {"net", "optimiser"} == set(settings["task"])


def test_a_trial_is_told_by_data_vicinity_and_seed():
    assert str(TRIAL) == "iris · Mixup(alpha=0.2) · seed 3"
