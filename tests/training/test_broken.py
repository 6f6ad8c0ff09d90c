"""A trial that breaks is told in one sentence, keeps what was sound before, and leaves everything else as it was."""

import math
import pickle
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from vicinal.training import Engine, Sgd, Stopped, Trial
from vicinal.training._checkpoint import last_kept

STEPS = 6  # an epoch of the tiny pictures
HALVES = "Mixup(alpha=1.0, partner='halves', inplace=True)"

OWN = """
import os
import torch
from dataclasses import dataclass
from torch import Tensor
from vicinal import Targets
from vicinal.vicinity import seed_of

class At:
    def __init__(self, *place):
        self.seed = seed_of("draw", *place)

    def draw(self, n, *, y=None, device=None):
        self.now = torch.initial_seed() == self.seed
        return self

    def mix(self, x):
        return x

    def targets(self, y):
        return Targets((y,))

class Infinite(At):
    def mix(self, x):
        return x * torch.inf if self.now and "SOUND" not in os.environ else x

@dataclass
class Steep:
    '''A finite loss whose gradient is not finite.'''
    labels: Tensor
    now: bool

    def loss(self, criterion, output):
        loss = criterion(output, self.labels)
        return loss + (0 * output.sum()).sqrt() if self.now else loss

class Overflowing(At):
    def targets(self, y):
        return Steep(y, self.now)
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Give a file with vicinities of somebody's own that break at one place."""
    file = tmp_path / "own.py"
    file.write_text(OWN)
    return file


def counters(folder: Path) -> tuple[int, int]:
    path = last_kept(folder, ["epoch", "step"])
    assert path is not None
    state = torch.load(path, weights_only=True)
    assert all(tensor.isfinite().all() for tensor in state["net"].values())
    return state["epoch"], state["step"]


@pytest.mark.parametrize(
    ("epoch", "step", "minutes", "left"),
    [(0, 2, 0.0, (0, 2)), (1, 0, 0.0, (1, 0)), (1, 5, 0.0, (1, 5)), (1, 3, 10.0, (1, 0))],
)
def test_a_loss_that_is_not_finite_is_told_and_the_checkpoint_before_it_is_gone_on_from(
    ran, same_bits, task, own, tmp_path: Path, monkeypatch, epoch, step, minutes, left
):
    trial = Trial(task, f"{own}:Infinite(3, {epoch}, {step}, 0)", 3)
    engine, folder = Engine(minutes=minutes), tmp_path / "run"
    finished = ran(trial, engine=engine, folder=folder)
    where = f"in epoch {epoch + 1}, step {step + 1}, at learning rate 0.05"
    assert finished.failure == f"{trial}: the loss was not finite {where}."
    assert not finished.weights
    assert not finished.figures
    assert counters(folder) == left
    monkeypatch.setenv("SOUND", "yes")  # its file stays as it was: another one would make another trial
    assert same_bits(ran(trial, engine=engine, folder=folder), ran(Trial(task, f"{own}:At(0)", 3)))


@pytest.mark.parametrize(
    ("minutes", "step", "left", "failure"),
    [
        (0.0, 2, (0, 2), "a weight was not finite after epoch 1, step 3, at learning rate 0.05."),
        (10.0, STEPS - 1, None, "a weight was not finite after epoch 1, step 6, at learning rate 0.05."),
        (10.0, 2, None, "the loss was not finite in epoch 1, step 4, at learning rate 0.05."),
    ],
)
def test_a_weight_that_is_not_finite_after_a_finite_loss_is_told_and_never_kept(
    ran, task, own, tmp_path: Path, minutes, step, left, failure
):
    trial, folder = Trial(task, f"{own}:Overflowing(3, 0, {step}, 0)", 3), tmp_path / "run"
    assert ran(trial, engine=Engine(minutes=minutes), folder=folder).failure == f"{trial}: {failure}"
    assert (counters(folder) if last_kept(folder, []) else None) == left


def test_a_weight_that_is_not_finite_after_the_very_last_step_is_told_without_a_folder_too(ran, task, own):
    trial = Trial(task, f"{own}:Overflowing(3, 1, {STEPS - 1}, 0)", 3)
    failure = "a weight was not finite after epoch 2, step 6, at learning rate 0.05."
    assert ran(trial).failure == f"{trial}: {failure}"


def test_an_exploding_learning_rate_is_named(ran, task):
    trial = Trial(replace(task, optimiser=Sgd(learning_rate=1e30)), "Dirac()", 0)
    assert re.fullmatch(
        r"tiny · small · Dirac\(\) · seed 0: the loss was not finite in epoch 1, step \d, at learning rate 1e\+30\.",
        ran(trial).failure,
    )


def test_a_vicinity_whose_targets_know_no_accuracy_trains_and_none_is_told(ran, task, own):
    told: list[str] = []
    finished = ran(Trial(task, f"{own}:Overflowing(0, 9, 9, 9)", 3), progress=lambda _, text: told.append(text))
    assert not finished.failure
    assert all(math.isnan(row["train_accuracy"]) for row in finished.curve)
    assert not [text for text in told if "accuracy" in text]


@pytest.mark.parametrize("name", ["Dirac()", HALVES, "Gaussian(sigma=0.3)"])
def test_every_generator_is_left_as_it_was_found(ran, task, own, tmp_path: Path, name):
    def states() -> tuple[list[int], object, bytes]:
        numpys = pickle.dumps(np.random.get_state())  # noqa: NPY002 - the global stream is the point
        return torch.get_rng_state().tolist(), random.getstate(), numpys

    before = states()
    ran(Trial(task, name, 3))
    assert states() == before
    with pytest.raises(Stopped):
        ran(Trial(task, name, 3), folder=tmp_path / "stopped", stop=lambda: True)
    assert states() == before
    assert ran(Trial(task, f"{own}:Infinite(3, 0, 2, 0)", 3)).failure
    assert states() == before
