"""The page that leads to those of the experiments says of which scale each of them is."""

import importlib
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from vicinal.experiments import EXPERIMENTS, SCALES

DOCS = Path(__file__).parents[2] / "docs"
INDEX = (DOCS / "experiments" / "index.md").read_text(encoding="utf-8")


def scales(index: str) -> dict[str, str]:
    return dict(re.findall(r"^\| \[.*?\| `([\w-]+)` \| (\w+) \|", index, re.MULTILINE))


def test_the_scale_of_every_page_is_the_one_of_its_run():
    found = {}
    for name in EXPERIMENTS:
        page = (DOCS / "experiments" / f"{name}.md").read_text(encoding="utf-8")
        found[name] = re.findall(r"^\*(\w+) scale, .* summed over the trials", page, re.MULTILINE)
    assert found == {name: [scale.capitalize()] for name, scale in scales(INDEX).items()}


@pytest.mark.parametrize("scale", SCALES)
def test_writing_a_page_writes_its_scale_into_the_table(scale: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(DOCS / "_make")
    with_scale = importlib.import_module("experiments").with_scale
    written = with_scale(INDEX, SimpleNamespace(name="gan", scale=scale))
    assert scales(written) == {**scales(INDEX), "gan": scale}
    assert with_scale(written, SimpleNamespace(name="gan", scale=scales(INDEX)["gan"])) == INDEX
