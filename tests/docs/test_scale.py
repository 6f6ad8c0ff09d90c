"""The tables of the page are those that its command prints."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from vicinal.experiments import EXPERIMENTS, Setup

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.skipif(not (ROOT / "benchmarks").is_dir(), reason="the benchmarks are not here")


@pytest.fixture
def scale(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("scale")


def test_the_table_of_a_net_is_the_one_that_is_computed(scale):
    task = next(t.task for t in EXPERIMENTS["imagenet"].trials(Setup("paper")) if t.task.net == "resnet-50")
    assert "\n".join(scale.of_devices(task)) in PAGE


@pytest.mark.long
@pytest.mark.timeout(900)
def test_all_tables_are_those_that_the_command_prints(scale, capsys):
    scale.main()
    for table in capsys.readouterr().out.split("\n\n")[1::2]:
        assert table.strip() in PAGE
