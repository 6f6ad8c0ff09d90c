"""Two commands on the same folder at the same time: both end well, with what one alone gives."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
from faults.commands import IRIS, started

from vicinal.training._checkpoint import BEFORE, CURRENT, keep, last_kept

COMMANDS = {
    "reproduce": ("reproduce", "decision-boundary", "--scale", "smoke", "--jobs", "1"),
    "reproduce, with checkpoints": ("reproduce", "cifar", "--scale", "smoke", "--jobs", "1"),
    "compare": ("compare", "data.csv", "--splits", "3", "--epochs", "1", "--jobs", "1"),
    "train": ("train", "digits", "--net", "small", "--epochs", "6", "--resume"),
}
LATER = (0.0, 0.5, 4.0)
"""Seconds that the second of two commands starts after the first: amid its imports, then amid its trials."""


def figures(folder: Path) -> dict[str, Any]:
    """Return what every trial of a folder found, by the name of its own."""
    return {
        str(each.parent.relative_to(folder)): {
            "figures": json.loads(each.read_text())["figures"],
            **{path.name: path.read_bytes() for path in each.parent.glob("*.csv")},
            **{path.name: path.read_bytes() for path in each.parent.glob("measure-*.json")},
        }
        for each in folder.rglob("outcome.json")
    }


@pytest.mark.tries("checkpoints that two write into one folder at once")
@pytest.mark.skipif(sys.platform == "win32", reason="files that are open cannot be moved here")
def test_checkpoints_that_two_write_into_one_folder_are_whole_at_any_time(tmp_path: Path, tried):
    numbers, kept = count(1), 100

    def write() -> None:
        for _ in range(kept):
            number = next(numbers)
            keep(tmp_path, lambda path, number=number: torch.save({"w": torch.full((2000,), number)}, path))

    def whole(path: Path) -> bool:
        found = torch.load(path, weights_only=True)["w"]
        return bool((found == found[0]).all())

    write()
    with tried(2 * kept):
        with ThreadPoolExecutor() as pool:
            both = [pool.submit(write) for _ in range(2)]
            while not all(each.done() for each in both):
                assert last_kept(tmp_path, ["w"]) is not None
            for each in both:
                each.result()
        assert {path.name for path in tmp_path.iterdir()} == {CURRENT, BEFORE}
        assert all(whole(tmp_path / name) for name in (CURRENT, BEFORE))


@pytest.mark.tries("two commands on one folder at once: {name}")
@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("name", COMMANDS)
def test_two_at_once_find_what_one_alone_finds(tmp_path: Path, tried, name, later):
    (tmp_path / "data.csv").write_text(IRIS)
    alone = started(*COMMANDS[name], "--out", "alone", cwd=tmp_path)
    told = alone.communicate()[1]
    assert alone.returncode == 0, told
    with tried():
        both = [started(*COMMANDS[name], "--out", "both", cwd=tmp_path)]
        time.sleep(later)
        both.append(started(*COMMANDS[name], "--out", "both", cwd=tmp_path))
        said = [each.communicate()[1] for each in both]
        assert [each.returncode for each in both] == [0, 0], said
        assert "Traceback" not in "".join(said)
        assert figures(tmp_path / "both") == figures(tmp_path / "alone") != {}
        assert not list((tmp_path / "both").rglob("*checkpoint*"))
