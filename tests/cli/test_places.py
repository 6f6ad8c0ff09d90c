"""A folder is seen to be writable, by however many processes at a time."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vicinal._errors import InputError
from vicinal.cli._places import writable


def test_a_folder_is_made_and_nothing_is_left_in_it(tmp_path: Path):
    assert writable(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_several_that_look_at_the_same_time_do_not_disturb_each_other(tmp_path: Path):
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(writable, [tmp_path / "a"] * 2000)) == {tmp_path / "a"}
    assert list((tmp_path / "a").iterdir()) == []


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "a").touch()
    with pytest.raises(InputError, match="must be a folder that can be written to, got File exists"):
        writable(tmp_path / "a")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="to root every folder can be written")
def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="must be a folder that can be written to, got Permission denied"):
        writable(tmp_path)
