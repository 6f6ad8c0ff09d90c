"""Why a trial failed is kept with the trial, until it is trained again or could end otherwise."""

from dataclasses import replace
from pathlib import Path

import pytest

from vicinal.training import (
    Engine,
    Finished,
    Sgd,
    Trial,
    begun,
    failure_in,
    identity,
    load,
    save,
    save_failure,
    start_over,
)


@pytest.fixture
def steep(task, ran) -> Finished:
    """Give what is left of a trial whose learning rate is far too high."""
    return ran(Trial(replace(task, optimiser=Sgd(learning_rate=1e30)), "Dirac()", 3))


def test_it_is_told_as_it_was_with_the_trial_that_it_is_of(steep, tmp_path: Path):
    save_failure(tmp_path, steep, fingerprint="f", engine=Engine())
    assert failure_in(tmp_path, engine=Engine(workers=2)) == steep.failure
    assert "not finite" in steep.failure
    assert begun(tmp_path) == identity(steep.trial, "f")
    assert {path.name for path in tmp_path.iterdir()} == {"settings.json", "failure.json"}


@pytest.mark.parametrize("engine", [Engine(precision="64"), Engine(compile=True), Engine(device="cuda:1")], ids=str)
def test_computed_otherwise_it_may_end_otherwise(steep, tmp_path: Path, engine):
    save_failure(tmp_path, steep, fingerprint="f", engine=Engine())
    assert failure_in(tmp_path, engine=engine) == ""


def test_of_several_gpus_it_does_not_matter_which(steep, tmp_path: Path):
    save_failure(tmp_path, steep, fingerprint="f", engine=Engine(device="cuda:1"))
    assert failure_in(tmp_path, engine=Engine(device="cuda")) == steep.failure


def test_a_trial_has_either_failed_or_an_outcome(steep, task, ran, tmp_path: Path):
    trial = Trial(task, "Dirac()", 3)
    finished = ran(trial)
    save_failure(tmp_path, steep, fingerprint="f", engine=Engine())
    save(tmp_path, finished, fingerprint="f")
    assert failure_in(tmp_path, engine=Engine()) == ""
    assert load(tmp_path, trial) is not None
    save_failure(tmp_path, steep, fingerprint="f", engine=Engine())
    assert load(tmp_path, trial) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"failure": "x"}', "\x00"])
def test_what_cannot_be_read_is_no_failure(tmp_path: Path, text):
    (tmp_path / "failure.json").write_text(text)
    assert failure_in(tmp_path, engine=Engine()) == ""
    start_over(tmp_path)
    start_over(tmp_path)
    assert failure_in(tmp_path, engine=Engine()) == ""
