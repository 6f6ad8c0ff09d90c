"""One trial on two machines, as far as one machine can tell: one is lost, all are started again, nothing is lost."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

OWN = """
import os
from vicinal import Mixup

class Mortal(Mixup):
    drawn = 0

    def draw(self, n, **options):
        self.drawn += 1
        if os.environ.get("DIES") == f"{os.environ['RANK']} {self.drawn}":
            os.kill(os.getpid(), 9)
        return super().draw(n, **options)
"""
TRAIN = ["train", "digits", "--net", "small", "--rows", "300", "--epochs", "4", "--seed", "3", "--device", "cpu"]


def on_two_nodes(out: Path, *more: str, dies: str = "") -> list[tuple[int, str]]:
    """Start a training on two nodes and return how each launcher ended and what was said there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nnodes", "2", "--nproc-per-node", "1"]
    meeting = ["--master-addr", "127.0.0.1", "--master-port", port, "-m", "vicinal"]
    words = [
        *TRAIN,
        "--minutes",
        "0.001",
        "--vicinity",
        f"{out.parent / 'own.py'}:Mortal(alpha=1.0)",
        "--out",
        str(out),
        *more,
    ]
    nodes = [
        subprocess.Popen(
            [*launcher, "--node-rank", str(rank), *meeting, *words],
            env={**os.environ, "OMP_NUM_THREADS": "1", "DIES": dies},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in (0, 1)
    ]
    said = [node.communicate(timeout=400)[0] for node in nodes]
    return [(node.returncode, text) for node, text in zip(nodes, said, strict=True)]


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("lost", ["0", "1"])
def test_a_trial_on_two_nodes_of_which_one_is_lost_ends_in_the_bits_of_one_that_was_never_stopped(tmp_path, lost):
    (tmp_path / "own.py").write_text(OWN)
    whole, again = tmp_path / "whole", tmp_path / "again"
    for code, said in on_two_nodes(whole):
        assert code == 0, said
    first = on_two_nodes(again, dies=f"{lost} 9")  # in the second epoch, amid it
    assert all(code != 0 for code, _ in first)
    other = first[1 - int(lost)][1]
    assert "a process that shares it was lost" in other
    assert "Start all of them again: they go on from the last checkpoint" in other
    assert (again / "checkpoint.pt").is_file()
    for code, said in on_two_nodes(again, "--resume"):
        assert code == 0, said
    assert (again / "curve.csv").read_text() == (whole / "curve.csv").read_text()
    figures = [json.loads((out / "outcome.json").read_text()) for out in (whole, again)]
    assert figures[0]["figures"] == figures[1]["figures"]
    assert figures[1]["environment"]["processes"] == 2
    one, other = (load_file(out / "weights.safetensors") for out in (whole, again))
    assert all(tensor.equal(other[name]) for name, tensor in one.items())
