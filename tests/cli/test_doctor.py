"""``vicinal doctor``: what it says and the status that it ends with."""

import importlib.util
import json
import sys

import pytest

from vicinal import _findings, cli
from vicinal.__main__ import main
from vicinal.studies import _checkup


def test_all_is_well_where_it_is(called, tmp_path):
    """Takes eight seconds of one core: every library that is here is imported, and a net is trained."""
    status, out, told = called("doctor", "--device", "cpu", "--json", "found.json")
    assert (status, told) == (0, "")
    assert out.splitlines()[-1].startswith("All is well (")
    document = json.loads((tmp_path / "found.json").read_text())
    assert document["well"]
    assert [line for line in out.splitlines() if not line.startswith(" ")][:-1] == [
        *("versions", "extras", "devices", "data", "room", "self-test"),
    ]
    for each in document["findings"]:
        assert each["found"] in out
        assert each["remedy"] in out


@pytest.mark.parametrize("broken", ["mixing_differs", "training_fails"])
def test_what_is_broken_is_told_with_status_1(called, broken, monkeypatch):
    def fails(device: str) -> str:
        raise RuntimeError(f"no luck on {device}\nand more")

    for name in ("mixing_differs", "training_fails"):
        monkeypatch.setattr(_checkup, name, fails if name == broken else lambda device: "")
    status, out, told = called("doctor", "--device", "cpu")
    name = broken.partition("_")[0]
    assert (status, told) == (1, "")
    assert f"  ! {name:8}  RuntimeError: no luck on cpu; " in out
    assert out.splitlines()[-1] == f"To be mended: {name}."


def test_a_library_that_all_needs_and_that_cannot_be_imported_is_told_instead_of_a_traceback(
    called, monkeypatch, tmp_path
):
    """As of torch and torchvision that were not made for each other: the rest, which imports them, is not looked at."""
    (tmp_path / "broken_vision.py").write_text('raise RuntimeError("operator torchvision::nms does not exist")')
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(_findings.NEEDED, "torchvision", "broken_vision")
    monkeypatch.setattr("vicinal.studies.checkup", lambda *_, **__: pytest.fail("imports what is broken"))
    status, out, told = called("doctor", "--json", "found.json")
    assert (status, told) == (1, "")
    assert "cannot be imported: RuntimeError: operator torchvision::nms does not exist; pip install" in out
    assert out.splitlines()[-1] == "To be mended: torchvision."
    document = json.loads((tmp_path / "found.json").read_text())
    assert [each["name"] for each in document["findings"] if each["state"] == "wrong"] == ["torchvision"]


def test_doctor_is_asked_where_other_commands_would_end_for_want_of_a_library(monkeypatch):
    there, asked = importlib.util.find_spec, []
    monkeypatch.setattr("vicinal.__main__.find_spec", lambda name: None if name == "polars" else there(name))
    monkeypatch.setattr(cli, "run", lambda words: asked.append(words) or 0)
    for command in ("doctor", "list"):
        monkeypatch.setattr(sys, "argv", ["vicinal", command])
        with pytest.raises(SystemExit):
            main()
    assert asked == [["doctor"]]
