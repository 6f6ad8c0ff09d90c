"""The measured speeds: figures are of pairs, every goal is judged, none is lost by a new name, all are drawn."""

import importlib
import json
import statistics
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MACHINE = {"processor": "a processor", "cores": 2, "load": 0.5, "torch": "2.14.1", "vicinal": "0.1.0 at abc1234"}

measures = pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="the benchmarks are not here")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module that makes the page."""
    monkeypatch.syspath_prepend(ROOT / "docs" / "_make")
    return importlib.import_module("speed")


@pytest.fixture
def speeds(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module that draws the figure."""
    monkeypatch.syspath_prepend(ROOT / "docs" / "_make")
    return importlib.import_module("_speeds")


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module that makes rows."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("_row")


def line(value: float, **further: Any) -> dict[str, Any]:
    """Return a row as the benchmarks write it."""
    spread = {"low": 0.9 * value, "high": 1.1 * value, "unit": "", "seconds": None, "memory": None, "remark": ""}
    return {"value": value, **spread, **further}


def found(goals: ModuleType, *, beyond: float = 1.0) -> dict[str, dict[str, Any]]:
    """Return what benchmarks found whose every goal is exactly met, or missed by a factor."""
    return {
        name: {
            "title": f"Of {name}",
            "machine": MACHINE,
            "spread": "quartiles",
            "note": "",
            "table": {
                row: line(goal.bound / beyond if goal.least else goal.bound * beyond)
                for row, goal in goals.GOALS.get(name, {}).items()
            },
        }
        for name in dict.fromkeys(panel.benchmark for panel in importlib.import_module("_speeds").PANELS)
    }


@pytest.fixture
def goals(made: ModuleType) -> ModuleType:
    """Return the module of the goals."""
    return importlib.import_module("_goals")


def judged(text: str) -> list[str]:
    """Return the goals that the tables of a page show."""
    return [cell for part in text.splitlines() if part.startswith("|") and (cell := part.split("|")[4].strip())]


@pytest.mark.parametrize(("beyond", "word"), [(1.0, "met"), (1.001, "**missed**")])
def test_every_goal_is_judged_at_its_bound(made: ModuleType, goals: ModuleType, beyond: float, word: str):
    number = sum(map(len, goals.GOALS.values()))
    text = made.page(found(goals, beyond=beyond))
    cells = [cell for cell in judged(text) if cell != "goal" and not cell.startswith("---")]
    assert len(cells) == number
    assert {cell.rpartition(" ")[2] for cell in cells} == {word}
    counted = (number, 0) if word == "met" else (0, number)
    assert f"Of {number} goals {counted[0]} are met and {counted[1]} missed." in text


def test_a_goal_whose_row_has_another_name_is_no_longer_a_page(made: ModuleType, goals: ModuleType):
    known = found(goals)
    for name, rows in goals.GOALS.items():
        for lost in rows:
            table = {f"{each}!" if each == lost else each: row for each, row in known[name]["table"].items()}
            with pytest.raises(LookupError, match=f"{name}: {lost.replace('/', '.')}$"):
                made.page({**known, name: {**known[name], "table": table}})


@pytest.mark.parametrize("name", ["starting", "training_step"])
def test_a_benchmark_that_was_not_run_is_named(made: ModuleType, goals: ModuleType, name: str):
    known = found(goals)
    assert "Not measured" not in made.page(known)
    del known[name]
    assert f"missed. Not measured: `{name}`.\n" in made.page(known)


def test_the_page_says_where_and_of_which_commit_each_table_is(made: ModuleType, goals: ModuleType):
    known = found(goals)
    known["loss"]["machine"] = {**MACHINE, "vicinal": "0.1.0 at fffffff", "load": 1.25}
    text = made.page(known)
    assert "a processor, 2 cores, torch 2.14.1, vicinal 0.1.0 at fffffff; load when each began: `loss` 1.2." in text
    assert "vicinal 0.1.0 at abc1234; load when each began: `mixing` 0.5, `images` 0.5, `feeding` 0.5, " in text


def test_the_page_holds_what_was_measured(made: ModuleType):
    assert (ROOT / "docs" / "speed.md").read_text(encoding="utf-8") == made.page(json.loads(made.KEPT.read_text()))


@pytest.mark.parametrize("width", [262.0, 534.0])
def test_everything_is_drawn_beside_the_memorys_own_speed(speeds: ModuleType, goals: ModuleType, width: float):
    known, size = found(goals), goals.SMALL
    known["mixing"]["table"] |= {f"{size} copy": line(1, low=1, high=1, memory=1), f"{size} timm": line(3, memory=1)}
    known["starting"]["table"]["nothing"] = line(-0.5, low=-1, unit="ms")
    for name in ("loss", "starting"):
        for each, row in known[name]["table"].items():
            row["unit"] = "ms" if name == "starting" else "logit sizes" if "memory" in each else ""
    drawn = speeds.figure(known, width)
    shown = {label.get_text(): axes for axes in drawn.axes for label in axes.get_yticklabels()}
    asked = {each.split("² ")[-1] for table in known.values() for each in table["table"] if " / " not in each}
    assert set(shown) == asked - {"copy"}
    (memory,) = (each for each in shown["timm"].collections if each.get_edgecolor()[0][2] > 0.7)
    assert {x for segment in memory.get_segments() for x, _ in segment} == {1}
    for axes in drawn.axes:
        assert axes.get_xticks().size


@measures
def test_a_ratio_is_the_median_of_pairs_and_not_of_medians(row: ModuleType):
    mine, theirs = [1.0, 4.0, 9.0], [1.0, 2.0, 1.0]
    told = row.quotient(mine, theirs)
    assert (told.value, told.seconds) == (2.0, 4.0)
    assert told.value != statistics.median(mine) / statistics.median(theirs)


@measures
@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_goal_finds_its_row_in_what_the_benchmarks_measure(
    made: ModuleType, goals: ModuleType, row: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Each is run for two rounds, which takes a minute or two: the large batches, and processes that import torch."""
    interleaved, alone = importlib.import_module("_interleaved"), importlib.import_module("_alone")
    whole = interleaved.timed
    monkeypatch.setattr(interleaved, "timed", lambda forms, *, rounds, **how: whole(forms, rounds=2, **how))
    known = {}
    for name in importlib.import_module("bench").FILES:
        kept = tmp_path / f"{name}.json"
        monkeypatch.setattr("sys.argv", [name, "--json", str(kept)])
        module = importlib.import_module(name)
        alone.main(name, module.measure)
        known[name] = json.loads(kept.read_text(encoding="utf-8"))
    text = made.page(known)
    assert f"Of {sum(map(len, goals.GOALS.values()))} goals" in text
    assert "Not measured" not in text
