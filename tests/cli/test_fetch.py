"""Data are brought to where they are asked for, and what is here is checked."""

import dataclasses
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vicinal.data import SETS
from vicinal.data._official import OfficialTable
from vicinal.data._origin import Files

CONTENT = b"1,x\n2,y\n"


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Publish something small in place of the table of Abalone, and give its address."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "abalone.data").write_bytes(CONTENT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(tmp_path / "web")))
    threading.Thread(target=server.serve_forever).start()
    address = f"http://127.0.0.1:{server.server_port}/abalone.data"
    table = OfficialTable("abalone.data", address, 2, 2, hashlib.sha256(CONTENT).hexdigest())
    for name in ("abalone", "arcene", "arrhythmia", "htru2", "iris", "phishing"):
        monkeypatch.setitem(SETS, name, dataclasses.replace(SETS[name], origin=Files((table,))))
    yield address
    server.shutdown()
    server.server_close()


def test_what_is_not_here_is_fetched_into_the_folder_that_is_named(called, published, tmp_path):
    status, out, told = called("fetch", "tabular", "--scale", "paper", "--data-dir", "data")
    assert (status, told) == (0, "")
    assert out.splitlines()[0] == "abalone: data/abalone"
    assert (tmp_path / "data" / "abalone" / "abalone.data").read_bytes() == CONTENT
    assert SETS["abalone"].here(tmp_path / "data")


def test_without_a_folder_it_goes_where_every_command_looks(called, published, tmp_path):
    assert called("fetch", "tabular", "--scale", "paper")[0] == 0
    assert SETS["abalone"].here()
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"web", "cache"}


def test_what_is_here_is_checked_and_not_fetched(called, published, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "abalone.data").write_bytes(CONTENT + b"3,y\n")
    status, out, _ = called("fetch", "tabular", "--scale", "paper", "--data-dir", "data")
    assert status == 0
    assert out.splitlines()[:2] == [
        "abalone: data",
        "Beware: data/abalone.data is not the official abalone.data (expected 2 rows × 2 columns, found 3 × 2); it is "
        "used as it is.",
    ]
    status, quiet, _ = called("fetch", "tabular", "--scale", "paper", "--data-dir", "data", "--quiet")
    assert status == 0
    assert quiet.splitlines() == [line for line in out.splitlines() if not line.startswith("Beware: ")]


def test_data_without_files_are_said_to_need_none(called):
    status, out, told = called("fetch", "decision-boundary")
    assert (status, out, told) == (0, "ring-and-blob: needs no files\n", "")


def test_what_nobody_may_pass_on_is_told_after_all_else_is_here(called, published, tmp_path):
    status, out, told = called("fetch", "imagenet", "tabular", "--scale", "paper", "--data-dir", "data")
    assert status == 2
    assert told.startswith("vicinal: no folder imagenet with train/ and val/ is in data, ")
    assert told.count("\n") == 1
    assert "phishing: data/" in out


def test_each_data_set_that_cannot_be_had_is_told_on_a_line_of_its_own(called, published, tmp_path):
    for name in ("arcene", "iris"):
        lost = OfficialTable(f"{name}.data", published.replace("abalone", name), 2, 2, "")
        SETS[name] = dataclasses.replace(SETS[name], origin=Files((lost,)))
    status, _, told = called("fetch", "tabular", "--scale", "paper", "--data-dir", "data")
    assert status == 2
    assert [line.partition(" is not here")[0] for line in told.splitlines()] == [
        "vicinal: arcene.data",
        "vicinal: iris.data",
    ]
    assert "\\n" not in told


def test_a_name_that_no_experiment_has_is_told(called):
    status, _, told = called("fetch", "tabuler")
    assert (status, told) == (
        2,
        'vicinal: no experiment is called "tabuler"; did you mean "tabular"? (vicinal list shows all)\n',
    )
