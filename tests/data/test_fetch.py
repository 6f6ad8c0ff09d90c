import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from _server import serving

from vicinal._errors import InputError
from vicinal.data._fetch import fetch, fetch_folder
from vicinal.data._official import OfficialFile, OfficialTable

CONTENT = b"1,2\n3,4\n5,6\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def archive(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members:
            written.writestr(name, content)
    return buffer.getvalue()


class Answers(BaseHTTPRequestHandler):
    """A server whose path says how it behaves; ``asked`` counts the requests for each path."""

    asked: dict[str, int]
    closing: threading.Event
    both: threading.Barrier
    tar: bytes

    def do_GET(self) -> None:
        self.asked[self.path] = self.asked.get(self.path, 0) + 1
        first = self.asked[self.path] == 1
        match self.path:
            case "/fine" | "/fine?other":
                self.send(CONTENT)
            case "/dos-lines":
                self.send(CONTENT.replace(b"\n", b"\r\n") + b"\r\n")
            case "/silent":
                self.closing.wait()
            case "/stuck":
                self.send(CONTENT, whole=False)
                self.closing.wait()
            case "/cut":
                self.send(CONTENT, whole=False)
            case "/cut-once":
                self.send(CONTENT, whole=not first)
            case "/page":
                self.send(b"<!doctype html>\n<p>Moved</p>\n")
            case "/edited":
                self.send(CONTENT.replace(b"6", b"7"))
            case "/fine.zip":
                self.send(archive(("Readme.txt", b"read me"), ("folder/f.csv", CONTENT)))
            case "/escaping.zip":
                self.send(archive(("../../escaped.csv", b"0"), ("../../f.csv", CONTENT)))
            case "/without.zip":
                self.send(archive(("g.csv", CONTENT)))
            case "/broken.zip":
                self.send(archive(("f.csv", CONTENT)).replace(b"f.csv", b"f.csv", 1)[:-8])
            case "/damaged.zip":
                self.send(archive(("f.csv", CONTENT * 20)).replace(b"\x04", b"\x05"))
            case "/set.tar.gz":
                self.send(self.tar)
            case "/both.tar.gz":
                self.both.wait(timeout=120)  # until a second one asks for it
                self.send(self.tar)
            case _:
                self.send_error(404)

    def send(self, content: bytes, *, whole: bool = True) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if whole else content[: len(content) // 2])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@pytest.fixture
def asked() -> dict[str, int]:
    return {}


@pytest.fixture
def server(asked) -> Iterator[str]:
    closing = threading.Event()
    handler = type("Answering", (Answers,), {"asked": asked, "closing": closing, "both": threading.Barrier(2)})
    with serving(handler) as address:
        yield address
        closing.set()


def described(address: str) -> OfficialTable:
    return OfficialTable("f.csv", address, 3, 2, SHA256)


@pytest.mark.parametrize("path", ["/fine", "/fine.zip", "/escaping.zip"])
def test_a_file_arrives_whole_and_alone(server, tmp_path, path):
    folder = tmp_path / "new" / "cache"
    assert fetch(described(server + path), folder) == folder / "f.csv"
    assert (folder / "f.csv").read_bytes() == CONTENT
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [folder / "f.csv"]


def test_line_ends_of_the_server_are_kept(server, tmp_path):
    path = fetch(described(server + "/dos-lines"), tmp_path)
    assert path.read_bytes() == CONTENT.replace(b"\n", b"\r\n") + b"\r\n"


def test_what_was_there_is_replaced_only_by_a_whole_file(server, tmp_path):
    (tmp_path / "f.csv").write_text("old")
    with pytest.raises(InputError):
        fetch(described(server + "/cut"), tmp_path)
    assert (tmp_path / "f.csv").read_text() == "old"
    fetch(described(server + "/fine"), tmp_path)
    assert (tmp_path / "f.csv").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "reason", "times"),
    [
        ("/nowhere", "the server answered 404", 1),
        ("/silent", "no answer within 0.2 s", 2),
        ("/stuck", "no answer within 0.2 s", 2),
        ("/cut", "the transfer was cut off", 2),
        ("/page", "what came is not the official file: expected 3 rows × 2 columns, found 2 × 2", 1),
        ("/edited", "what came is not the official file: expected 3 rows × 2 columns, found other values in them", 1),
    ],
)
def test_what_does_not_arrive_is_told_with_file_folder_and_address(server, asked, tmp_path, path, reason, times):
    with pytest.raises(InputError) as failure:
        fetch(described(server + path), tmp_path, timeout=0.2)
    assert str(failure.value) == (
        f"f.csv is not here and could not be fetched ({reason}). Download {server}{path} and put it into {tmp_path}, "
        "or name another folder with --data-dir."
    )
    assert failure.value.__suppress_context__ or failure.value.__context__ is None
    assert list(tmp_path.iterdir()) == []
    assert asked[path] == times


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/without.zip", "the archive holds no f.csv"),
        ("/broken.zip", "what came is no zip archive that can be read"),
        ("/damaged.zip", "what came is no zip archive that can be read"),
    ],
)
def test_an_archive_without_the_file_is_told(server, tmp_path, path, reason):
    with pytest.raises(InputError) as failure:
        fetch(described(server + path), tmp_path)
    assert f"({reason}). Download {server}{path} and put its f.csv into {tmp_path}, or" in str(failure.value)
    assert list(tmp_path.iterdir()) == []


def test_a_transfer_that_was_cut_off_is_tried_once_more(server, asked, tmp_path):
    assert fetch(described(server + "/cut-once"), tmp_path).read_bytes() == CONTENT
    assert asked == {"/cut-once": 2}


def test_without_a_network_the_sentence_is_the_same(server, tmp_path):
    """A port that was just closed: nobody listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as closed:
        address = f"http://127.0.0.1:{closed.server_port}/f.csv"
    with pytest.raises(InputError, match=r"^f\.csv is not here and could not be fetched \(no connection\)\. Download"):
        fetch(described(address), tmp_path)


def test_a_folder_that_cannot_be_made_is_told(server, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=re.escape(f"({tmp_path / 'file'} cannot be written to: File exists)")):
        fetch(described(server + "/fine"), tmp_path / "file")


def test_nothing_is_printed_where_there_is_no_terminal(server, tmp_path, capfd):
    fetch(described(server + "/fine"), tmp_path)
    assert capfd.readouterr() == ("", "")


def test_a_terminal_sees_a_bar(server, tmp_path):
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    program = (
        "import pathlib, sys; from vicinal.data._fetch import fetch; from vicinal.data._official import OfficialTable;"
        f"fetch(OfficialTable('f.csv', {server + '/fine'!r}, 3, 2, {SHA256!r}), pathlib.Path({str(tmp_path)!r}))"
    )
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    termios.tcsetwinsize(theirs, (24, 80))
    try:
        subprocess.run([sys.executable, "-c", program], stdout=theirs, stderr=theirs, check=True)
        assert b"f.csv:" in os.read(ours, 10_000)
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.fixture
def tar():
    """Return a function that makes an archive of files, given by name; None is a link that leads out of it."""

    def make(**members: bytes | None) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as written:
            for name, content in members.items():
                info = tarfile.TarInfo(name.replace("__", "/"))
                info.size = len(content or b"")
                if content is None:
                    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
                written.addfile(info, io.BytesIO(content or b""))
        return buffer.getvalue()

    return make


@pytest.fixture
def serve(server, monkeypatch):
    """Return a function that serves some bytes and describes them as official."""

    def put(content: bytes) -> OfficialFile:
        monkeypatch.setattr(Answers, "tar", content, raising=False)
        return OfficialFile("set.tar.gz", f"{server}/set.tar.gz", hashlib.md5(content).hexdigest())

    return put


def test_a_folder_arrives_whole(serve, tar, tmp_path):
    place = fetch_folder("set", serve(tar(set__a=b"1", set__b=b"22", other=b"3")), tmp_path / "new")
    assert place == tmp_path / "new" / "set"
    assert {path.name: path.read_bytes() for path in place.iterdir()} == {"a": b"1", "b": b"22"}
    assert sorted((tmp_path / "new").iterdir()) == [tmp_path / "new" / ".lock", place]


def test_a_folder_that_an_archive_holds_the_content_of_arrives_whole(serve, tar, tmp_path):
    place = fetch_folder("set", serve(tar(a=b"1", below__b=b"22")), tmp_path, flat=True)
    assert place == tmp_path / "set"
    found = {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert found == {"a": b"1", "below/b": b"22"}
    sentence = re.escape(f"put what it holds as a folder other into {tmp_path}, or name another folder")
    with pytest.raises(InputError, match=rf"^other is not here .*, found .*{sentence}"):
        fetch_folder("other", changed(serve(tar(a=b"1"))), tmp_path, flat=True)


def test_an_archive_of_nothing_is_told(serve, tmp_path):
    with pytest.raises(InputError, match=r"set is not here and could not be fetched \(nothing came\)"):
        fetch_folder("set", serve(b""), tmp_path)


def test_an_incomplete_folder_is_replaced(serve, tar, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "old").write_text("old")
    place = fetch_folder("set", serve(tar(set__a=b"1")), tmp_path)
    assert [path.name for path in place.iterdir()] == ["a"]


def test_two_processes_that_fetch_at_once_get_one_folder(serve, server, tar, tmp_path):
    """What the first has put in its place, and may be reading, the second leaves where it is."""
    archive = serve(tar(set__a=b"1", set__b=b"22"))
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a").write_text("incomplete")
    program = (
        "import pathlib, sys; from vicinal.data._fetch import fetch_folder;"
        "from vicinal.data._official import OfficialFile;"
        f"archive = OfficialFile({archive.name!r}, {server + '/both.tar.gz'!r}, {archive.md5!r});"
        f"place = fetch_folder('set', archive, pathlib.Path({str(tmp_path)!r}));"
        "print(place.stat().st_ino, *sorted(file.name for file in place.iterdir()), flush=True);"
        "sys.stdin.read(); print((place / 'b').read_text())"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        folders = {process.stdout.readline() for process in both if process.stdout is not None}
        assert folders == {f"{(tmp_path / 'set').stat().st_ino} a b\n"}
        assert [process.communicate()[0] for process in both] == ["22\n", "22\n"]
    finally:
        for process in both:
            process.kill()
            process.wait()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "set"]


def changed(archive: OfficialFile) -> OfficialFile:
    return OfficialFile(archive.name, archive.address, "0" * 32)


@pytest.mark.parametrize(
    ("members", "content", "reason"),
    [
        ({"set__a": b"1", "set__b": None}, None, "the archive holds what no data set needs: 'set/b' is a link to"),
        ({"set__a": b"1", "..__b": b"2"}, None, "the archive holds what no data set needs: '../b' would be extracted"),
        ({"other__a": b"1"}, None, "the archive holds no set"),
        ({}, b"<!doctype html>", "what came is no tar archive that can be read"),
        ({}, b"\x1f\x8b\x08", "what came is no tar archive that can be read"),
    ],
)
def test_a_folder_that_cannot_be_had_leaves_nothing(serve, tar, tmp_path, members, content, reason):
    with pytest.raises(InputError) as failure:
        fetch_folder("set", serve(tar(**members) if content is None else content), tmp_path / "here")
    assert str(failure.value).startswith(f"set is not here and could not be fetched ({reason}")
    assert f"/set.tar.gz and put its set into {tmp_path / 'here'}, or name another folder" in str(failure.value)
    assert list((tmp_path / "here").iterdir()) == []
    assert list(tmp_path.iterdir()) == [tmp_path / "here"]


def test_a_truncated_archive_and_another_content_are_told(serve, tar, tmp_path):
    archive = serve(tar(set__a=os.urandom(50_000)))
    with pytest.raises(InputError, match=r"what came is not the official file: expected the MD5 sum 0{32}, found "):
        fetch_folder("set", changed(archive), tmp_path)
    with pytest.raises(InputError, match="no tar archive that can be read"):
        fetch_folder("set", serve(tar(set__a=os.urandom(50_000))[:30_000]), tmp_path)
    assert list(tmp_path.iterdir()) == []
