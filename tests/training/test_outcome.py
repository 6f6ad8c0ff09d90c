"""An outcome's folder says of itself whether its trial has finished, whatever happens while it is written."""

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest
import torch

from vicinal.training import Finished, Outcome, Task, Trial, load, save, start_over
from vicinal.training._outcome import is_measured, save_measured, write_progress

TRIAL = Trial(Task(data="iris", net="mlp-8", batch=16, epochs=2), "Mixup(alpha=0.2)", 3)
FIGURES = {"test_error": 100 / 3, "test_nll": 1e-300, "rows_test": 38}
CURVE = [{"epoch": 1, "train_loss": 0.1 + 0.2}, {"epoch": 2, "train_loss": 1 / 3}]
INPUTS = {"classes": ["a", "b"]}
ENVIRONMENT = {"torch": "2.14.1", "device": "cpu", "seconds": 0.25, "stack": 3}
FILES = ("curve.csv", "outcome.json", "settings.json", "weights.safetensors")


def kept(folder: Path, *, fingerprint: str = "data", **changes: Any) -> Path:
    contents = {
        "figures": FIGURES,
        "curve": CURVE,
        "inputs": INPUTS,
        "environment": ENVIRONMENT,
        "weights": {"0.weight": torch.arange(6.0).reshape(2, 3), "0.bias": torch.tensor([1e-45, math.pi])},
    }
    save(folder, Finished(TRIAL, **(contents | changes)), fingerprint=fingerprint)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_outcome_is_read_back_as_it_was_saved(tmp_path: Path):
    folder = kept(tmp_path / "runs" / "a")
    outcome = load(folder, TRIAL)
    assert outcome == Outcome(TRIAL, FIGURES, CURVE, ENVIRONMENT, folder, INPUTS)
    assert outcome is not None
    weights = outcome.weights()
    assert torch.equal(weights["0.weight"], torch.arange(6.0).reshape(2, 3))
    assert torch.equal(weights["0.bias"], torch.tensor([1e-45, math.pi]))
    assert sorted(files_of(folder)) == sorted(FILES)
    assert [path.name for path in folder.parent.iterdir()] == ["a"]


def test_the_files_are_what_other_programs_can_read(tmp_path: Path):
    folder = kept(tmp_path / "a")
    settings = json.loads((folder / "settings.json").read_text())
    assert settings == json.loads(json.dumps({**TRIAL.settings(), "data_fingerprint": "data"}))
    document = json.loads((folder / "outcome.json").read_text())
    assert document == {"format": 1, "figures": FIGURES, "inputs": INPUTS, "environment": ENVIRONMENT}
    assert (folder / "curve.csv").read_text().splitlines()[0] == "epoch,train_loss"


def test_every_file_is_on_the_disk_before_the_outcome_has_its_name(tmp_path: Path, monkeypatch):
    synced: list[tuple[int, int]] = []

    def fsync(number: int) -> None:
        assert not (tmp_path / "a" / "outcome.json").exists()
        synced.append((os.fstat(number).st_ino, os.fstat(number).st_size))

    monkeypatch.setattr(os, "fsync", fsync)
    folder = kept(tmp_path / "a")
    assert sorted(synced) == sorted((path.stat().st_ino, path.stat().st_size) for path in folder.iterdir())
    assert synced[-1][0] == (folder / "outcome.json").stat().st_ino


def test_a_figure_that_is_no_number_is_null_in_the_file_and_nan_when_read(tmp_path: Path):
    folder = kept(tmp_path / "a", figures={"a": math.nan, "b": math.inf, "c": -math.inf, "d": 1.5})
    text = (folder / "outcome.json").read_text()
    assert json.loads(text, parse_constant=pytest.fail)["figures"] == {"a": None, "b": None, "c": None, "d": 1.5}
    outcome = load(folder, TRIAL)
    assert outcome is not None
    assert outcome.figures["d"] == 1.5
    assert all(math.isnan(outcome.figures[name]) for name in "abc")


def test_a_curve_without_rows_and_one_with_holes_are_read_back(tmp_path: Path):
    empty = load(kept(tmp_path / "a", curve=[]), TRIAL)
    assert empty is not None
    assert list(empty.curve) == []
    holes = load(kept(tmp_path / "b", curve=[{"epoch": 1, "train_loss": math.nan}]), TRIAL)
    assert holes is not None
    assert math.isnan(holes.curve[0]["train_loss"])


SUBSETS: list[Sequence[str]] = list(chain.from_iterable(combinations(FILES, n) for n in range(len(FILES))))


@pytest.mark.parametrize("present", SUBSETS, ids="+".join)
def test_some_of_the_files_are_no_outcome_and_are_made_a_whole_one(tmp_path: Path, present):
    whole = kept(tmp_path / "whole")
    folder = tmp_path / "half"
    folder.mkdir()
    for name in present:
        shutil.copy(whole / name, folder)
    assert load(folder, TRIAL) is None
    kept(folder)
    assert load(folder, TRIAL) is not None
    assert files_of(folder) == files_of(whole)


def test_a_document_that_is_cut_off_is_no_outcome(tmp_path: Path):
    folder = kept(tmp_path / "a")
    whole = (folder / "outcome.json").read_bytes()
    for length in range(len(whole) - 1):
        (folder / "outcome.json").write_bytes(whole[:length])
        assert load(folder, TRIAL) is None, length


@pytest.mark.parametrize(
    "document",
    [
        "[]",
        "null",
        '{"format": 2, "figures": {}, "inputs": {}, "environment": {}}',
        '{"format": 1, "inputs": {}, "environment": {}}',
        '{"format": 1, "figures": {}, "environment": {}}',
        '{"format": 1, "figures": {"a": "many"}, "inputs": {}, "environment": {}}',
        '{"format": 1, "figures": {"a": [1]}, "inputs": {}, "environment": {}}',
        '{"format": 1, "figures": [], "inputs": {}, "environment": {}}',
    ],
)
def test_another_document_is_no_outcome(tmp_path: Path, document):
    folder = kept(tmp_path / "a")
    (folder / "outcome.json").write_text(document)
    assert load(folder, TRIAL) is None


def test_what_is_not_there_is_no_outcome(tmp_path: Path):
    assert load(tmp_path / "nothing", TRIAL) is None
    (tmp_path / "file").write_text("")
    assert load(tmp_path / "file", TRIAL) is None


def test_what_starts_over_leaves_the_new_outcome_without_what_was_measured_of_the_old_net(tmp_path: Path):
    folder = kept(tmp_path / "a")
    save_measured(folder, "between", version=1, figures={"between_miss": 3.0})
    start_over(folder)
    kept(folder, figures={"test_error": 99.0})
    outcome = load(folder, TRIAL)
    assert outcome is not None
    assert outcome.figures == {"test_error": 99.0}
    assert outcome.series == {}
    assert sorted(files_of(folder)) == sorted(FILES)


def test_of_two_commands_the_outcome_of_the_first_to_end_stays_with_its_measures(tmp_path: Path):
    folder = kept(tmp_path / "a")
    save_measured(folder, "between", version=1, figures={"between_miss": 3.0})
    before = files_of(folder)
    write_progress(folder, CURVE[:1])
    (folder / "checkpoint.pt").touch()
    kept(folder, environment={"device": "another"})
    assert files_of(folder) == before


@pytest.mark.parametrize(
    ("fingerprint", "curve"), [("other data", CURVE), ("data", CURVE[:1])], ids=["another trial", "a curve cut short"]
)
def test_an_outcome_that_is_not_this_one_is_replaced(tmp_path: Path, fingerprint, curve):
    folder = kept(tmp_path / "a", fingerprint=fingerprint, curve=curve)
    assert files_of(kept(folder)) == files_of(kept(tmp_path / "b"))


def test_checkpoints_go_with_the_outcome_and_whatever_else_lies_there_stays(tmp_path: Path):
    folder = tmp_path / "a"
    folder.mkdir()
    for name in ("checkpoint.pt", "checkpoint-before.pt", "notes.txt"):
        (folder / name).write_text(name)
    kept(folder)
    assert sorted(files_of(folder)) == sorted([*FILES, "notes.txt"])


def test_saving_sweeps_what_kills_left_of_our_own_files_and_nothing_else(tmp_path: Path):
    folder = tmp_path / "a"
    folder.mkdir()
    ours = [f".{name}-12345" for name in (*FILES, "measure-between.json", "checkpoint.pt")]
    theirs = [".pre-commit-config.yaml", ".notes-12345"]
    for name in (*ours, *theirs):
        (folder / name).touch()
        os.utime(folder / name, (0, 0))
    kept(folder)
    assert sorted(files_of(folder)) == sorted([*FILES, *theirs])


def test_a_save_that_fails_leaves_no_outcome(tmp_path: Path):
    folder = kept(tmp_path / "a")
    start_over(folder)
    with pytest.raises(TypeError):
        kept(folder, environment={"device": object()})
    assert load(folder, TRIAL) is None


def test_the_curve_so_far_can_be_read_while_the_trial_runs_and_is_no_outcome(tmp_path: Path):
    write_progress(tmp_path / "a", CURVE[:1])
    assert (tmp_path / "a" / "curve.csv").read_text() == "epoch,train_loss\n1,0.30000000000000004\n"
    assert load(tmp_path / "a", TRIAL) is None


def test_what_was_measured_is_read_with_the_outcome(tmp_path: Path):
    folder = kept(tmp_path / "a")
    assert not is_measured(folder, "between", version=1)
    series = [{"lam": 0.0, "miss": math.nan}, {"lam": 1.0, "miss": 0.5}]
    save_measured(folder, "between", version=1, figures={"between_miss": math.inf, "x": 1 / 3}, series=series)
    save_measured(folder, "other", version=2, figures={"y": 2.0})
    json.loads((folder / "measure-between.json").read_text(), parse_constant=pytest.fail)
    outcome = load(folder, TRIAL)
    assert outcome is not None
    assert {name: outcome.figures[name] for name in ("x", "y")} == {"x": 1 / 3, "y": 2.0}
    assert math.isnan(outcome.figures["between_miss"])
    assert outcome.series["between"][1] == series[1]
    assert math.isnan(outcome.series["between"][0]["miss"])
    assert outcome.series["other"] == []


def test_a_measure_is_taken_again_when_its_version_changes_or_its_file_is_broken(tmp_path: Path):
    folder = kept(tmp_path / "a")
    save_measured(folder, "between", version=1, figures={})
    assert is_measured(folder, "between", version=1)
    assert not is_measured(folder, "between", version=2)
    assert not is_measured(folder, "between", version=1, source="other")
    save_measured(folder, "between", version=1, figures={}, source="other")
    assert is_measured(folder, "between", version=1, source="other")
    assert not is_measured(folder, "between", version=1)
    save_measured(folder, "between", version=1, figures={})
    assert is_measured(folder, "between", version=1)
    (folder / "measure-between.json").write_text("{")
    assert not is_measured(folder, "between", version=1)


KILLED = """
import os, random, signal, sys, time
from pathlib import Path
import torch
from vicinal.training import Finished, Task, Trial, save, start_over
from vicinal.training._outcome import save_measured

out, kills = Path(sys.argv[1]), int(sys.argv[2])
trial = Trial(Task(data="iris", net="mlp-8", batch=16, epochs=2), "Dirac()", 0)
curve = [{"epoch": epoch, "train_loss": 0.5} for epoch in range(200)]

def saved(folder, number):
    finished = Finished(trial, {"number": number}, curve, {"w": torch.full((200, 200), float(number))})
    start_over(folder)
    save(folder, finished, fingerprint="f")
    save_measured(folder, "m", version=1, figures={"measured": number})

random, started = random.Random(0), time.perf_counter()
for number in range(5):
    saved(out.parent / "timed", number)
once = (time.perf_counter() - started) / 5
for kill in range(kills):
    child = os.fork()
    if not child:
        for number in range(10**9):
            saved(out / str(kill), number)
    time.sleep(random.uniform(0, 8 * once))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


@pytest.mark.parametrize("kills", [20])
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no POSIX signals here")
def test_a_kill_at_any_moment_leaves_a_whole_outcome_or_none(tmp_path: Path, kills, monkeypatch):
    """Saves into one folder run in a loop until they are killed; each starts over what the one before it left."""
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "out"), str(kills)], check=True)
    whole = unfinished = 0
    for folder in (tmp_path / "out").iterdir():
        outcome = load(folder, TRIAL)
        if outcome is None:
            unfinished += 1
        else:
            whole += 1
            weights = outcome.weights()["w"]
            assert (weights == outcome.figures["number"]).all()
            assert weights.shape == (200, 200)
            assert len(outcome.curve) == 200
            assert outcome.figures.get("measured", outcome.figures["number"]) == outcome.figures["number"]
        now = time.time()
        monkeypatch.setattr(time, "time", lambda now=now: now + 7200)  # two hours later
        start_over(folder)
        kept(folder)
        monkeypatch.undo()
        assert sorted(files_of(folder)) == sorted(FILES)
    assert whole > 0
    assert unfinished > 0
