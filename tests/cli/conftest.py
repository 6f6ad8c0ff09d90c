"""Commands called in an empty folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from vicinal import cli

Told = tuple[int, str, str]
"""Exit status, what went to the output, what went to the errors."""

OWN = """
from vicinal import Mixup

class MyMix:
    def __init__(self, alpha):
        self.alpha = alpha

    def draw(self, n, *, y=None, device=None):
        return Mixup(self.alpha).draw(n)

class Failing(MyMix):
    def draw(self, n, *, y=None, device=None):
        if n > 10:
            raise ZeroDivisionError("no luck")
        return super().draw(n)

class NoVicinity:
    pass
"""


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Run a command in an empty folder, with no data and no cache of the user's."""
    monkeypatch.delenv("VICINAL_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN)

    def call(*arguments: object) -> Told:
        try:
            status = cli.run([str(argument) for argument in arguments])
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        told = capfd.readouterr()
        return status, told.out, told.err

    return call


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Compute with one thread, whose sums have one order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
