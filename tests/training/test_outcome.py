"""An outcome's folder is there as a whole or not at all, whatever happens while it is written."""

import hashlib
import json
import math
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, combinations
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import torch

from vicinal.training import Outcome, Task, Trial, load, save, sweep

TRIAL = Trial(Task(data="iris", batch=16, epochs=2), "Mixup(alpha=0.2)", 3)
FIGURES = {"test_error": 100 / 3, "test_nll": 1e-300, "rows_test": 38}
CURVE = [{"epoch": 1, "train_loss": 0.1 + 0.2}, {"epoch": 2, "train_loss": 1 / 3}]
ENVIRONMENT = {"torch": "2.14.1", "device": "cpu", "seconds": 0.25, "stack": 3}
FILES = ("curve.csv", "outcome.json", "settings.json", "weights.safetensors")


def kept(folder: Path, **changes: Any) -> Path:
    contents = {
        "fingerprint": "data",
        "figures": FIGURES,
        "curve": CURVE,
        "environment": ENVIRONMENT,
        "weights": {"0.weight": torch.arange(6.0).reshape(2, 3), "0.bias": torch.tensor([1e-45, math.pi])},
    }
    save(folder, TRIAL, **(contents | changes))
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_outcome_is_read_back_as_it_was_saved(tmp_path: Path):
    folder = kept(tmp_path / "runs" / "a")
    outcome = load(folder, TRIAL)
    assert outcome == Outcome(TRIAL, FIGURES, CURVE, ENVIRONMENT, folder)
    assert outcome is not None
    weights = outcome.weights()
    assert torch.equal(weights["0.weight"], torch.arange(6.0).reshape(2, 3))
    assert torch.equal(weights["0.bias"], torch.tensor([1e-45, math.pi]))
    assert sorted(files_of(folder)) == sorted(FILES)
    assert [path.name for path in folder.parent.iterdir()] == ["a"]


def test_the_files_are_what_other_programs_can_read(tmp_path: Path):
    folder = kept(tmp_path / "a")
    settings = json.loads((folder / "settings.json").read_text())
    assert settings == json.loads(json.dumps({**TRIAL.settings(), "data": "data"}))
    document = json.loads((folder / "outcome.json").read_text())
    assert document == {"format": 1, "figures": FIGURES, "environment": ENVIRONMENT}
    assert (folder / "curve.csv").read_text().splitlines()[0] == "epoch,train_loss"


def test_the_settings_are_all_that_the_folders_name_is_made_of(tmp_path: Path):
    folder = kept(tmp_path / TRIAL.folder_name("0f1e2d"), fingerprint="0f1e2d")
    settings = json.loads((folder / "settings.json").read_text())
    assert folder.name.endswith(hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12])


def test_every_file_is_on_the_disk_before_the_folder_has_its_name(tmp_path: Path, monkeypatch):
    synced: list[tuple[int, int]] = []

    def fsync(number: int) -> None:
        assert not (tmp_path / "a").exists()
        synced.append((os.fstat(number).st_ino, os.fstat(number).st_size))

    monkeypatch.setattr(os, "fsync", fsync)
    folder = kept(tmp_path / "a")
    assert sorted(synced) == sorted((path.stat().st_ino, path.stat().st_size) for path in folder.iterdir())
    assert len(synced) == len(FILES)


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
def test_some_of_the_files_are_no_outcome_and_are_replaced_by_a_whole_one(tmp_path: Path, present):
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
        '{"format": 2, "figures": {}, "environment": {}}',
        '{"format": 1, "environment": {}}',
        '{"format": 1, "figures": {"a": "many"}, "environment": {}}',
        '{"format": 1, "figures": {"a": [1]}, "environment": {}}',
        '{"format": 1, "figures": [], "environment": {}}',
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


def test_an_outcome_that_is_there_stays_as_it_is(tmp_path: Path):
    folder = kept(tmp_path / "a")
    before = files_of(folder), folder.stat().st_ino, folder.stat().st_mtime_ns
    kept(folder, figures={"test_error": 99.0})
    assert (files_of(folder), folder.stat().st_ino, folder.stat().st_mtime_ns) == before
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_outcome_that_is_to_be_replaced_is(tmp_path: Path):
    folder = kept(kept(tmp_path / "a"), figures={"test_error": 99.0}, replace=True)
    outcome = load(folder, TRIAL)
    assert outcome is not None
    assert outcome.figures == {"test_error": 99.0}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("replace", [False, True])
def test_two_saves_at_once_leave_one_whole_folder(tmp_path: Path, replace):
    rounds, barrier = 60, Barrier(2, timeout=10)

    def saves(mine: float) -> None:
        for number in range(rounds):
            barrier.wait()
            kept(tmp_path / str(number), figures={"test_error": mine}, replace=replace)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(saves, 1.0), pool.submit(saves, 2.0)]:
            done.result()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(map(str, range(rounds)))
    for folder in tmp_path.iterdir():
        outcome = load(folder, TRIAL)
        assert outcome is not None
        assert outcome.figures["test_error"] in (1.0, 2.0)
        assert sorted(files_of(folder)) == sorted(FILES)


def test_a_save_that_fails_leaves_nothing(tmp_path: Path):
    with pytest.raises(TypeError):
        kept(tmp_path / "a", environment={"device": object()})
    assert list(tmp_path.iterdir()) == []


KILLED = """
import json, os, random, signal, sys, time
from pathlib import Path
import torch
from safetensors.torch import save_file
from vicinal.training import Task, Trial, save

out, kills = Path(sys.argv[1]), int(sys.argv[2])
trial = Trial(Task(data="iris", batch=16, epochs=2), "Dirac()", 0)
curve = [{"epoch": epoch, "train_loss": 0.5} for epoch in range(200)]
options = {"fingerprint": "f", "figures": {}, "curve": curve, "environment": {}}

def in_place(folder, trial, *, fingerprint, figures, curve, environment, weights):
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text(json.dumps(trial.settings()))
    (folder / "curve.csv").write_text("epoch,train_loss\\n" + "1,0.5\\n" * len(curve))
    (folder / "outcome.json").write_text(json.dumps({"format": 1, "figures": figures, "environment": environment}))
    save_file(weights, folder / "weights.safetensors")

def saves(how, below):
    for number in range(10**9):
        weights = {"w": torch.full((200, 200), float(number))}
        how(below / str(number), trial, weights=weights, **{**options, "figures": {"number": number}})

random, started = random.Random(0), time.perf_counter()
for number in range(5):
    weights = {"w": torch.zeros(200, 200)}
    save(out / "timed", trial, weights=weights, replace=True, **options)
once = (time.perf_counter() - started) / 5
for name, how in (("ours", save), ("in place", in_place)):
    for kill in range(kills):
        child = os.fork()
        if not child:
            saves(how, out / name / str(kill))
        time.sleep(random.uniform(0, 8 * once))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
"""


def broken_among(below: Path) -> tuple[int, int, int]:
    """Return how many outcomes under a folder are whole, how many are not, and how many were never put in place."""
    whole = broken = partial = 0
    for folder in below.glob("*/*"):
        if folder.name.startswith(".partial-"):
            partial += 1
        elif outcome := load(folder, TRIAL):
            weights = outcome.weights()["w"]
            assert (weights == outcome.figures["number"]).all()
            assert weights.shape == (200, 200)
            assert len(outcome.curve) == 200
            whole += 1
        else:
            broken += 1
    return whole, broken, partial


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.long)])
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no POSIX signals here")
def test_a_kill_at_any_moment_leaves_whole_folders_only(tmp_path: Path, kills):
    """Saves run in a loop until they are killed; a form of saving that writes in place shows that kills do hit."""
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(kills)], check=True)
    whole, broken, partial = broken_among(tmp_path / "ours")
    assert broken == 0
    assert whole > 0
    assert partial > 0
    for folder in (tmp_path / "ours").iterdir():
        sweep(folder)
    assert broken_among(tmp_path / "ours") == (whole, 0, 0)
    if kills == 100:
        assert broken_among(tmp_path / "in place")[1] > 0
