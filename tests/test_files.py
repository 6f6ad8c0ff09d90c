"""A file is whole or as it was."""

import os
from pathlib import Path

import pytest

from vicinal._files import write


def test_file_holds_the_text_and_its_folder_is_made(tmp_path: Path) -> None:
    path = write(tmp_path / "a" / "b.txt", "α\nβ\n")
    assert path.read_bytes() == "α\nβ\n".encode()


def test_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "b.txt", "old")

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        write(path, "new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["b.txt"]
