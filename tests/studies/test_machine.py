"""What is told of the machine beside every figure."""

import platform
from pathlib import Path

import pytest

from vicinal.studies import _machine
from vicinal.studies._machine import this_machine


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("processor : 0\nmodel name\t: Some CPU @ 2 GHz\nmodel name\t: another\n", "Some CPU @ 2 GHz"),
        ("model name\t:\nmodel name\t: Some CPU\n", "Some CPU"),
        ("model name\t:\n", None),
        ("Hardware : a board\n", None),
        (None, None),
    ],
)
def test_the_processor_has_the_systems_name_for_it_or_its_architectures(tmp_path: Path, monkeypatch, told, name):
    """``None`` stands for a system without such a file, and for the architecture."""
    if told is not None:
        (tmp_path / "cpuinfo").write_text(told)
    monkeypatch.setattr(_machine, "TOLD", tmp_path / "cpuinfo")
    assert this_machine("cpu").processor == (name or platform.processor() or platform.machine())
