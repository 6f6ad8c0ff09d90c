"""Checkpoints: the newest that can be read, whatever was killed or broke."""

import os
import re
import warnings
from pathlib import Path

import pytest
import torch

from vicinal.training import BrokenCheckpoint, forget
from vicinal.training._checkpoint import BEFORE, CURRENT, keep, last_kept

NAMES = ("number", "net")


def kept(folder: Path, *numbers: int) -> Path:
    for number in numbers:
        state = {"number": number, "net": {"w": torch.full((5000,), float(number))}}
        keep(folder, lambda path, state=state: torch.save(state, path))
    return folder


def number_in(folder: Path) -> int | None:
    path = last_kept(folder, NAMES)
    if path is None:
        return None
    state = torch.load(path, weights_only=True)
    assert (state["net"]["w"] == state["number"]).all()
    return state["number"]


def test_the_last_two_are_kept(tmp_path: Path):
    assert number_in(tmp_path) is None
    assert number_in(kept(tmp_path, 1)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [CURRENT]
    assert number_in(kept(tmp_path, 2, 3)) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([CURRENT, BEFORE])
    (tmp_path / CURRENT).unlink()
    assert number_in(tmp_path) == 2


def test_a_checkpoint_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch):
    synced: list[int] = []

    def fsync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        assert not (tmp_path / CURRENT).exists()

    monkeypatch.setattr(os, "fsync", fsync)
    kept(tmp_path, 1)
    assert synced == [(tmp_path / CURRENT).stat().st_ino]


DAMAGES = {
    "empty": lambda content: b"",
    "cut off": lambda content: content[: len(content) // 2],
    "its end is missing": lambda content: content[:-1],
    "text": lambda content: b"not a checkpoint",
    "a flipped bit among the weights": lambda content: _flipped(content, len(content) // 2),
    "a hole": lambda content: content[:2000] + bytes(4096) + content[6096:],
}


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_checkpoint_falls_back_to_the_one_before_with_a_warning(tmp_path: Path, damage):
    current = kept(tmp_path, 1, 2) / CURRENT
    current.write_bytes(DAMAGES[damage](current.read_bytes()))
    with pytest.warns(BrokenCheckpoint, match=f"{CURRENT} cannot be read: the checkpoint before it is taken\\.$"):
        assert number_in(tmp_path) == 1


def test_a_sound_checkpoint_warns_of_nothing(tmp_path: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert number_in(kept(tmp_path, 1, 2)) == 2


def test_where_both_are_broken_training_starts_anew(tmp_path: Path):
    kept(tmp_path, 1, 2)
    for name in (CURRENT, BEFORE):
        (tmp_path / name).write_bytes(b"")
    both = re.escape(f"{tmp_path / CURRENT} and {BEFORE} cannot be read: training starts anew.")
    with pytest.warns(BrokenCheckpoint, match=f"^{both}$") as told:
        assert number_in(tmp_path) is None
    assert len(told) == 1


def test_where_the_only_one_is_broken_none_before_it_is_spoken_of(tmp_path: Path):
    for name in (CURRENT, BEFORE):
        (tmp_path / name).write_bytes(b"")
        with pytest.warns(BrokenCheckpoint, match=re.escape(f"{name} cannot be read: training starts anew.")):
            assert number_in(tmp_path) is None
        (tmp_path / name).unlink()


def test_a_file_that_holds_something_else_is_no_checkpoint(tmp_path: Path):
    for state in ({"number": 1}, [1, 2], torch.ones(2)):
        torch.save(state, tmp_path / CURRENT)
        with pytest.warns(BrokenCheckpoint):
            assert last_kept(tmp_path, NAMES) is None


def test_a_checkpoint_that_would_run_code_is_not_read(tmp_path: Path):
    class Malicious:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "made"),)

    torch.save({"number": 1, "net": Malicious()}, tmp_path / CURRENT)
    with pytest.warns(BrokenCheckpoint):
        assert last_kept(tmp_path, NAMES) is None
    assert not (tmp_path / "made").exists()


class Killed(BaseException):
    """What ends the process between two operations on files."""


@pytest.mark.parametrize("after", range(4))
def test_a_kill_between_any_two_steps_of_keeping_leaves_one_to_go_on_from(tmp_path: Path, monkeypatch, after):
    """Writing, flushing and the two renames: the process ends after so many of them."""
    kept(tmp_path, 1, 2)
    done = 0

    def counted(function):
        def call(*arguments):
            nonlocal done
            if done == after:
                raise Killed
            done += 1
            return function(*arguments)

        return call

    monkeypatch.setattr(os, "fsync", counted(os.fsync))
    monkeypatch.setattr(Path, "replace", counted(Path.replace))
    state = {"number": 3, "net": {"w": torch.full((5000,), 3.0)}}
    with pytest.raises(Killed):
        keep(tmp_path, counted(lambda path: torch.save(state, path)))
    monkeypatch.undo()
    assert number_in(tmp_path) == 2
    assert number_in(kept(tmp_path, 3)) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([CURRENT, BEFORE])


def test_a_process_that_is_not_the_first_moves_no_file(tmp_path: Path):
    keep(tmp_path, lambda path: None, first=False)
    assert list(tmp_path.iterdir()) == []


def test_forgetting_leaves_what_another_command_may_be_writing(tmp_path: Path):
    def write(partial: Path) -> None:
        torch.save({"number": 1, "net": {"w": torch.ones(1)}}, partial)
        forget(tmp_path)

    keep(tmp_path, write)
    assert number_in(tmp_path) == 1


def test_forgetting_leaves_no_checkpoint_and_everything_else(tmp_path: Path):
    kept(tmp_path, 1, 2)
    (tmp_path / f".{CURRENT}-123").write_bytes(b"half")
    os.utime(tmp_path / f".{CURRENT}-123", (0, 0))  # of a process that was killed long ago
    (tmp_path / "curve.csv").write_text("epoch\n")
    forget(tmp_path)
    forget(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["curve.csv"]
