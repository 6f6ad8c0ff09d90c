"""A compiled net trains as one that is not compiled, and is gone on with."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch._dynamo.utils import counters

from vicinal.models import NETS
from vicinal.training import Engine, Stopped, Trial
from vicinal.training._loop import Loop

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


@pytest.fixture
def graphs_of(ran, task, monkeypatch) -> Iterator[Callable[[Callable[[int, int], nn.Module]], tuple[list[int], int]]]:
    """Give what tells of a net how many graphs training adds in each epoch, and how many breaks there are in all."""
    Engine().fabric()
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="aot_eager"))
    train = Loop._train

    def count(net: Callable[[int, int], nn.Module]) -> tuple[list[int], int]:
        graphs: list[int] = []

        def counted(loop: Loop) -> None:
            before = counters["stats"]["unique_graphs"]
            train(loop)
            graphs.append(counters["stats"]["unique_graphs"] - before)

        monkeypatch.setattr(Loop, "_train", counted)
        monkeypatch.setitem(NETS, "counted", net)
        torch.compiler.reset()
        counters.clear()
        ran(Trial(replace(task, net="counted", epochs=3), "Mixup(alpha=1.0)", 3), engine=Engine(compile=True))
        return graphs, sum(counters["graph_break"].values())

    yield count
    torch.compiler.reset()


def test_a_compiled_epoch_is_one_graph_and_one_more_for_its_smaller_last_minibatch(graphs_of):
    (first, *later), breaks = graphs_of(shallow)
    assert 1 <= first <= 2
    assert later == [0, 0]
    assert breaks == 0


def test_a_break_and_graphs_beyond_the_two_are_counted(graphs_of):
    class Breaking(nn.Module):
        def __init__(self, inner: nn.Module) -> None:
            super().__init__()
            self.inner, self.calls = inner, 0

        def forward(self, x: Tensor) -> Tensor:
            self.calls += 1
            torch._dynamo.graph_break()
            return self.inner(x) + self.calls  # which dynamo takes for a constant at first

    (first, *later), breaks = graphs_of(lambda classes, channels: Breaking(shallow(classes, channels)))
    assert first + sum(later) > 2
    assert breaks > 0
