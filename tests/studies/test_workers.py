"""Whatever becomes of one process is told in one sentence, and the others finish."""

import dataclasses
import multiprocessing
from pathlib import Path

import pytest

from vicinal.training import Trial


def amid(trials: list[Trial], name: str) -> list[Trial]:
    """Return the list with three trials of somebody's own vicinity in its middle."""
    return [*trials[:2], *(Trial(trials[0].task, name, seed) for seed in (0, 1, 2)), *trials[2:]]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("Deadly", "{0} and 2 more: the process was killed by signal 9."),
        ("Leaving", "{0} and 2 more: the process ended with status 3."),
        ("Raising", "{0} and 2 more: ZeroDivisionError: no luck ({1}, line 39)"),
        ("Broken(1)", "{2}: the loss was not finite in epoch 2, step 1, at learning rate 0.001."),
    ],
)
def test_a_failure_is_one_sentence_and_the_others_finish(trials, brought, own: Path, tmp_path, call, told):
    asked = amid(trials, f"{own}:{call}")
    theirs = asked[2:5]
    result = brought(asked, tmp_path, processes=2)
    assert result.failures == (told.format(theirs[0], own, theirs[1]),)
    lost = {theirs[1]} if call == "Broken(1)" else set(theirs)
    assert set(result.outcomes) == set(asked) - lost == result.done
    assert multiprocessing.active_children() == []


def test_a_failed_trial_is_tried_again_by_the_next_call(trials, brought, own, tmp_path):
    asked = amid(trials[:2], f"{own}:Broken(1)")
    first, second = (brought(asked, tmp_path) for _ in range(2))
    assert first.failures == second.failures
    assert second.reused == set(first.outcomes)
    assert second.done == frozenset()


@pytest.mark.parametrize("call", ["Empty", "Missing", "Noise(1)"])
def test_a_vicinity_that_does_not_fit_fails_in_one_sentence(trials, brought, own, tmp_path, call):
    result = brought([*trials[:2], Trial(trials[0].task, f"{own}:{call}", 0)], tmp_path)
    (told,) = result.failures
    assert told.startswith(f"ring-and-blob · {own}:{call} · seed 0: ")
    assert "\n" not in told
    assert result.done == set(trials[:2])


def test_a_data_set_that_is_not_here_fails_its_own_trials_only(trials, tmp_path):
    """The parent finds its data; a process that does not, since the folder has gone, says so in one sentence."""
    from vicinal.studies import study

    gone = dataclasses.replace(trials[0].task, data="iris")
    lost = Trial(gone, "Dirac()", 0)
    places = {trial: tmp_path / str(number) for number, trial in enumerate([*trials[:2], lost])}
    result = study([*trials[:2], lost], places, data_dir=tmp_path / "nowhere")
    (told,) = result.failures
    assert (
        told
        == f"{lost}: --data-dir must be a folder, got {tmp_path / 'nowhere'}, which is none. Name the folder with the data."
    )
    assert result.done == set(trials[:2])


def test_somebodys_own_vicinity_trains(trials, brought, own, tmp_path):
    theirs, ours = (Trial(trials[0].task, name, 0) for name in (f"{own}:Noise", "Gaussian(sigma=0.1)"))
    outcomes = brought([theirs, ours], tmp_path).outcomes
    assert outcomes[theirs].figures == outcomes[ours].figures
