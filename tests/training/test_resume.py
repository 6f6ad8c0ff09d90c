"""Stopped or killed at any moment and started again, a trial ends in the bits of one that was never stopped."""

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from vicinal._errors import InputError
from vicinal.models import NETS
from vicinal.training import (
    Adam,
    BrokenCheckpoint,
    Engine,
    Finished,
    Stopped,
    Trial,
    begun,
    identity,
    run,
    save,
)
from vicinal.training._checkpoint import BEFORE, CURRENT

STEPS = 6  # an epoch of the tiny pictures
HERE = Path(__file__).parent

CASES = {
    "erm": {"vicinity": "Dirac()"},
    "halves in place": {"vicinity": "Mixup(alpha=1.0, partner='halves', inplace=True)"},
    "permutation": {"vicinity": "Mixup(alpha=1.0)"},
    "an example": {"vicinity": "Mixup(alpha=1.0, per='example')"},
    "cutmix": {"vicinity": "CutMix(alpha=1.0)"},
    "gaussian": {"vicinity": "Gaussian(sigma=0.3)"},
    "warm-up": {"vicinity": "Warmup(Mixup(alpha=1.0), epochs=2)"},
    "augmented": {"vicinity": "Mixup(alpha=1.0)", "pad": 2, "flip": True},
    "dropout": {"vicinity": "Mixup(alpha=1.0)", "net": "dropping"},
    "adam": {"vicinity": "Mixup(alpha=1.0)", "optimiser": Adam(learning_rate=0.01)},
    "in lanes": {"vicinity": "Mixup(alpha=1.0)", "at_once": 4},
    "at a layer": {"vicinity": "Latent(layer=2, vicinity=Mixup(alpha=1.0))"},
    "with neighbours, in lanes": {"vicinity": "Outside(alpha=1.0, k=5)", "pad": 1, "flip": True, "at_once": 4},
    "read off": {"vicinity": "Mixup(alpha=1.0)", "read_at": (1, 2)},
    "two loaders, smoothed": {"vicinity": "Outside(alpha=1.0, partner='loader')", "label_smoothing": 0.1},
}


@pytest.fixture(autouse=True)
def _net_with_dropout(monkeypatch):
    monkeypatch.setitem(NETS, "dropping", partial(NETS["small"], dropout=0.4))


@pytest.fixture
def trial_of(task) -> Callable[[str], tuple[Trial, Engine]]:
    def made(name: str) -> tuple[Trial, Engine]:
        case = dict(CASES[name])
        vicinity, engine = case.pop("vicinity"), Engine(at_once=case.pop("at_once", None))
        return Trial(replace(task, **case), vicinity, 3), engine

    return made


class After:
    """Says that it is time to stop after so many steps, once."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self) -> bool:
        self.left -= 1
        return self.left == 0


@pytest.mark.parametrize("name", CASES)
def test_stopped_after_any_step_and_started_again_nothing_is_different(ran, same_bits, trial_of, tmp_path: Path, name):
    trial, engine = trial_of(name)
    whole = ran(trial, engine=engine)
    assert not same_bits(whole, ran(replace(trial, seed=4), engine=engine))
    epoch = STEPS if engine.at_once is None else STEPS - 1  # the last three are too few for three lanes
    for step in (1, 3, epoch - 1, epoch, epoch + 1, 2 * epoch):
        folder = tmp_path / str(step)
        with pytest.raises(Stopped):
            ran(trial, engine=engine, folder=folder, stop=After(step))
        assert (folder / CURRENT).is_file()
        assert same_bits(whole, ran(trial, engine=engine, folder=folder))


def test_stopped_at_every_step_a_trial_still_ends(ran, same_bits, trial_of, tmp_path: Path):
    trial, engine = trial_of("dropout")
    stops = 0
    while True:
        try:
            finished = ran(trial, engine=engine, folder=tmp_path, stop=lambda: True)
        except Stopped:
            stops += 1
        else:
            break
    assert stops == 2 * STEPS
    assert same_bits(finished, ran(trial, engine=engine))


def test_a_finished_trial_takes_no_further_step(ran, same_bits, trial_of, tmp_path: Path):
    trial, engine = trial_of("permutation")
    first = ran(trial, engine=engine, folder=tmp_path)
    assert same_bits(first, ran(trial, engine=engine, folder=tmp_path, stop=lambda: pytest.fail("a step was taken")))


def test_what_goes_on_tells_from_which_epoch_first(ran, trial_of, tmp_path: Path):
    trial, engine = trial_of("erm")
    with pytest.raises(Stopped):
        ran(trial, engine=engine, folder=tmp_path, stop=After(STEPS + 2))
    told: list[str] = []
    ran(trial, engine=engine, folder=tmp_path, progress=lambda _, text: told.append(text))
    assert told[0] == f"{trial} · goes on from epoch 2/{trial.task.epochs}, step 3"
    assert not any("goes on" in text for text in told[1:])


def test_the_checkpoint_before_serves_where_the_last_one_is_broken(ran, same_bits, trial_of, tmp_path: Path):
    trial, engine = trial_of("augmented")
    engine = replace(engine, minutes=0.0)
    with pytest.raises(Stopped):
        ran(trial, engine=engine, folder=tmp_path, stop=After(STEPS + 2))
    (tmp_path / CURRENT).write_bytes((tmp_path / CURRENT).read_bytes()[:-100])
    with pytest.warns(BrokenCheckpoint):
        assert same_bits(ran(trial, engine=engine), ran(trial, engine=engine, folder=tmp_path))
    (tmp_path / CURRENT).write_bytes(b"")
    (tmp_path / BEFORE).write_bytes(b"")
    with pytest.warns(BrokenCheckpoint):
        assert same_bits(ran(trial, engine=engine), ran(trial, engine=engine, folder=tmp_path))


@pytest.mark.parametrize(("minutes", "kept"), [(0.0, 2 * STEPS + 2), (10.0, 2)])
def test_checkpoints_come_after_every_epoch_and_so_many_minutes(ran, trial_of, tmp_path, monkeypatch, minutes, kept):
    written: list[Path] = []
    save = torch.save
    monkeypatch.setattr(torch, "save", lambda state, file: (written.append(file), save(state, file))[1])
    trial, _ = trial_of("erm")
    ran(trial, engine=Engine(minutes=minutes), folder=tmp_path)
    assert len(written) == kept


def test_a_checkpoint_holds_trial_counters_and_plain_tensors(ran, trial_of, tiny, tmp_path: Path):
    trial, engine = trial_of("erm")
    with pytest.raises(Stopped):
        ran(trial, engine=engine, folder=tmp_path, stop=After(STEPS + 2))
    state = torch.load(tmp_path / CURRENT, weights_only=True)
    assert (state["epoch"], state["step"], len(state["curve"])) == (1, 2, 1)
    assert state["trial"] == {**trial.settings(), "data_fingerprint": tiny.fingerprint}
    assert set(state) == {"trial", "net", "optimiser", "scaler", "curve", "epoch", "step", "sums", "seconds"}
    assert state["seconds"] > 0


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"seed": 4}, "seed 3 instead of 4"),
        ({"vicinity": "Dirac()"}, "vicinity Mixup(alpha=1.0) instead of Dirac()"),
        ({"batch": 11}, "batch 10 instead of 11"),
        ({"net": "preact-resnet-18"}, "net small instead of preact-resnet-18"),  # whose weights would not even fit
        ({"data": True}, "data fingerprint {} instead of {}"),
    ],
    ids=str,
)
def test_a_checkpoint_of_another_trial_is_refused_and_everything_stays(
    ran, same_bits, trial_of, tiny, tmp_path: Path, change, what
):
    trial, engine = trial_of("permutation")
    with pytest.raises(Stopped):
        ran(trial, engine=engine, folder=tmp_path, stop=After(STEPS + 2))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    data = replace(tiny, y_train=tiny.y_train.flip(0)) if "data" in change else tiny
    of_task = {name: value for name, value in change.items() if name in ("batch", "net")}
    of_trial = {name: value for name, value in change.items() if name in ("seed", "vicinity")}
    other = replace(trial, task=replace(trial.task, **of_task), **of_trial)
    with pytest.raises(InputError) as told:
        run([other], data, engine=engine, folder=tmp_path)
    what = what.format(*(f"{each.fingerprint[:12]}…" for each in (tiny, data)))
    remedy = "Name another --out, or begin anew with --fresh."
    assert str(told.value) == f"{tmp_path} holds a trial with other settings ({what}). {remedy}"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert same_bits(ran(trial, engine=engine), ran(trial, engine=engine, folder=tmp_path))


def test_a_folder_says_whose_it_is_once_training_begins_and_has_no_outcome_any_more(
    ran, trial_of, tiny, tmp_path: Path
):
    trial, engine = trial_of("erm")
    save(tmp_path, ran(replace(trial, seed=4), engine=engine), fingerprint=tiny.fingerprint)

    def stop() -> bool:
        assert begun(tmp_path) == identity(trial, tiny.fingerprint)
        assert not (tmp_path / "outcome.json").exists()
        return True

    with pytest.raises(Stopped):
        ran(trial, engine=engine, folder=tmp_path, stop=stop)


def test_the_seconds_before_a_stop_count(ran, trial_of, tmp_path: Path):
    trial, engine = trial_of("erm")
    with pytest.raises(Stopped):
        ran(trial, engine=engine, folder=tmp_path, stop=After(STEPS + 2))
    state = torch.load(tmp_path / CURRENT, weights_only=True)
    torch.save(state | {"seconds": 1000.0}, tmp_path / CURRENT)
    finished: Finished = ran(trial, engine=engine, folder=tmp_path)
    assert 1000 < finished.environment["seconds"] < 1100


@pytest.mark.parametrize("moments", [1, pytest.param(5, marks=pytest.mark.long)])
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no POSIX signals here")
def test_killed_at_random_moments_and_started_again_nothing_is_different(tmp_path: Path, moments):
    """Checkpoints are written after every step, so that kills fall into their writing too."""
    seed = random.SystemRandom().randrange(2**32)
    command = [sys.executable, str(HERE / "killed.py"), str(tmp_path), str(moments), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"seed {seed}: {done.stdout}{done.stderr}"
    assert f"{moments} killed" in done.stdout
