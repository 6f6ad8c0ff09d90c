"""``vicinal train``: one trial in its folder; stopped, gone on with, reused; what cannot be trained is told."""

import csv
import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from vicinal.cli._train import _plan_of
from vicinal.data import SETS, Images, Photos
from vicinal.experiments import recipe
from vicinal.models import build
from vicinal.training import Adam, Schedule, Trial

FILES = {"settings.json", "curve.csv", "weights.safetensors", "outcome.json"}
BRIEF = ("--epochs", 2, "--rows", 100)
SHORT = (*BRIEF, "--alpha", 0.2)
HALVES = "partner='halves', inplace=True"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}


def bits(folder: Path) -> dict[str, object]:
    """Return all that a trial left but how long it took."""
    figures = json.loads((folder / "outcome.json").read_text())["figures"]
    return {"figures": figures, **{name: (folder / name).read_bytes() for name in FILES - {"outcome.json"}}}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Write eight pictures of each of two classes, a dark one and a bright one."""
    noise = np.random.default_rng(0)
    for name, shade in (("dark", 40), ("bright", 200)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(8):
            pixels = noise.integers(shade - 30, shade + 30, (20, 24, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{number}.png")
    return tmp_path / "photos"


# What is trained, and what is left of it.


def test_a_run_leaves_a_folder_that_tells_all_of_it(called, tmp_path):
    status, out, told = called("train", "digits", *SHORT, "--out", "R")
    assert (status, told) == (0, "")
    first, *_, last, folder = out.splitlines()
    assert first == (
        f"digits · small · Mixup(alpha=0.2, {HALVES}) · seed 0: 2 epochs, minibatches of 50, SGD, learning rate 0.1, "
        "÷ 10 after epoch 1, momentum 0.9, weight decay 0.0001"
    )
    assert names(tmp_path / "R") == FILES
    settings = json.loads((tmp_path / "R" / "settings.json").read_text())
    assert {key: settings["task"][key] for key in ("data", "net", "batch", "epochs", "rows", "learning_rate")} == {
        "data": "digits", "net": "small", "batch": 50, "epochs": 2, "rows": 100, "learning_rate": 0.1,
    }  # fmt: skip
    assert (settings["vicinity"], settings["seed"]) == (f"Mixup(alpha=0.2, {HALVES})", 0)
    with (tmp_path / "R" / "curve.csv").open() as file:
        curve = list(csv.DictReader(file))
    assert [float(row["epoch"]) for row in curve] == [1, 2]
    assert [float(row["learning_rate"]) for row in curve] == pytest.approx([0.1, 0.01])
    figures = json.loads((tmp_path / "R" / "outcome.json").read_text())["figures"]
    assert figures["test_error"] == float(curve[-1]["test_error"])
    assert last.startswith(f"test error {figures['test_error']:.2f} % after 2 epochs, ")
    assert folder == "R"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "30 epochs, minibatches of 50, SGD, learning rate 0.1, ÷ 10 after epochs 15, 22, momentum 0.9, "
         "weight decay 0.0001, random crops of 64×64 pixels, half of them flipped"),
        ({"size": None, "pad": 4, "schedule": Schedule(warmup=5, start=0.25)},
         "30 epochs, minibatches of 50, SGD, learning rate 0.1, warm-up over 5 epochs, momentum 0.9, "
         "weight decay 0.0001, padded by 4 and cropped at random, half of them flipped"),
        ({"size": None, "flip": False, "schedule": Schedule(), "optimiser": Adam()},
         "30 epochs, minibatches of 50, Adam, learning rate 0.001"),
    ],
    ids=["photos", "images", "plain"],
)  # fmt: skip
def test_the_recipe_is_told_whole(change, told):
    task = dataclasses.replace(recipe("somebody"), **change)
    digits = SETS["digits"].load()
    data = digits if task.size is None else Photos("somebody", Path(), (), (), ("a", "b"))
    line = _plan_of(Trial(task, "Dirac()", 0), data)
    assert line == f"somebody · small · Dirac() · seed 0: {told}"


def test_images_in_memory_are_resized_and_photos_cropped(called, photos):
    for data, told in (("digits", "resized to"), ("photos", "random crops of")):
        _, out, _ = called("train", data, "--epochs", 1, "--rows", 10, "--size", 16, "--out", data + "-run")
        assert f", {told} 16×16 pixels" in out


def test_the_error_told_is_that_of_the_weights(called, tmp_path):
    called("train", "digits", *SHORT, "--out", "R")
    outcome = json.loads((tmp_path / "R" / "outcome.json").read_text())
    net = build("small", classes=10, channels=1, size=8, seed=1)
    net.load_state_dict(load_file(tmp_path / "R" / "weights.safetensors"))
    digits: Images = SETS["digits"].load()
    mean, std = (outcome["inputs"]["preparation"][key][0] for key in ("mean", "std"))
    with torch.no_grad():
        wrong = net.eval()((digits.x_test / 255 - mean) / std).argmax(1) != digits.y_test
    assert 100 * wrong.double().mean().item() == pytest.approx(outcome["figures"]["test_error"], abs=0.5)


def test_what_has_finished_is_reused(called, tmp_path):
    command = ("train", "digits", *SHORT, "--out", "R")
    _, first, _ = called(*command)
    before = stamps(tmp_path / "R")
    for further in ((), ("--resume",)):
        status, out, told = called(*command, *further)
        assert (status, told) == (0, "")
        error, folder = first.splitlines()[-2:]
        assert out.splitlines()[-2:] == [f"found finished, nothing was trained: {error}", folder]
        assert stamps(tmp_path / "R") == before
    assert called(*command, "--fresh")[0] == 0
    assert not set(stamps(tmp_path / "R").values()) & set(before.values())


def test_without_a_folder_it_is_where_reproduce_looks(called, tmp_path):
    status, out, _ = called("train", "digits", "--epochs", 1, "--vicinity", "erm")
    trial = Trial(recipe("digits", epochs=1), "Dirac()", 0)
    folder = Path("runs") / trial.folder_name(SETS["digits"].load().fingerprint)
    assert (status, out.splitlines()[-1]) == (0, str(folder))
    assert names(tmp_path / folder) == FILES


@pytest.mark.parametrize(
    ("words", "vicinity"),
    [
        (("--alpha", 1), f"Mixup(alpha=1.0, {HALVES})"),
        (("--alpha", 0), f"Mixup(alpha=0.0, {HALVES})"),
        ((), f"Mixup(alpha=1.0, {HALVES})"),
        (("--scale", "paper"), f"Mixup(alpha=1.0, {HALVES})"),  # which has no digits
        (("--vicinity", "mixup(0.4)"), "Mixup(alpha=0.4)"),
        (("--vicinity", "CutMix", "--alpha", 1), "CutMix(alpha=1.0)"),
        (("--vicinity", "erm"), "Dirac()"),
        (("--vicinity", "own.py:MyMix(alpha=1)"), "own.py:MyMix(alpha=1)"),
    ],
)
def test_the_vicinity_is_the_one_that_is_named(called, words, vicinity):
    status, out, told = called("train", "digits", "--epochs", 1, "--rows", 50, "--out", "R", *words)
    assert (status, told) == (0, "")
    assert out.startswith(f"digits · small · {vicinity} · seed 0: 1 epoch, minibatches of 50, SGD, ")


def test_weights_are_tuned_and_a_tenth_of_the_learning_rate_is_told(called, tmp_path):
    called("train", "digits", *SHORT, "--out", "R")
    status, out, told = called(
        "train", "digits", "--weights", "R/weights.safetensors", "--rows", 100, "--epochs", 3, "--out", "S"
    )
    assert (status, told) == (0, "")
    assert " from R/weights.safetensors weights: 3 epochs, minibatches of 50, SGD, learning rate 0.01, ÷ 10 " in out
    first, tuned = (load_file(tmp_path / folder / "weights.safetensors")["head.weight"] for folder in "RS")
    fresh = build("small", classes=10, channels=1, size=8, seed=0).state_dict()["head.weight"]
    assert (tuned - first).norm() < (tuned - fresh).norm() / 2


def test_a_loss_that_is_not_finite_ends_with_status_1_and_says_where(called, tmp_path):
    (tmp_path / "broken.py").write_text(
        "from vicinal import Targets\n\n"
        "class Broken:\n"
        "    def draw(self, n, *, y=None, device=None):\n        self.n = n\n        return self\n\n"
        "    def mix(self, x):\n        return x * (float('inf') if self.n > 10 else 1)\n\n"
        "    def targets(self, y):\n        return Targets((y,))\n"
    )
    status, _, told = called("train", "digits", *BRIEF, "--vicinity", "broken.py:Broken", "--out", "R")
    where = "in epoch 1, step 1, at learning rate 0.1"
    assert (status, told) == (
        1, f"vicinal: digits · small · broken.py:Broken · seed 0: the loss was not finite {where}.\n"
    )  # fmt: skip
    assert "outcome.json" not in names(tmp_path / "R")


# Somebody's own pictures.


def test_ones_own_pictures_are_divided_trained_on_and_predicted(called, photos, tmp_path):
    status, out, told = called("train", "photos", "--size", 16, "--epochs", 4, "--out", "R")
    assert (status, told) == (0, "")
    assert out.startswith(
        "photos has no test/ or val/: 4 of its 16 pictures, of every class its quarter, are kept for testing (always "
        "the same ones).\nphotos · small · "
    )
    inputs = json.loads((tmp_path / "R" / "outcome.json").read_text())["inputs"]
    assert (inputs["classes"], inputs["preparation"]["size"]) == (["bright", "dark"], 16)
    status, out, told = called("predict", "R", "photos/dark/0.png", "photos/bright/0.png")
    assert (status, told) == (0, "")
    assert [line.rpartition(": ")[2].split()[0] for line in out.splitlines()] == ["dark", "bright"]


def test_a_broken_picture_is_named_and_left_out_if_that_is_asked_for(called, photos, tmp_path):
    (photos / "dark" / "broken.png").write_bytes(b"no picture")
    command = ("train", "photos", "--size", 16, "--epochs", 1, "--out", "R")
    status, out, told = called(*command)
    assert (status, out) == (2, "")
    assert told.startswith("vicinal: photos: 1 of 17 pictures cannot be read: dark/broken.png (")
    assert told.count("\n") == 1
    status, out, told = called(*command, "--skip-broken")
    assert (status, told) == (0, "")
    assert out.startswith("photos: 1 of 17 pictures cannot be read and is left out: dark/broken.png (")


# What cannot be trained.


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--net", "smal"), 'no net is called "smal"; did you mean "small"? '),
        (("--net", "wrn-28-10", "--pretrained"), "wrn-28-10 has no pretrained weights; "),
        (("--vicinity", "mixupp"), 'no vicinity is called "mixupp"; did you mean "mixup"? '),
    ],
)
def test_a_wrong_word_is_told_before_the_photos_are_read(called, photos, tmp_path, words, sentence):
    (photos / "dark" / "broken.png").write_bytes(b"no picture")
    status, out, told = called("train", "photos", *words, "--out", "R")
    assert (status, out, told.count("\n")) == (2, "", 1)
    assert told.startswith(f"vicinal: {sentence}")
    assert not (tmp_path / "R").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "train must be followed by a data, got nothing."),
        ("digit", 'no data set or folder is called "digit"; did you mean "digits"? (there are '),
        ("no/folder", "no/folder must be a data set's name or a folder of class folders, got nothing."),
        ("own.py", "own.py must be a data set's name or a folder of class folders, got a file."),
        ("cache", "a folder of pictures must be one with two class folders or more, got 0 in cache. Put the "),
        ("digits more", 'train must be followed by one data, got "more" as well.'),
        ("digits --net smal", 'no net is called "smal"; did you mean "small"? (there are '),
        ("digits --net mlp-8", "the data of mlp-8 must be a table, got digits."),
        ("digits --weights no.pt", '--weights must be a file that exists, got "no.pt".'),
        ("digits --weights own.py", "own.py must be safetensors, or a dictionary of tensors that torch.save wrote, "),
        ("digits --weights own.py --pretrained", "--weights and --pretrained must be given one at a time, got both."),
        ("digits --pretrained", "small has no pretrained weights; "),
        ("digits --vicinity mixupp", 'no vicinity is called "mixupp"; did you mean "mixup"? (there are '),
        ("digits --vicinity mixup(-1)", 'the vicinity "mixup(-1)" cannot be made: alpha must be a number ≥ 0, got -1.'),
        ("digits --vicinity own.py:NoVicinity", "own.py:NoVicinity must be a vicinity, a class with a method draw"),
        ("digits --vicinity own.py:Wrong", 'no class in own.py is called "Wrong" (there are '),
        ("digits --vicinity mixup(0.3) --alpha 1", '--alpha must be given with --vicinity mixup or cutmix, got it with '
         '"mixup(0.3)". Leave it out, or write it into the vicinity.\n'),
        ("digits --vicinity own.py:MyMix(alpha=1) --alpha 1", "--alpha must be given with --vicinity mixup or "),
        ("digits --vicinity erm --alpha 0", '--alpha must be given with --vicinity mixup or cutmix, got it with "erm"'),
        ("digits --vicinity mixupp --alpha 1", 'no vicinity is called "mixupp"; did you mean "mixup"? (there are '),
        ("digits --alpha -1", '--alpha must be a number ≥ 0, got "-1".'),
        ("digits --alpha inf", '--alpha must be a number ≥ 0, got "inf".'),
        ("digits --epochs 0", '--epochs must be an integer ≥ 1, got "0".'),
        ("digits --rows 1349", "digits: the number of examples to train on must be in [1, 1348], all of them, got 13"),
        ("digits --size 7", '--size must be an integer ≥ 8, got "7".'),
        ("digits --size 4096000", '--size must be an integer ≤ 4096, got "4096000".'),
        ("digits --seed -1", '--seed must be an integer ≥ 0, got "-1".'),
        ("digits --minutes 0", '--minutes must be a number > 0, got "0".'),
        ("digits --scale huge", 'no scale is called "huge" (there are laptop, paper, smoke)'),
        ("digits --precision 8", 'no precision is called "8" (there are 16-mixed, 32, 64, bf16-mixed)'),
        ("digits --logger x", 'no logger is called "x" (there are mlflow, tensorboard, wandb)'),
        ("digits --strategy x", "device, devices, strategy and precision must be what Lightning Fabric can "),
        ("digits --data-dir nowhere", '--data-dir must be a folder that exists, got "nowhere".'),
        ("digits --out own.py", "own.py must be a folder, got a file."),
        ("digits --epoch 3", 'no option of train is called "--epoch"; did you mean "--epochs"? (vicinal train --help'),
    ],
)  # fmt: skip
def test_wrong_use_is_told_in_one_sentence_and_ends_with_status_2(called, tmp_path, words, sentence):
    (tmp_path / "cache").mkdir()
    status, _, told = called("train", *words.split(), *(["--out", "R"] if words and "--out" not in words else []))
    assert (status, told.count("\n")) == (2, 1)
    assert told.startswith(f"vicinal: {sentence}")
    assert not (tmp_path / "R").exists() or names(tmp_path / "R") <= {"settings.json"}


def test_a_table_is_no_set_of_pictures(called, tmp_path):
    status, _, told = called("train", "sklearn-iris", "--out", "R")
    assert (status, told.count("\n")) == (2, 1)
    assert "sklearn-iris" in told
    assert not (tmp_path / "R").exists() or names(tmp_path / "R") <= {"settings.json"}


def test_a_vicinity_that_fails_is_told_before_anything_is_written(called, tmp_path):
    (tmp_path / "fails.py").write_text("class Fails:\n    def draw(self, n, *, y=None, device=None):\n        1 / 0\n")
    status, _, told = called("train", "digits", "--vicinity", "fails.py:Fails", "--out", "R")
    assert (status, told) == (
        2, "vicinal: fails.py:Fails cannot be used on digits: ZeroDivisionError: division by zero (fails.py, line 3)\n"
    )  # fmt: skip
    assert names(tmp_path / "R") == set()


def test_a_word_that_was_wrong_leaves_the_folder_to_the_right_one(called, tmp_path):
    assert called("train", "digits", "--net", "smal", "--out", "R")[0] == 2
    assert called("train", "digits", *SHORT, "--out", "R")[0] == 0
    assert names(tmp_path / "R") == FILES


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--seed", 1), "seed 0 instead of 1"),
        (("--alpha", 0.4), f"vicinity Mixup(alpha=0.2, {HALVES}) instead of Mixup(alpha=0.4, {HALVES})"),
        (("--net", "wrn-28-10"), "net small instead of wrn-28-10"),
        (("--epochs", 12), "epochs 2 instead of 12, schedule drops 1 instead of 6 and 9"),
        (("--rows", 50), "rows 100 instead of 50"),
    ],
)
def test_another_trial_in_the_folder_is_told(called, tmp_path, words, what):
    called("train", "digits", *SHORT, "--out", "R")
    before = stamps(tmp_path / "R")
    for further in ((), ("--resume",)):
        status, _, told = called("train", "digits", *SHORT, *words, "--out", "R", *further)
        remedy = "Name another --out, or begin anew with --fresh."
        assert (status, told) == (2, f"vicinal: R holds a trial with other settings ({what}). {remedy}\n")
    assert stamps(tmp_path / "R") == before


# What is stopped and gone on with.

LONG = ("train", "digits", "--epochs", 15, "--rows", 200, "--alpha", 1, "--seed", 3)
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Start]:
    """Start a command in a process of its own; what is left of it in the end is killed."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def stopped(process: "subprocess.Popen[str]", number: int) -> None:
    """Send a signal and see that the command ends with status 75 and one sentence."""
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 75
    assert told == "vicinal: stopped; R holds a checkpoint, and --resume goes on from there.\n"


def written(file: Path) -> int:
    """Return what changes when a file is written, 0 while there is none."""
    return file.stat().st_mtime_ns if file.exists() else 0


def wait_for(file: Path, process: "subprocess.Popen[str]", *, after: int = 0) -> None:
    while process.poll() is None and written(file) == after:
        time.sleep(0.01)


@pytest.mark.usefixtures("one_thread")
def test_sigterm_leaves_a_checkpoint_and_what_is_gone_on_with_ends_in_the_same_bits(called, started, tmp_path):
    """Takes ten seconds: a process starts and is stopped; the same is trained to its end, and beside it at once."""
    process = started("vicinal", *LONG, "--out", "R")
    wait_for(tmp_path / "R" / "curve.csv", process)
    stopped(process, signal.SIGTERM)
    assert "checkpoint.pt" in names(tmp_path / "R")
    assert "outcome.json" not in names(tmp_path / "R")
    status, _, told = called(*LONG, "--out", "R")
    sentence = "R holds this trial, stopped before its end. Go on with --resume, or begin anew with --fresh."
    assert (status, told) == (2, f"vicinal: {sentence}\n")
    status, out, _ = called(*LONG, "--out", "R", "--resume")
    assert status == 0
    assert len(re.findall(r"^goes on from epoch [0-9]+/[0-9]+(, step [0-9]+)?$", out, re.M)) == 1
    assert called(*LONG, "--out", "S")[0] == 0
    assert names(tmp_path / "R") == FILES
    assert bits(tmp_path / "R") == bits(tmp_path / "S")


@pytest.mark.long
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("seed", range(3))
def test_stopped_by_any_signal_at_any_moment_it_ends_in_the_same_bits(called, started, tmp_path, seed):
    """Takes a minute: several processes start, and are stopped at random moments once they train."""
    source = np.random.default_rng(seed)
    for number in source.permutation([signal.SIGTERM, signal.SIGUSR1, signal.SIGINT]).tolist():
        before = written(tmp_path / "R" / "settings.json")
        process = started("vicinal", *LONG, "--out", "R", "--resume")
        wait_for(tmp_path / "R" / "settings.json", process, after=before)
        time.sleep(source.uniform(0, 1))
        ended = (tmp_path / "R" / "outcome.json").exists()
        if process.poll() is None and not ended:
            process.send_signal(number)
            process.communicate(timeout=60)
            # one that had just written its outcome no longer heeds a signal: it has nothing to keep
            assert process.returncode == 75 or (tmp_path / "R" / "outcome.json").exists()
    assert called(*LONG, "--out", "R", "--resume")[0] == 0
    assert called(*LONG, "--out", "S")[0] == 0
    assert bits(tmp_path / "R") == bits(tmp_path / "S")


ABORTED = """
import atexit, os, sys
from vicinal import studies
from vicinal.__main__ import main
from vicinal.training import RankLost

def lost(*words, **options):
    atexit.register(os.abort)
    raise RankLost("digits: a process that shares it was lost.")

studies.train = lost
sys.argv = ["vicinal", "train", "digits", "--out", "R"]
main()
"""


def test_the_loss_of_a_process_ends_with_status_1_whatever_would_abort_the_others_on_their_way_out(tmp_path):
    """Takes four seconds: a process starts. Threads of the network are known to abort, now and then."""
    done = subprocess.run(
        [sys.executable, "-c", ABORTED], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60
    )
    assert (done.returncode, done.stderr) == (1, "vicinal: digits: a process that shares it was lost.\n")
    assert done.stdout.startswith("digits · small · ")


@pytest.mark.long
def test_two_processes_of_torchrun_leave_one_outcome_and_go_on_from_it(started, tmp_path):
    """Takes half a minute: two processes start, twice."""
    torchrun = ("torch.distributed.run", "--standalone", "--nproc-per-node", 2, "-m", "vicinal")
    for _ in range(2):
        process = started(*torchrun, "train", "digits", *SHORT, "--device", "cpu", "--out", "R")
        out, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
        assert out.count("s of training") == 1
        assert names(tmp_path / "R") == FILES
    environment = json.loads((tmp_path / "R" / "outcome.json").read_text())["environment"]
    assert environment["lanes"] == 2
