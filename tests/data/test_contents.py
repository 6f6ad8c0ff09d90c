"""What is known of files holds for as long as they are as they were."""

import os
import re
import threading
from pathlib import Path

import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import _contents, named
from vicinal.data._contents import Contents
from vicinal.data._find import cache


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    for variable in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))


@pytest.fixture
def many(monkeypatch) -> None:
    """Take few pictures for many."""
    monkeypatch.setattr(_contents, "_SERIAL", 10)


@pytest.fixture
def old(own) -> Path:
    """Return a folder of pictures that were written long ago."""
    for number, path in enumerate(sorted(own.rglob("*.png"))):
        os.utime(path, (number, number))
    return own


def paths(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.png"))


@pytest.fixture
def decoded(monkeypatch) -> list[str]:
    """Return a list of the pictures that are decoded from now on."""
    seen: list[str] = []
    real = _contents.decoded

    def decode(path: Path):
        seen.append(path.name)
        return real(path)

    monkeypatch.setattr(_contents, "decoded", decode)
    return seen


def test_a_picture_is_decoded_once(old, decoded):
    (old / "cat" / "0.png").write_bytes(b"")
    os.utime(old / "cat" / "0.png", (9, 9))
    contents = Contents()
    first = contents.broken(old, paths(old))
    assert first == contents.broken(old, paths(old)) == {"cat/0.png": "it is no picture of a known kind"}
    assert len(decoded) == 12


def test_a_picture_that_has_changed_is_decoded_again(old, decoded):
    contents = Contents()
    contents.broken(old, paths(old))
    file = old / "dog" / "3.png"
    before = contents.sha256(old, "dog/3.png")
    content = file.read_bytes()
    file.write_bytes(content[::-1])
    assert contents.sha256(old, "dog/3.png") != before
    assert list(contents.broken(old, paths(old))) == ["dog/3.png"]
    assert decoded[12:] == ["3.png"]
    file.write_bytes(content)
    os.utime(file, (77, 77))
    assert contents.broken(old, paths(old)) == {}
    assert contents.sha256(old, "dog/3.png") == before


def test_what_was_changed_a_moment_ago_is_looked_at_again(old):
    """Another change could leave its size and, on a coarse clock, its time."""
    contents, file = Contents(), old / "dog" / "3.png"
    os.utime(file)
    status = file.stat()
    before = contents.sha256(old, "dog/3.png")
    file.write_bytes(file.read_bytes()[::-1])
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert contents.sha256(old, "dog/3.png") != before


def test_a_file_that_is_not_there_is_told(old):
    (old / "cat" / "0.png").unlink()
    (old / "cat" / "0.png").symlink_to("nowhere")
    contents = Contents()
    assert contents.broken(old, ["cat/0.png"]) == {"cat/0.png": "No such file or directory"}
    sentence = f"{old / 'cat' / '0.png'} cannot be read: No such file or directory."
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        contents.sha256(old, "cat/0.png")


@pytest.mark.usefixtures("many")
def test_what_another_process_decoded_is_not_decoded_again(old, decoded, tmp_path):
    """Only a folder's place and its files count, and not the way that is taken to it."""
    first = named(str(old)).load()
    assert len(decoded) == 12
    (tmp_path / "link").symlink_to(old)
    for text in (old, tmp_path / "link"):
        again = named(str(text)).load()
        assert (again.fingerprint, again.train, again.test) == (first.fingerprint, first.train, first.test)
    assert len(decoded) == 12
    (old / "cat" / "5.png").write_bytes(b"")
    for _ in range(2):
        with pytest.raises(InputError, match="1 of 12 pictures cannot be read"):
            named(str(old)).load()
    assert set(decoded[12:]) == {"5.png"}


def test_of_few_pictures_nothing_is_kept(old):
    named(str(old)).load()
    assert not cache().exists()


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("kept", [True, False])
def test_without_checking_the_data_are_the_same_and_nothing_is_decoded(old, decoded, kept):
    checked = named(str(old)).load()
    if not kept:
        next((cache() / "checked").iterdir()).unlink()
    seen = len(decoded)
    loaded = named(str(old), check=False).load()
    assert loaded == checked
    assert loaded.fingerprint == checked.fingerprint
    assert len(decoded) == seen


def test_registered_photos_too_need_not_be_checked(decoded):
    assert named("digit-folders", check=False).load().fingerprint == named("digit-folders").load().fingerprint
    assert len(decoded) == 1797
    assert named("digits", check=False) is named("digits")


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_damaged_file_of_what_is_known_is_none(old, decoded, share):
    whole = named(str(old)).load().fingerprint
    file = next((cache() / "checked").iterdir())
    content = file.read_bytes()
    cut = content[: int(share * len(content))]
    for damaged in (
        cut,
        b"[]",
        b'{"form": 1, "known": 2}',
        content.replace(b"[", b"{", 1),
        content.replace(b", ", b""),
    ):
        file.write_bytes(damaged)
        decoded.clear()
        assert named(str(old)).load().fingerprint == whole
        assert len(decoded) == 12
        assert file.read_bytes() == content


@pytest.mark.usefixtures("many")
def test_what_another_pillow_found_does_not_count(old, decoded, monkeypatch):
    named(str(old)).load()
    monkeypatch.setattr(_contents, "_FORM", "1, Pillow 99.0")
    named(str(old)).load()
    assert len(decoded) == 24


@pytest.mark.usefixtures("many")
def test_a_cache_that_cannot_be_written_to_is_no_obstacle(old):
    """The cache's place is taken by a file, which stops root too."""
    cache().parent.mkdir(parents=True)
    cache().write_text("in the way")
    assert len(named(str(old)).load().train) == 9


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("threads", [1, 2])
def test_there_are_as_many_threads_as_torch_has(old, threads, monkeypatch):
    seen, real, before = set(), _contents.decoded, torch.get_num_threads()
    monkeypatch.setattr(_contents, "decoded", lambda path: seen.add(threading.current_thread().name) or real(path))
    torch.set_num_threads(threads)
    try:
        assert Contents().broken(old, paths(old)) == {}
    finally:
        torch.set_num_threads(before)
    assert (seen == {"MainThread"}) == (threads == 1)
    assert len(seen) <= threads
