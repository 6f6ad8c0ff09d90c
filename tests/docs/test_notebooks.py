"""The notebooks run as plain Python, and what is kept of them is what their scripts say, with outputs of no machine."""

import json
import platform
import re
import runpy
from pathlib import Path
from typing import Any

import jupytext
import matplotlib.pyplot as plt
import pytest
import torch

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
SCRIPTS = sorted(set(FOLDER.glob("*.py")) - {FOLDER / "build.py"})
OF_A_MACHINE = re.compile(r"/(root|home|tmp|work|Users|mnt|opt|usr)/|\\Users\\|site-packages|Traceback|Warning")
by_name = pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)


def kept(script: Path) -> dict[str, Any]:
    return json.loads(script.with_suffix(".ipynb").read_text(encoding="utf-8"))


def text_of(output: dict[str, Any]) -> str:
    """Return whatever of an output is text; pictures are left out."""
    data = {kind: value for kind, value in output.get("data", {}).items() if not kind.startswith("image/")}
    return json.dumps([output.get("text", ""), data])


def test_there_are_three():
    assert [script.stem for script in SCRIPTS] == ["diagnosing", "own_data", "quick_start"]
    assert [path.stem for path in sorted(FOLDER.glob("*.ipynb"))] == ["diagnosing", "own_data", "quick_start"]


@by_name
def test_a_script_runs_as_plain_python_and_leaves_nothing(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Takes up to ten seconds: nets are trained, and own_data starts processes, which import torch."""
    monkeypatch.chdir(tmp_path)
    with torch.random.fork_rng(devices=()):
        runpy.run_path(str(script))
    plt.close("all")
    assert list(tmp_path.iterdir()) == []


@by_name
def test_what_is_kept_is_what_the_script_says(script: Path):
    sources = [(cell["cell_type"], "".join(cell["source"])) for cell in kept(script)["cells"]]
    assert sources == [(cell.cell_type, cell.source) for cell in jupytext.read(script).cells], (
        "python docs/notebooks/build.py"
    )


@by_name
def test_what_is_kept_has_been_run_from_top_to_bottom(script: Path):
    cells = [cell for cell in kept(script)["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert {output["output_type"] for output in outputs} <= {"display_data", "execute_result", "stream"}
    assert any("text/html" in output.get("data", {}) for output in outputs)


@by_name
def test_no_output_tells_of_the_machine(script: Path):
    for cell in kept(script)["cells"]:
        assert set(cell["metadata"]) <= {"tags", "lines_to_next_cell"}
        for output in cell.get("outputs", ()):
            assert output.get("name") != "stderr"
            assert not OF_A_MACHINE.search(text_of(output)), text_of(output)
            assert platform.node() not in text_of(output)


def test_a_path_in_an_output_would_be_found():
    for text in ("/home/me/x", r"C:\Users\me", "UserWarning: no", "/tmp/vicinal-1/"):
        assert OF_A_MACHINE.search(text)
