"""One trial in a folder of its own: begun, gone on with or left as it is, and never taken for another one."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import Images
from vicinal.studies import train, untaught
from vicinal.training import Engine, Outcome, Schedule, Sgd, Stopped, Task, Trial, _loop, load

pytestmark = pytest.mark.usefixtures("one_thread")

TASK = Task(
    data="tiny",
    net="small",
    batch=10,
    epochs=3,
    optimiser=Sgd(learning_rate=0.05),
    schedule=Schedule(drops=(2,)),
    pad=1,
    flip=True,
)
TRIAL = Trial(TASK, "Mixup(alpha=1.0, partner='halves', inplace=True)", 0)
OTHER = dataclasses.replace(TRIAL, seed=1)
STEPS = 6
"""Steps of an epoch: 53 pictures, ten a step."""
FILES = {"settings.json", "curve.csv", "weights.safetensors", "outcome.json"}


def trained(folder: Path, data: Images, trial: Trial = TRIAL, **options) -> Outcome:
    outcome, failure = train(trial, data, folder, engine=Engine(), **options)
    assert failure == ""
    assert outcome is not None
    return outcome


def after(steps: int) -> Callable[[], bool]:
    """Return what asks to stop once it has been asked so many times, which is once a step."""
    left = iter(range(1, steps))
    return lambda: next(left, None) is None


def stopped(folder: Path, data: Images, steps: int, trial: Trial = TRIAL, **options) -> None:
    with pytest.raises(Stopped):
        train(trial, data, folder, engine=Engine(), stop=after(steps), **options)


def bits(folder: Path) -> dict[str, object]:
    """Return all that a trial left but how long it took."""
    figures = json.loads((folder / "outcome.json").read_text())["figures"]
    return {"figures": figures, **{name: (folder / name).read_bytes() for name in FILES - {"outcome.json"}}}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.fixture(scope="module")
def through(tmp_path_factory: pytest.TempPathFactory, tiny) -> Path:
    """Give the folder of a run that was never stopped."""
    folder = tmp_path_factory.mktemp("through")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    trained(folder, tiny)
    torch.set_num_threads(threads)
    return folder


def test_a_run_leaves_settings_curve_weights_and_outcome(through, tiny):
    assert {path.name for path in through.iterdir()} == FILES
    settings = json.loads((through / "settings.json").read_text())
    assert settings == json.loads(json.dumps({**TRIAL.settings(), "data_fingerprint": tiny.fingerprint}))
    outcome = load(through, TRIAL)
    assert outcome is not None
    assert len(outcome.curve) == 3
    assert outcome.figures["test_error"] == outcome.curve[-1]["test_error"]
    assert outcome.figures["best_test_error"] == min(row["test_error"] for row in outcome.curve)


def test_the_folder_is_made_and_resuming_what_is_not_there_begins(through, tiny, tmp_path):
    trained(tmp_path / "a" / "b", tiny, resume=True)
    assert bits(tmp_path / "a" / "b") == bits(through)


@pytest.mark.parametrize("resume", [False, True])
def test_what_has_finished_is_reused_and_untouched(through, tiny, resume):
    before = stamps(through)
    progress: list[str] = []
    outcome = trained(through, tiny, resume=resume, progress=lambda share, text: progress.append(text))
    assert outcome == load(through, TRIAL)
    assert stamps(through) == before
    assert progress == []


def test_fresh_trains_what_has_finished_again(through, tiny, tmp_path):
    trained(tmp_path, tiny)
    before = stamps(tmp_path)
    trained(tmp_path, tiny, fresh=True)
    assert not set(stamps(tmp_path).values()) & set(before.values())
    assert bits(tmp_path) == bits(through)


@pytest.mark.parametrize("steps", [1, STEPS, STEPS + 1, 3 * STEPS - 1, 3 * STEPS])
def test_stopped_and_gone_on_with_ends_in_the_bits_of_a_run_never_stopped(through, tiny, tmp_path, steps):
    stopped(tmp_path, tiny, steps)
    assert "outcome.json" not in stamps(tmp_path)
    trained(tmp_path, tiny, resume=True)
    assert bits(tmp_path) == bits(through)
    assert {path.name for path in tmp_path.iterdir()} == FILES


def test_stopped_again_and_again_ends_in_the_same_bits(through, tiny, tmp_path):
    for _ in range(4):
        stopped(tmp_path, tiny, 4, resume=True)
    trained(tmp_path, tiny, resume=True)
    assert bits(tmp_path) == bits(through)


def test_what_was_stopped_is_gone_on_with_only_if_that_is_asked_for(through, tiny, tmp_path):
    stopped(tmp_path, tiny, 4)
    before = stamps(tmp_path)
    with pytest.raises(InputError) as told:
        trained(tmp_path, tiny)
    assert str(told.value) == (
        f"{tmp_path} holds this trial, stopped before its end. Go on with --resume, or begin anew with --fresh."
    )
    assert stamps(tmp_path) == before
    trained(tmp_path, tiny, fresh=True)
    assert bits(tmp_path) == bits(through)


@pytest.mark.parametrize(
    ("trial", "what"),
    [
        (OTHER, "seed 0 instead of 1"),
        (dataclasses.replace(TRIAL, vicinity="Dirac()"), f"vicinity {TRIAL.vicinity} instead of Dirac()"),
        (dataclasses.replace(TRIAL, task=dataclasses.replace(TASK, epochs=4)), "epochs 3 instead of 4"),
        (
            dataclasses.replace(OTHER, vicinity="Dirac()"),
            f"vicinity {TRIAL.vicinity} instead of Dirac(), seed 0 instead of 1",
        ),
    ],
)
@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("finished", [False, True])
def test_another_trial_is_told_in_one_sentence_and_stays(through, tiny, tmp_path, trial, what, resume, finished):
    if finished:
        folder = through
    else:
        folder = tmp_path
        stopped(folder, tiny, 2)
    before = stamps(folder)
    with pytest.raises(InputError) as told:
        trained(folder, tiny, trial, resume=resume)
    remedy = "Name another --out, or begin anew with --fresh."
    assert str(told.value) == f"{folder} holds a trial with other settings ({what}). {remedy}"
    assert stamps(folder) == before


def test_other_data_of_the_same_name_are_another_trial(through, tiny):
    other = dataclasses.replace(tiny, y_train=tiny.y_train.flip(0))
    with pytest.raises(
        InputError, match=r"holds a trial with other settings \(data fingerprint [0-9a-f]{12}… instead of "
    ):
        trained(through, other)


def test_where_only_settings_are_nothing_is_lost_by_beginning(through, tiny, tmp_path):
    """A wrong name of a net is told once training begins; the right one is then taken in the same folder."""
    wrong = dataclasses.replace(TRIAL, task=dataclasses.replace(TASK, net="smal"))
    with pytest.raises(InputError, match='did you mean "small"'):
        trained(tmp_path, tiny, wrong)
    trained(tmp_path, tiny)
    assert bits(tmp_path) == bits(through)


def test_a_checkpoint_of_nobody_knows_what_is_not_begun_from(through, tiny, tmp_path):
    stopped(tmp_path, tiny, 2, OTHER)
    (tmp_path / "settings.json").unlink()
    trained(tmp_path, tiny)
    assert bits(tmp_path) == bits(through)


@pytest.mark.parametrize("steps", [1, STEPS + 2])
def test_an_outcome_that_was_there_is_never_taken_for_that_of_a_fresh_trial(through, tiny, tmp_path, steps):
    """Another trial is begun over a finished one and stopped: what is gone on with is the new one."""
    trained(tmp_path, tiny, OTHER)
    stopped(tmp_path, tiny, steps, fresh=True)
    with pytest.raises(InputError, match="stopped before its end"):
        trained(tmp_path, tiny)
    trained(tmp_path, tiny, resume=True)
    assert bits(tmp_path) == bits(through)


@pytest.mark.parametrize("steps", [2, STEPS, STEPS + 2, 3 * STEPS])
def test_another_command_that_ends_first_finds_its_outcome_undisturbed_and_both_find_the_same(
    through, tiny, tmp_path, steps
):
    """Amid the training of the one the other trains from its last checkpoint to the end."""
    asked, found = 0, []

    def stop() -> bool:
        nonlocal asked
        asked += 1
        if asked == steps:
            trained(tmp_path, tiny, resume=True)
            found.append(stamps(tmp_path))
        assert asked < steps or bits(tmp_path) == bits(through)
        return False

    assert trained(tmp_path, tiny, stop=stop) == load(tmp_path, TRIAL)
    assert asked == 3 * STEPS
    assert [stamps(tmp_path)] == found


def test_a_checkpoint_that_another_command_moves_while_it_is_read_is_found_where_it_is_now(
    through, tiny, tmp_path, monkeypatch
):
    stopped(tmp_path, tiny, STEPS + 2)
    trial_of, paths = _loop.trial_of, []

    def moved(path: Path) -> dict[str, object]:
        paths.append(path.name)
        if len(paths) == 1:
            path.replace(path.with_name("checkpoint-before.pt"))
        return trial_of(path)

    monkeypatch.setattr(_loop, "trial_of", moved)
    steps: list[float] = []
    trained(tmp_path, tiny, resume=True, stop=lambda: bool(steps.append(0)))
    assert paths == ["checkpoint.pt", "checkpoint-before.pt"]
    assert len(steps) == 3 * STEPS - STEPS - 2
    assert bits(tmp_path) == bits(through)


def test_a_trial_that_fails_says_where_and_leaves_no_outcome(tiny, tmp_path):
    steep = dataclasses.replace(TASK, optimiser=Sgd(learning_rate=1e30))
    outcome, failure = train(Trial(steep, "Dirac()", 0), tiny, tmp_path, engine=Engine())
    assert outcome is None
    assert failure.startswith("tiny · small · Dirac() · seed 0: ")
    assert "not finite" in failure
    assert "at learning rate 1e+30" in failure
    assert not (tmp_path / "outcome.json").exists()


@pytest.mark.parametrize(("call", "reason"), [("Empty", "what draw(n) returns"), ("Noise(1)", "cannot be made")])
def test_a_vicinity_that_does_not_work_is_told_before_anything_is_written(tiny, own, tmp_path, call, reason):
    with pytest.raises(InputError) as told:
        trained(tmp_path, tiny, Trial(TASK, f"{own}:{call}", 0))
    assert reason in str(told.value)
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_somebodys_own_vicinity_is_another_trial_once_its_file_has_changed(tiny, own, tmp_path):
    trial = Trial(TASK, f"{own}:Noise", 0)
    trained(tmp_path, tiny, trial)
    trained(tmp_path, tiny, trial)
    own.write_text(own.read_text() + "# and more\n")
    with pytest.raises(
        InputError, match=r"holds a trial with other settings \(vicinity file [0-9a-f]{12}… instead of "
    ):
        trained(tmp_path, tiny, trial)


def test_training_moves_no_generator(tiny, tmp_path):
    before = torch.get_rng_state()
    trained(tmp_path, tiny)
    assert torch.equal(torch.get_rng_state(), before)


def test_progress_rises_to_the_end(tiny, tmp_path):
    told: list[tuple[float, str]] = []
    trained(tmp_path, tiny, progress=lambda share, text: told.append((share, text)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[-1], len(shares)) == (1.0, 3)
    assert all(str(TRIAL) in text and "test error" in text for _, text in told)


def test_a_net_that_has_learned_nothing_is_told_so(tmp_path, tiny):
    outcome = trained(tmp_path, tiny)
    for error, told in ((66.0, True), (50.0, True), (40.0, False)):  # of 17 pictures: 66.7 % by guessing, ± 22.9
        figures = dict(outcome.figures) | {"test_error": error}
        said = untaught(dataclasses.replace(outcome, figures=figures), classes=3)
        assert said.startswith("Guessing among 3 classes errs in 66.7 %: ") == told
