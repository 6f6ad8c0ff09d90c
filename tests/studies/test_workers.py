"""Whatever becomes of one process is told in one sentence, and the others finish."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from multiprocessing import forkserver
from pathlib import Path

import pytest

from vicinal.studies import _workers, folders, study
from vicinal.training import Sgd, Task, Trial


def amid(trials: list[Trial], name: str) -> list[Trial]:
    """Return the list with three trials of somebody's own vicinity in its middle."""
    return [*trials[:2], *(Trial(trials[0].task, name, seed) for seed in (0, 1, 2)), *trials[2:]]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("Deadly", "the process was killed by signal 9."),
        ("Leaving", "the process ended with status 3."),
        ("Signalled(15)", "it was stopped by a signal. Run the command again."),
        ("Signalled(10)", "it was stopped by a signal. Run the command again."),
        ("Raising", "ZeroDivisionError: no luck ({file}, line {line})"),
        ("Editing", "its data or the file of its vicinity changed while it ran. Run the command again."),
    ],
    ids=["killed", "leaving", "asked by SIGTERM", "asked by SIGUSR1", "raising", "editing"],
)
def test_the_end_of_a_process_is_one_sentence_and_the_others_finish(trials, brought, own, tmp_path, call, reason):
    asked = amid(trials, f"{own}:{call}")
    theirs = asked[2:5]
    result = brought(asked, tmp_path, processes=2)
    line = 1 + own.read_text().splitlines().index('        raise ZeroDivisionError("no luck")')
    sentence = f"ring-and-blob · {own}:{call} · seeds 0 to 2: {reason.format(file=own, line=line)}"
    assert result.failures == dict.fromkeys(theirs, sentence)
    assert result.trained == set(result.outcomes) == set(asked) - set(theirs)
    assert multiprocessing.active_children() == []


def test_a_trial_that_keeps_checkpoints_and_is_stopped_by_a_signal_from_elsewhere_says_that_it_can_be_gone_on_with(
    brought, own, tmp_path
):
    task = Task(data="digits", net="small", batch=128, epochs=2, rows=256, optimiser=Sgd())
    trial = Trial(task, f"{own}:Signalled({int(signal.SIGUSR1)})", 0)
    result = brought([trial], tmp_path)
    sentence = f"{trial}: it was stopped by a signal. Run the command again: it goes on from the checkpoint."
    assert (result.failures, result.outcomes) == ({trial: sentence}, {})
    assert list(tmp_path.glob("*/checkpoint.pt"))


SCRIPT = """
from pathlib import Path
from vicinal.studies import folders, study
from vicinal.training import Task, Trial

print("begun")
trials = [Trial(Task(data="sklearn-iris", batch=16, epochs=1, net="mlp-8"), "Dirac()", 0)]
done = study(trials, folders(trials, Path("out"), None))
print(len(done.outcomes), *done.failures.values())
"""


def test_the_server_imports_what_large_nets_need_where_there_are_some(monkeypatch):
    """Each of them has a process of its own, which would take seconds for it."""
    preloaded: list[list[str]] = []
    monkeypatch.setattr(_workers, "_start_server", lambda: None)
    monkeypatch.setattr(forkserver, "set_forkserver_preload", preloaded.append)
    monkeypatch.setattr(type(multiprocessing.get_context("forkserver")), "set_forkserver_preload",
                        lambda _, modules: preloaded.append(modules))  # fmt: skip
    for large in (False, True):
        _workers._context(large=large)
    assert [_workers.OF_LARGE_NETS in each for each in preloaded] == [False, True]


def test_a_script_that_does_not_ask_whether_it_is_the_main_one_is_run_once(tmp_path):
    """Takes four seconds: Python is started anew."""
    (tmp_path / "script.py").write_text(SCRIPT)
    words = [sys.executable, "script.py"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout.splitlines(), done.returncode) == (["begun", "1"], 0), done.stderr


@pytest.mark.skipif("forkserver" not in multiprocessing.get_all_start_methods(), reason="there is no such server here")
def test_what_a_scheduler_sends_to_all_processes_does_not_end_the_server_that_starts_them(trials, brought, tmp_path):
    brought(trials[:1], tmp_path / "a")
    server = forkserver._forkserver._forkserver_pid  # pyright: ignore[reportAttributeAccessIssue]
    for number in (signal.SIGUSR1, signal.SIGTERM, signal.SIGINT):
        os.kill(server, number)
    assert brought(trials[:1], tmp_path / "b").trained == {trials[0]}
    assert forkserver._forkserver._forkserver_pid == server  # pyright: ignore[reportAttributeAccessIssue]


def test_an_interrupt_ends_the_processes_also_those_that_do_not_heed_it(trials, own, tmp_path, monkeypatch):
    monkeypatch.setattr(_workers, "GRACE", 1.0)
    asked = [Trial(trials[0].task, f"{own}:Sleeping", 0), trials[0]]
    places = folders(asked, tmp_path, None)

    def interrupt(count: float, text: str) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        study(asked, places, processes=2, progress=interrupt)
    assert time.monotonic() - started < 30
    assert multiprocessing.active_children() == []


def test_a_loss_that_is_not_finite_fails_its_trial_and_no_other_of_the_stack(trials, brought, own, tmp_path):
    asked = amid(trials, f"{own}:Broken(1)")
    result = brought(asked, tmp_path, processes=2)
    sentence = f"{asked[3]}: the loss was not finite in epoch 2, step 1, at learning rate 0.001."
    assert result.failures == {asked[3]: sentence}
    assert result.trained == set(result.outcomes) == set(asked) - {asked[3]}


def test_a_failed_trial_fails_again_in_the_next_call_and_the_others_stay(trials, brought, own, tmp_path):
    asked = amid(trials[:2], f"{own}:Broken(1)")
    first, second = (brought(asked, tmp_path) for _ in range(2))
    assert first.failures == second.failures
    assert set(first.outcomes) == set(second.outcomes)
    assert second.trained == frozenset()


def test_what_fails_when_it_is_trained_afresh_has_failed_whatever_was_there(trials, brought, own, tmp_path):
    source = own.read_text()
    asked = [Trial(trials[0].task, f"{own}:Fickle", 0), trials[0]]
    flag = tmp_path / "flag"
    fickle = f"""
class Fickle(Noise):
    def trained_with(self):
        if os.path.exists({str(flag)!r}):
            raise ZeroDivisionError("no luck")
"""
    own.write_text(source + fickle)
    assert set(brought(asked, tmp_path / "out").outcomes) == set(asked)
    flag.touch()
    again = brought(asked, tmp_path / "out", fresh=True)
    assert set(again.failures) == {asked[0]}
    assert set(again.outcomes) == again.trained == {asked[1]}


@pytest.mark.parametrize("call", ["Empty", "Missing", "Noise(1)"])
def test_a_vicinity_that_does_not_fit_fails_in_one_sentence(trials, brought, own: Path, tmp_path, call):
    lost = Trial(trials[0].task, f"{own}:{call}", 0)
    result = brought([*trials[:2], lost], tmp_path)
    assert set(result.failures) == {lost}
    assert result.failures[lost].startswith(f"ring-and-blob · {own}:{call} · seed 0: ")
    assert "\n" not in result.failures[lost]
    assert result.trained == set(trials[:2])


def test_somebodys_own_vicinity_trains(trials, brought, own, tmp_path):
    theirs, ours = (Trial(trials[0].task, name, 0) for name in (f"{own}:Noise", "Gaussian(sigma=0.1)"))
    outcomes = brought([theirs, ours], tmp_path).outcomes
    assert outcomes[theirs].figures == outcomes[ours].figures
