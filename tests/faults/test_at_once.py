"""Two commands on the same folder at the same time: both end well, with what one alone gives."""

import json
from pathlib import Path
from typing import Any

import pytest
from faults.commands import IRIS, started

COMMANDS = {
    "reproduce": ("reproduce", "decision-boundary", "--scale", "smoke", "--jobs", "1"),
    "compare": ("compare", "data.csv", "--splits", "3", "--epochs", "1", "--jobs", "1"),
}


def figures(folder: Path) -> dict[str, Any]:
    """Return what every trial of a folder found, by the name of its own."""
    return {
        each.parent.name: json.loads(each.read_text())["figures"] | {"curve": (each.parent / "curve.csv").read_text()}
        for each in folder.glob("*/outcome.json")
    }


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
def test_two_at_once_find_what_one_alone_finds(tmp_path: Path, tried, name):
    (tmp_path / "data.csv").write_text(IRIS)
    alone = started(*COMMANDS[name], "--out", "alone", cwd=tmp_path)
    told = alone.communicate()[1]
    assert alone.returncode == 0, told
    for round_ in range(3):
        both = [started(*COMMANDS[name], "--out", f"both-{round_}", cwd=tmp_path) for _ in range(2)]
        for each in both:
            told = each.communicate()[1]
            assert each.returncode == 0, told
            assert "Traceback" not in told
        assert figures(tmp_path / f"both-{round_}") == figures(tmp_path / "alone") != {}
        tried("two commands on one folder at once", 1)
