"""A file is whole or as it was."""

import os
import time
from pathlib import Path

import pytest

from vicinal._files import OLD, check_writable, sweep, write


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


def aged(path: Path, seconds: float = 2 * OLD) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


@pytest.mark.parametrize("name", [".b.txt-123", ".part-7.json-4567"])
def test_what_a_kill_amid_writing_left_is_swept_once_it_is_old(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    sweep(tmp_path, ["b.txt", "part-*.json"])
    assert (tmp_path / name).exists()
    aged(tmp_path / name)
    sweep(tmp_path, ["b.txt", "part-*.json"])
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    "name", [".pre-commit-config.yaml", ".git-1", ".b.txt-old", ".b.txt-", "b.txt-123", ".c.txt-123", ".b.txt.bak-1"]
)
def test_what_is_not_ours_is_never_swept(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    aged(tmp_path / name)
    sweep(tmp_path, ["b.txt", "part-*.json"])
    assert (tmp_path / name).exists()


def test_a_folder_of_such_a_name_stays(tmp_path: Path) -> None:
    (tmp_path / ".b.txt-123").mkdir()
    aged(tmp_path / ".b.txt-123")
    sweep(tmp_path, ["b.txt"])
    assert (tmp_path / ".b.txt-123").is_dir()


def test_what_a_writer_names_its_file_for_a_while_is_what_is_swept(tmp_path: Path, monkeypatch) -> None:
    """The process ends between writing and renaming."""
    monkeypatch.setattr(Path, "replace", lambda path, target: None)
    monkeypatch.setattr(Path, "unlink", lambda path, missing_ok: None)
    write(tmp_path / "b.txt", "new")
    monkeypatch.undo()
    (left,) = tmp_path.iterdir()
    aged(left)
    sweep(tmp_path, ["b.txt"])
    assert list(tmp_path.iterdir()) == []


def test_that_a_folder_can_be_written_to_leaves_nothing_unless_it_is_to_stay(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b", keep=False)
    assert list(tmp_path.iterdir()) == []
    check_writable(tmp_path / "a" / "b", keep=True)
    check_writable(tmp_path / "a" / "c" / "d", keep=False)
    assert [each.name for each in (tmp_path / "a").iterdir()] == ["b"]
    write(tmp_path / "file", "")
    with pytest.raises(OSError, match="Not a directory"):
        check_writable(tmp_path / "file" / "c", keep=False)
