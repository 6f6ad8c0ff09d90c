"""What is found of the libraries: those that are missing, of no use alone, or broken, each with what to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from vicinal import _findings
from vicinal._findings import EXTRAS, NEEDED, Extra, Finding, libraries

BROKEN = 'raise RuntimeError("operator torchvision::nms does not exist\\nand more")\n'


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a module that cannot be imported."""
    (tmp_path / "broken_by_its_build.py").write_text(BROKEN)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "broken_by_its_build"


def found(monkeypatch: pytest.MonkeyPatch, needed: dict[str, str], extras: dict[str, Extra]) -> dict[str, Finding]:
    monkeypatch.setattr(_findings, "NEEDED", needed)
    monkeypatch.setattr(_findings, "EXTRAS", extras)
    return {each.name: each for each in libraries()}


def test_this_file_is_read_where_no_library_can_be():
    code = "import sys; from vicinal._findings import libraries; print({'torch', 'numpy', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_library_that_is_here_is_good(monkeypatch: pytest.MonkeyPatch):
    (torch,) = [each for name, each in found(monkeypatch, {"torch": "torch"}, {}).items() if name == "torch"]
    assert (torch.topic, torch.state, torch.remedy) == ("versions", "good", "")


def test_one_that_all_needs_and_that_is_not_here_is_wrong(monkeypatch: pytest.MonkeyPatch):
    each = found(monkeypatch, {"no-such-library": "nowhere"}, {})["no-such-library"]
    assert (each.found, each.state, each.remedy) == ("not here", "wrong", "pip install 'vicinal[all]'")


def test_one_that_some_of_it_needs_is_missing(monkeypatch: pytest.MonkeyPatch):
    each = found(monkeypatch, {}, {"no-such-library": Extra("nothing", "more[of it]")})["no-such-library"]
    assert (each.found, each.state, each.remedy) == ("not here: for nothing", "missing", "pip install 'more[of it]'")


def test_one_that_is_of_no_use_alone_is_missing(monkeypatch: pytest.MonkeyPatch):
    extras = {"numpy": Extra("something", "more", ("torch", "no-such-library"))}
    each = found(monkeypatch, {}, extras)["numpy"]
    assert each.state == "missing"
    assert each.found.endswith(", but no no-such-library: for something")


def test_one_that_cannot_be_imported_is_wrong(monkeypatch: pytest.MonkeyPatch, broken: str):
    each = found(monkeypatch, {"torchvision": broken}, {})["torchvision"]
    assert each.state == "wrong"
    assert each.found.endswith(", cannot be imported: RuntimeError: operator torchvision::nms does not exist")
    assert each.remedy == "pip install --force-reinstall torchvision"


def test_an_extra_that_cannot_be_imported_is_wrong(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    each = found(monkeypatch, {}, {"timm": EXTRAS["timm"]})["timm"]
    assert each.state == "wrong"
    assert ", cannot be imported: ModuleNotFoundError: " in each.found


def test_what_an_adapter_or_a_logger_needs_is_looked_at():
    assert {"lightning", "transformers", "accelerate", "timm", "soundfile", "ray"} < set(EXTRAS)
    assert all("lightning" in EXTRAS[name].beside for name in ("tensorboard", "wandb", "mlflow"))
    assert not set(NEEDED) & set(EXTRAS)
