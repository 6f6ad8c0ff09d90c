"""``vicinal doctor``: what it says and the status that it ends with."""

import json

import pytest

from vicinal.studies import _checkup


def test_all_is_well_where_it_is(called, tmp_path):
    """Takes four seconds, most of them for the test that it makes of itself."""
    status, out, told = called("doctor", "--device", "cpu", "--json", "found.json")
    assert (status, told) == (0, "")
    assert out.splitlines()[-1].startswith("All is well (")
    document = json.loads((tmp_path / "found.json").read_text())
    assert document["well"]
    assert [line for line in out.splitlines() if not line.startswith(" ")][:-1] == [
        *("versions", "devices", "extras", "data", "room", "self-test"),
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
