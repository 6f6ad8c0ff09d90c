"""Several processes share a trial as one process shares it with itself, and the loss of one of them is survived."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

RANKS = Path(__file__).parent / "ranks.py"
LOST = "tiny · small · Mixup(alpha=1.0) · seed 3: a process that shares it was lost. "
REMEDY = "Start all of them again: they go on from the last checkpoint."
EPOCH, WHOLE = 5, 15
"""Steps of 53 pictures in minibatches of ten; of the last three there are too few for two processes."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no POSIX processes here")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give what came of every story that ``ranks.py`` plays."""
    command = [sys.executable, str(RANKS), str(tmp_path_factory.mktemp("ranks"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_two_processes_are_one_with_accumulated_gradients_whose_parts_draw_as_they_do(told):
    assert told["codes"] == [[0], [0], [0, 0]]
    assert told["apart"]["weights"] < 1e-10
    assert told["apart"]["curve"] < 1e-10


def test_layers_and_partners_of_two_processes_are_those_of_one(told):
    story = told["further"]
    assert story["codes"] == [[0], [0, 0]]
    assert story["apart"]["weights"] < 1e-10
    assert story["apart"]["curve"] < 1e-10
    assert story["from mixup"]["weights"] > 1e-3


def test_the_comparison_of_processes_can_fail(told):
    assert told["without lanes"]["weights"] > 1e-3
    assert told["apart"]["running"] > 1e-3  # each process normalises by its own, the first one's are kept


def test_one_process_that_is_asked_to_stop_stops_all_and_they_go_on_together(told):
    story = told["stopped"]
    assert story["codes"] == [75, 75]
    assert story["kept"]
    assert story["again"] == [0, 0]
    assert story["steps"] == {"first": 8, "then": WHOLE - 8, "whole": WHOLE}
    assert story["same"]


def test_what_two_processes_have_begun_one_goes_on_with(told):
    assert told["then alone"]["codes"] == [0]
    assert told["then alone"]["apart"]["weights"] < 1e-10
    assert told["then alone"]["apart"]["curve"] < 1e-10


@pytest.mark.parametrize(("name", "codes"), [("second killed", [1, -9]), ("first killed", [-9, 1])])
def test_a_process_that_is_killed_ends_the_others_in_one_sentence_and_all_go_on(told, name, codes):
    story = told[name]
    assert story["codes"] == codes
    assert story["said"] == f"vicinal: {LOST}{REMEDY}\n"
    assert story["kept"]
    assert story["again"] == [0, 0]
    assert story["steps"] == {"first": 8, "then": WHOLE - EPOCH, "whole": WHOLE}  # one epoch had been kept
    assert story["same"]


def test_a_loss_that_breaks_in_one_process_fails_the_trial_in_all_of_them(told):
    assert told["broken"]["codes"] == [0, 0]
    assert told["broken"]["failure"].endswith("the loss was not finite in epoch 2, step 3, at learning rate 0.05.")


def test_the_answers_of_all_processes_are_kept_together(told):
    """The first process alone has its own running statistics, so that the answers of one process are others."""
    assert told["read off"]["names"] == ["test_answers_1", "test_answers_3", "test_target"]
    assert told["read off"]["error"] == pytest.approx(told["read off"]["told"])
    assert told["apart"]["targets"] == 0


@pytest.mark.long
@pytest.mark.parametrize("launcher", ["torchrun", "fabric"])
def test_both_launchers_start_lose_and_go_on(tmp_path: Path, told, launcher):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    folders = [tmp_path / "together", tmp_path / "killed"]
    by_torchrun = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", port]
    started = [sys.executable, *(by_torchrun if launcher == "torchrun" else []), str(RANKS)]
    environment = {**os.environ, "MASTER_PORT": port}
    said = []
    for folder in (folders[0], folders[1], folders[1]):
        folder.mkdir(exist_ok=True)
        command = [*started, str(folder), "launched"]
        said.append(subprocess.run(command, capture_output=True, text=True, check=False, env=environment))
    assert [done.returncode for done in said] == [0, 1, 0], "".join(done.stderr for done in said)
    assert f"vicinal: {LOST}{REMEDY}\n" in said[1].stderr
    whole, again = (torch.load(folder / "result.pt") for folder in folders)
    assert whole[:2] == again[:2]
    assert whole[2].keys() == again[2].keys()
    assert all(torch.equal(tensor, again[2][name]) for name, tensor in whole[2].items())
    together, killed = (len((folder / "steps").read_text().splitlines()) for folder in folders)
    assert (together, killed) == (WHOLE, 8 + WHOLE - EPOCH)
