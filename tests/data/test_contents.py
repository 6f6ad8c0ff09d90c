"""What is known of files holds for as long as they are as they were."""

import os
import re
from pathlib import Path

import pytest

from vicinal._errors import InputError
from vicinal.data._contents import Contents


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
    from vicinal.data import _contents

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
