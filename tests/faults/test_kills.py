"""A kill at any moment of any kind of write: nothing half is read as whole, and nothing finished is lost."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from _server import Quiet, serving
from faults.kills import KINDS, archive, official

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no POSIX signals here")


class Numbers(Quiet):
    """Serves at /file.bin/7 a file that holds nothing but that number, and at /set.tar.gz/7 such a folder."""

    def asked(self) -> bytes:
        _, name, number = self.path.split("/")
        return official(int(number)) if name == "file.bin" else archive(int(number))

    def handle(self) -> None:
        """Answer, whether or not the one who asked is still there."""
        with suppress(ConnectionError):
            super().handle()


@pytest.fixture
def address() -> Iterator[str]:
    with serving(Numbers) as own:
        yield own


LONG = [pytest.param(kind, 200, marks=[pytest.mark.long, pytest.mark.timeout(900)]) for kind in KINDS]


@pytest.mark.tries("killed (SIGKILL) while writing: {kind}")
@pytest.mark.parametrize(("kind", "kills"), [("checkpoint", 16), ("download", 16), *LONG])
def test_killed_while_it_writes_what_is_read_is_whole_and_new(tmp_path: Path, address, tried, kind, kills):
    program = [sys.executable, str(Path(__file__).with_name("kills.py")), kind, str(tmp_path / "out"), str(kills), "1"]
    with tried(kills):
        ran = subprocess.run([*program, address], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        assert json.loads(ran.stdout)["at_steps"] >= 3  # at least: opened to write, opened to flush, renamed
