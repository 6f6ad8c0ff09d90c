"""The page of faults: what its script makes of tests that pass, fail and are skipped, and that it names every kind."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAULTS = ROOT / "tests" / "faults"
TESTS = """
import pytest

@pytest.mark.tries("cut off: {name}")
@pytest.mark.parametrize("name", ["CSV", "IDX"])
def test_some(tried, name):
    for number in range(3):
        with tried():
            assert number < 2 or name == "CSV"

@pytest.mark.tries("cut off: CSV")
def test_more(tried):
    with tried(1000):
        pass

@pytest.mark.tries("killed")
def test_that_fails_before_anything_is_tried(tried):
    assert not tried

@pytest.fixture
def disk():
    pytest.skip("nothing can be mounted here")

@pytest.mark.tries("full")
def test_that_is_skipped(disk, tried):
    pass

@pytest.mark.tries("forked")
@pytest.mark.skipif(True, reason="there are no processes here")
def test_that_is_skipped_before_it_begins(tried):
    pass

def test_that_tells_nothing():
    pass
"""


def test_what_fails_is_tried_and_not_survived_and_what_is_skipped_is_not_tried(tmp_path: Path, monkeypatch):
    (tmp_path / "conftest.py").write_text((FAULTS / "conftest.py").read_text())
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = tries: what")
    command = [sys.executable, "-m", "pytest", "-q", "--junitxml=report.xml", "test_some.py"]
    quick = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, env=quick).returncode == 1
    monkeypatch.syspath_prepend(ROOT / "docs" / "_make")
    told = importlib.import_module("reliability").told(tmp_path / "report.xml")
    assert re.sub(r"\d+ \|$", "s |", told, flags=re.MULTILINE).splitlines() == [
        "1,006 cases in 7 tests.",
        "",
        "| What was done | cases tried | survived | seconds |",
        "| --- | ---: | ---: | ---: |",
        "| cut off: CSV | 1,003 | 1,003 | s |",
        "| cut off: IDX | 3 | 2 | s |",
        "| forked | 0 | 0 | s |",
        "| full | 0 | 0 | s |",
        "| killed | 0 | 0 | s |",
        "",
        "Failed: test_some[IDX], test_that_fails_before_anything_is_tried.",
        "",
        "Skipped: nothing can be mounted here; there are no processes here.",
    ]


def test_the_page_has_figures_of_every_kind_of_fault():
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    kinds = [
        kind for file in FAULTS.glob("test_*.py") for kind in re.findall(r'mark\.tries\("(.*?)"', file.read_text())
    ]
    assert len(kinds) > 5
    assert [kind for kind in kinds if f"\n| {kind.partition('{')[0]}" not in page] == []
