"""One trial on two machines, as far as one machine can tell: one is lost, all are started again, nothing is lost."""

import json
import os
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

OWN = """
import os
from pathlib import Path
from vicinal import Mixup

class Mortal(Mixup):
    drawn = 0

    def draw(self, n, **options):
        if n > 4:  # not where a few rows are tried
            self.drawn += 1
            with Path(os.environ["DRAWS"]).open("a") as draws:
                draws.write(os.environ["RANK"] + "\\n")
            if os.environ["DIES"] == f"{os.environ['RANK']} {self.drawn}":
                os.kill(os.getpid(), 9)
        return super().draw(n, **options)
"""


@dataclass
class Launched:
    """What came of a training on two nodes: how each launcher ended, what was said there, the draws of each process."""

    codes: list[int]
    said: list[str]
    draws: Counter[str]


def on_two_nodes(out: Path, words: list[str], *, dies: str = "") -> Launched:
    """Train on two nodes of one process each; the one of rank R is killed in its D-th draw by ``dies`` "R D"."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nnodes", "2", "--nproc-per-node", "1"]
    meeting = ["--master-addr", "127.0.0.1", "--master-port", port, "-m", "vicinal"]
    own, draws = out.parent / "own.py", out.parent / "draws"
    own.write_text(OWN)
    draws.write_text("")
    trained = ["train", *words, "--vicinity", f"{own}:Mortal(alpha=1.0)", "--device", "cpu", "--out", str(out)]
    nodes = [
        subprocess.Popen(
            [*launcher, "--node-rank", str(rank), *meeting, *trained],
            env={**os.environ, "OMP_NUM_THREADS": "1", "DIES": dies, "DRAWS": str(draws)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in (0, 1)
    ]
    said = [node.communicate(timeout=400)[0] for node in nodes]
    return Launched([node.returncode for node in nodes], said, Counter(draws.read_text().split()))


def check_that_nothing_is_lost(tmp_path: Path, words: list[str], *, lost: str, at: int, steps: int) -> None:
    """Train as a whole, and again with one process killed in its draw number ``at``, where each step is kept."""
    whole, again = tmp_path / "whole", tmp_path / "again"
    undisturbed = on_two_nodes(whole, words)
    assert undisturbed.codes == [0, 0], undisturbed.said
    assert undisturbed.draws == {"0": steps, "1": steps}
    first = on_two_nodes(again, words, dies=f"{lost} {at}")
    assert 0 not in first.codes
    assert first.draws[lost] == at
    other = first.said[1 - int(lost)]
    assert "a process that shares it was lost" in other
    assert "Start all of them again: they go on from the last checkpoint" in other
    assert (again / "checkpoint.pt").is_file()
    second = on_two_nodes(again, [*words, "--resume"])
    assert second.codes == [0, 0], second.said
    assert second.draws == dict.fromkeys("01", steps - (at - 1))  # the step in which it died is taken again, no other
    assert (again / "curve.csv").read_text() == (whole / "curve.csv").read_text()
    figures = [json.loads((out / "outcome.json").read_text()) for out in (whole, again)]
    assert figures[0]["figures"] == figures[1]["figures"]
    assert figures[1]["environment"]["processes"] == 2
    one, two = (load_file(out / "weights.safetensors") for out in (whole, again))
    assert one.keys() == two.keys()
    assert all(tensor.equal(two[name]) for name, tensor in one.items())


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("lost", ["0", "1"])
def test_a_trial_on_two_nodes_of_which_one_is_lost_ends_in_the_bits_of_one_that_was_never_stopped(tmp_path, lost):
    """Four epochs of six steps; it is lost amid the second."""
    words = ["digits", "--net", "small", "--rows", "300", "--epochs", "4", "--seed", "3", "--minutes", "1e-9"]
    check_that_nothing_is_lost(tmp_path, words, lost=lost, at=9, steps=24)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("lost", ["0", "1"])
def test_imagenet_on_two_nodes_of_which_one_is_lost_ends_in_the_same_bits(tmp_path, lost):
    """The paper's recipe, on a few photos: ResNet-50, a rate that rises for five epochs and drops, workers that read.

    An epoch of so few photos is one step; it is lost in the fourth, whose rate is another than the third's.
    """
    photos(tmp_path / "data" / "imagenet")
    words = ["imagenet", "--scale", "paper", "--net", "resnet-50", "--size", "32", "--epochs", "6", "--workers", "1"]
    check_that_nothing_is_lost(
        tmp_path, [*words, "--data-dir", str(tmp_path / "data")], lost=lost, at=4, steps=6
    )  # fmt: skip
    rates = [float(row.split(",")[1]) for row in (tmp_path / "again" / "curve.csv").read_text().splitlines()[1:]]
    assert len(set(rates)) == 6


def photos(folder: Path) -> None:
    """Write photos of two classes, twenty of each to train on and four to test on."""
    generator = torch.Generator().manual_seed(0)
    for part, many in (("train", 20), ("val", 4)):
        for number in range(2 * many):
            place = folder / part / f"class-{number % 2}"
            place.mkdir(parents=True, exist_ok=True)
            pixels = torch.randint(0, 256, (40, 48, 3), generator=generator, dtype=torch.uint8)
            Image.fromarray(pixels.numpy()).save(place / f"{number:02}.jpg")
