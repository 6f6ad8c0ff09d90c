"""A disk that is full, and folders that may not be written to: one sentence, and what was there stays whole."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from faults.commands import IRIS, started

from vicinal._files import write
from vicinal.cli._status import FAILED, OK, WRONG_USE

Stamps = dict[Path, tuple[int, int]]


def called(*arguments: object, cwd: Path, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would."""
    with started(*arguments, cwd=cwd, before=before) as process:
        out, errors = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def sentence(ran: subprocess.CompletedProcess[str], status: int) -> str:
    """Return the last line of what went wrong, which is no traceback's, with this exit status."""
    assert ran.returncode == status, ran.stderr
    assert "Traceback" not in ran.stderr + ran.stdout, ran.stderr
    return ran.stderr.strip().splitlines()[-1]


def filled(disk: Path, *, left: int) -> Path:
    """Fill a disk up to so many bytes."""
    path = disk / "filling"
    path.write_bytes(b"")
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    path.write_bytes(bytes(max(0, free - left)))
    return path


def stamps(folder: Path) -> Stamps:
    """Return all that is in a folder: which file each is, and when it was written."""
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*")}


def finished(out: Path) -> Stamps:
    """Return all that belongs to the trials in a folder that have finished."""
    places = [path.parent for path in out.rglob("outcome.json")]
    return {path: stamp for path, stamp in stamps(out).items() if path.parent in places}


@pytest.mark.tries("disk full: a file written")
def test_what_does_not_fit_replaces_nothing(small_disk: Path, tried):
    for left in range(0, 100_000, 5_000):
        path = write(small_disk / "page.html", "old")
        filling = filled(small_disk, left=left)
        with tried():
            with pytest.raises(OSError, match="No space left"):
                write(path, "new" * 50_000)
            assert path.read_text() == "old"
            assert sorted(each.name for each in small_disk.iterdir()) == ["filling", "page.html"]
        filling.unlink()


COMMANDS = {
    "reproduce": ("reproduce", "decision-boundary", "--scale", "smoke", "--out"),
    "compare": ("compare", "data.csv", "--splits", "3", "--epochs", "1", "--out"),
    "train": ("train", "digits", "--epochs", "2", "--out"),
}


ROOM = 300_000
"""Bytes for some outcomes, and not for all; nor for that of ``train``."""


@pytest.mark.tries("disk full: a command, which goes on once there is room: {name}")
@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("left", [0, 30_000, ROOM])
def test_a_command_on_a_full_disk_says_so_and_goes_on_once_there_is_room(small_disk: Path, tmp_path, tried, name, left):
    (tmp_path / "data.csv").write_text(IRIS)
    filling = filled(small_disk, left=left)
    with tried():
        ran = called(*COMMANDS[name], small_disk / "out", cwd=tmp_path)
        status = WRONG_USE if name == "compare" and left else FAILED  # it says that nothing can be compared, and why
        assert "No space left" in sentence(ran, status), ran.stderr
        before = finished(small_disk / "out")
        assert bool(before) == (left == ROOM and name != "train")
        filling.unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
        begun = name == "train" and (small_disk / "out" / "settings.json").exists()
        again = called(*COMMANDS[name], small_disk / "out", *(["--resume"] if begun else []), cwd=tmp_path)
        assert again.returncode == OK, again.stderr
        after = finished(small_disk / "out")
        assert before.items() < after.items()  # nothing was trained twice


@pytest.mark.tries("folder that may not be written to: {name}")
@pytest.mark.parametrize(
    "name", ["compare", *(pytest.param(name, marks=pytest.mark.long) for name in ("reproduce", "train"))]
)
def test_a_folder_that_may_not_be_written_to_is_told(bound_by_permissions, tmp_path: Path, tried, name):
    (tmp_path / "data.csv").write_text(IRIS)
    (tmp_path / "kept").mkdir(mode=0o555)
    (tmp_path / "cache").mkdir()  # where downloads and what was found out of data are kept
    before = stamps(tmp_path)
    with tried():
        ran = called(*COMMANDS[name], tmp_path / "kept" / "out", cwd=tmp_path, before=bound_by_permissions)
        assert "Permission denied" in sentence(ran, WRONG_USE), ran.stderr
        after = stamps(tmp_path)
        assert {path: stamp for path, stamp in after.items() if tmp_path / "cache" not in (path, *path.parents)} == {
            path: stamp for path, stamp in before.items() if path != tmp_path / "cache"
        }


@pytest.mark.parametrize("command", ["compare", "train"])
def test_a_name_that_is_too_long_is_told(tmp_path: Path, command):
    ran = called(command, "x" * 300 + ".csv", cwd=tmp_path)
    assert "File name too long" in sentence(ran, WRONG_USE)
