"""A whole epoch of the loop waits for a GPU only where the sums on it are read."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from vicinal.training import Engine, Trial, _loop
from vicinal.training._loop import Loop
from vicinal.training._tally import Tally

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")

READ_EVERY = 4
"""Of the six steps that an epoch has, so that there is one read amid each."""
WAITING = """
from vicinal import Dirac

class Waiting:
    def draw(self, n, *, y=None, device=None):
        self.plain = Dirac().draw(n, y=y, device=device)
        return self

    def mix(self, x):
        return x + 0 * x.sum().item()

    def targets(self, y):
        return self.plain.targets(y)
"""


@pytest.fixture
def modes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Let waiting be an error in the second epoch but where sums are read; give the modes in which that happened."""
    reads: list[int] = []
    train, read = Loop._train, Tally.read

    def strict(loop: Loop) -> None:
        torch.cuda.synchronize()
        torch.cuda.set_sync_debug_mode("error" if loop.epoch else "default")  # the first one allocates and chooses
        train(loop)
        torch.cuda.set_sync_debug_mode("default")

    def reading(tally: Tally) -> object:
        mode = torch.cuda.get_sync_debug_mode()
        reads.append(mode)
        torch.cuda.set_sync_debug_mode("default")
        told = read(tally)
        torch.cuda.set_sync_debug_mode(mode)
        return told

    monkeypatch.setattr(_loop, "READ_EVERY", READ_EVERY)
    monkeypatch.setattr(Loop, "_train", strict)
    monkeypatch.setattr(Tally, "read", reading)
    yield reads
    torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("options", [{}, {"at_once": 5}, {"precision": "bf16-mixed"}], ids=str)
@pytest.mark.parametrize("name", ["Dirac()", "Mixup(alpha=1.0)", "Mixup(alpha=1.0, partner='halves', inplace=True)"])
def test_an_epoch_waits_only_where_the_sums_are_read(ran, task, modes, name, options):
    trial = Trial(replace(task, pad=1, flip=True), name, 3)
    assert not ran(trial, engine=Engine(device="cuda", **options)).failure
    assert modes == [0, 0, 2, 0]  # amid and at the end of either epoch


def test_a_vicinity_that_waits_is_found(ran, task, modes, tmp_path: Path):
    (tmp_path / "own.py").write_text(WAITING)
    with pytest.raises(RuntimeError, match="synchronizing CUDA operation"):
        ran(Trial(task, f"{tmp_path / 'own.py'}:Waiting", 3), engine=Engine(device="cuda"))
