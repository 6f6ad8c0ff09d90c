"""What a killed process has left half written goes, what somebody is writing stays."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vicinal.training import sweep
from vicinal.training._partial import partial_folder

POSIX = pytest.mark.skipif(os.name != "posix", reason="there is no asking for a process here")
MAKES = "import sys; from pathlib import Path; from vicinal.training._partial import partial_folder as make; "


def filled(folder: Path, *, hours: float = 0) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "curve.csv").write_text("epoch\n")
    then = time.time() - hours * 3600
    os.utime(folder, (then, then))
    return folder


def left_by_the_dead(parent: Path) -> Path:
    """Return what a process of this machine made that has ended since."""
    code = MAKES + "print(make(Path(sys.argv[1])))"
    told = subprocess.run([sys.executable, "-c", code, str(parent)], capture_output=True, text=True, check=True)
    return filled(Path(told.stdout.strip()))


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Path]:
    """Give a partial folder of another process, which lives as long as the test."""
    code = MAKES + "print(make(Path(sys.argv[1])), flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield filled(Path(process.stdout.readline().strip()))
    process.communicate()


def test_a_partial_folder_is_hidden_and_new_every_time(tmp_path):
    made = [partial_folder(tmp_path) for _ in range(3)]
    assert sorted(made) == sorted(tmp_path.iterdir())
    assert all(folder.name.startswith(".partial-") for folder in made)


@POSIX
def test_what_the_dead_left_goes_at_once(tmp_path):
    left = left_by_the_dead(tmp_path)
    filled(left.with_name(f"{left.name}-old"))
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_somebody_writes_stays(tmp_path, living):
    mine = filled(partial_folder(tmp_path))
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([mine, living])


def names(machine: str) -> list[str]:
    return [f".partial-{machine}-{process}-abc" for process in (1, os.getpid(), 2**22 + 1, 10**30)]


@pytest.mark.parametrize("name", [".partial-abcd1234", *names("elsewhere"), *names("a-9"), *names("")])
def test_what_nobody_here_can_tell_of_goes_after_a_day(tmp_path, name):
    folder = filled(tmp_path / name, hours=23)
    sweep(tmp_path)
    assert folder.exists()
    filled(folder, hours=25)
    sweep(tmp_path)
    assert not folder.exists()


def test_an_old_folder_goes_though_its_number_lives_since_numbers_come_round(tmp_path):
    filled(partial_folder(tmp_path), hours=25)
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_machine_of_any_name_knows_its_own(tmp_path, monkeypatch):
    for node in ("", "me-2", "Jörg's Mac", "a.b_c"):
        monkeypatch.setattr(platform, "node", lambda node=node: node)
        mine = filled(partial_folder(tmp_path))
        sweep(tmp_path)
        assert mine.exists()
        left = filled(mine.with_name(mine.name.replace(f"-{os.getpid()}-", f"-{2**22 + 1}-")))
        sweep(tmp_path)
        assert left.exists() == (os.name != "posix")


def test_nothing_else_is_touched(tmp_path):
    kept = [filled(tmp_path / name, hours=1000) for name in ("iris-seed0-abc", ".writable", "partial-1")]
    sweep(tmp_path)
    assert sorted(kept) == sorted(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_no_error(tmp_path):
    sweep(tmp_path / "nothing")
