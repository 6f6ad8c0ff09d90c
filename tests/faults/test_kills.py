"""A kill at any moment of any kind of write: nothing half is read as whole, and nothing finished is lost."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from _server import serving

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no POSIX signals here")
SIZE = 100_000


class Numbers(BaseHTTPRequestHandler):
    """Serves at /7 a file that holds nothing but that number."""

    def do_GET(self) -> None:
        line = f"{int(self.path.strip('/')):07}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(line) * (SIZE // 8)))
        self.end_headers()
        self.wfile.write(line * (SIZE // 8))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""

    def handle(self) -> None:
        """Answer, whether or not the one who asked is still there."""
        with suppress(ConnectionError):
            super().handle()


@pytest.fixture
def address() -> Iterator[str]:
    with serving(Numbers) as own:
        yield own


KINDS = ("checkpoint", "outcome", "table", "images", "download")
LONG = [pytest.param(kind, 200, marks=[pytest.mark.long, pytest.mark.timeout(900)]) for kind in KINDS]


@pytest.mark.parametrize(("kind", "kills"), [("checkpoint", 16), ("download", 16), *LONG])
def test_killed_while_it_writes_what_is_read_is_whole_and_new(tmp_path: Path, address, tried, kind, kills):
    program = [sys.executable, str(Path(__file__).with_name("kills.py")), kind, str(tmp_path / "out"), str(kills), "1"]
    ran = subprocess.run([*program, address], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["at_steps"] >= 3  # at least: opened, written, renamed
    tried(f"killed (SIGKILL) while writing: {kind}", kills)
