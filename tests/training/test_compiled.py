"""A compiled net trains as one that is not compiled, and is gone on with."""

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from vicinal.models import NETS
from vicinal.training import Engine, Stopped, Trial

COMPILER = next(filter(None, map(shutil.which, ("c++", "g++", "clang++"))), None)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
INDUCTOR = pytest.param(
    "inductor",
    marks=[
        pytest.mark.long,
        pytest.mark.skipif(COMPILER is None, reason="there is no C++ compiler, which torch.compile needs on a CPU"),
    ],
)


def shallow(classes: int, channels: int) -> nn.Module:
    """Return a net with what the others have, once, since compiling takes its time."""
    layers = [nn.Conv2d(channels, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(4 * 36, classes))


@pytest.mark.parametrize("backend", ["aot_eager", INDUCTOR])
def test_a_compiled_run_is_an_ordinary_one_within_rounding(ran, same_bits, task, tmp_path: Path, monkeypatch, backend):
    Engine().fabric()  # Fabric puts a function of its own in the place of torch.compile when it is imported
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=backend))
    monkeypatch.setitem(NETS, "shallow", shallow)
    trial = Trial(replace(task, net="shallow", batch=26), "Mixup(alpha=1.0, partner='halves', inplace=True)", 3)
    eager = ran(trial)
    torch.compiler.reset()
    compiled = ran(trial, engine=Engine(compile=True))
    assert compiled.environment["compiled"]
    assert compiled.weights.keys() == eager.weights.keys()
    for name, weight in compiled.weights.items():
        torch.testing.assert_close(weight, eager.weights[name], rtol=1e-4, atol=1e-5)
    with pytest.raises(Stopped):
        ran(trial, engine=Engine(compile=True), folder=tmp_path, stop=iter([False, False, True]).__next__)
    assert same_bits(compiled, ran(trial, engine=Engine(compile=True), folder=tmp_path))
    torch.compiler.reset()
