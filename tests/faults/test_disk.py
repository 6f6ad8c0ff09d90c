"""A disk that is full, and folders that may not be written to: one sentence, and what was there stays whole."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from faults.commands import IRIS, started

from vicinal._files import write


def called(*arguments: object, cwd: Path, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would."""
    with started(*arguments, cwd=cwd, before=before) as process:
        out, errors = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def sentence(ran: subprocess.CompletedProcess[str]) -> str:
    """Return the last line of what went wrong, which is no traceback's."""
    assert ran.returncode not in (0, None)
    assert "Traceback" not in ran.stderr + ran.stdout, ran.stderr
    return ran.stderr.strip().splitlines()[-1]


def filled(disk: Path, *, left: int) -> Path:
    """Fill a disk up to so many bytes."""
    path = disk / "filling"
    path.write_bytes(b"")
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    path.write_bytes(bytes(max(0, free - left)))
    return path


def test_what_does_not_fit_replaces_nothing(small_disk: Path, tried):
    cases = 0
    for left in range(0, 100_000, 5_000):
        path = write(small_disk / "page.html", "old")
        filling = filled(small_disk, left=left)
        with pytest.raises(OSError, match="No space left"):
            write(path, "new" * 50_000)
        assert path.read_text() == "old"
        assert sorted(each.name for each in small_disk.iterdir()) == ["filling", "page.html"]
        filling.unlink()
        cases += 1
    tried("disk full: a file written", cases)


COMMANDS = {
    "reproduce": ("reproduce", "decision-boundary", "--scale", "smoke", "--out"),
    "compare": ("compare", "data.csv", "--splits", "3", "--epochs", "1", "--out"),
    "train": ("train", "digits", "--epochs", "2", "--out"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("left", [0, 30_000, 120_000])
def test_a_command_on_a_full_disk_says_so_and_goes_on_once_there_is_room(small_disk: Path, tmp_path, tried, name, left):
    (tmp_path / "data.csv").write_text(IRIS)
    filling = filled(small_disk, left=left)
    ran = called(*COMMANDS[name], small_disk / "out", cwd=tmp_path)
    assert "No space left" in sentence(ran), ran.stderr
    filling.unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    begun = name == "train" and (small_disk / "out" / "settings.json").exists()
    again = called(*COMMANDS[name], small_disk / "out", *(["--resume"] if begun else []), cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    tried("disk full: a command, which goes on once there is room", 1)


@pytest.mark.parametrize(
    "name", ["compare", *(pytest.param(name, marks=pytest.mark.long) for name in ("reproduce", "train"))]
)
def test_a_folder_that_may_not_be_written_to_is_told(bound_by_permissions, tmp_path: Path, tried, name):
    (tmp_path / "data.csv").write_text(IRIS)
    (tmp_path / "kept").mkdir(mode=0o555)
    ran = called(*COMMANDS[name], tmp_path / "kept" / "out", cwd=tmp_path, before=bound_by_permissions)
    assert "Permission denied" in sentence(ran), ran.stderr
    assert list((tmp_path / "kept").iterdir()) == []
    tried("folder that may not be written to: a command", 1)


@pytest.mark.parametrize("command", ["compare", "train"])
def test_a_name_that_is_too_long_is_told(tmp_path: Path, command):
    ran = called(command, "x" * 300 + ".csv", cwd=tmp_path)
    assert ran.returncode == 2, ran.stderr
    assert "File name too long" in sentence(ran)
