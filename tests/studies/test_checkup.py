"""The checkup finds what is wrong, and that is shown by making it wrong."""

from pathlib import Path

import pytest
import torch

from vicinal.studies import _checkup
from vicinal.studies._checkup import mixing_differs, training_fails
from vicinal.vicinity import MixupDraw


def topic(name: str, **options: object) -> list[_checkup.Finding]:
    return list({"data": _checkup._data, "room": _checkup._room}[name](**options))


def test_mixing_that_is_right_is_found_right():
    assert mixing_differs("cpu") == ""


def test_mixing_that_is_wrong_is_found_out(monkeypatch: pytest.MonkeyPatch):
    right = MixupDraw._mix_rows
    monkeypatch.setattr(MixupDraw, "_mix_rows", lambda self, x: right(self, x) + 1e-4)
    assert mixing_differs("cpu") == "a mixed batch is 1.0e-04 from λ x + (1 − λ) x′"


def test_a_net_that_learns_is_found_well_and_leaves_torchs_generator_alone():
    before = torch.get_rng_state()
    assert training_fails("cpu") == ""
    assert torch.equal(before, torch.get_rng_state())


def test_a_net_that_does_not_learn_is_found_out(monkeypatch: pytest.MonkeyPatch):
    real = _checkup.run

    def backwards(*given: object, **options: object) -> list[object]:
        (found,) = real(*given, **options)  # pyright: ignore[reportArgumentType]
        found.curve.reverse()
        return [found]

    monkeypatch.setattr(_checkup, "run", backwards)
    assert training_fails("cpu").startswith("the loss rose from ")


def test_data_are_told_with_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VICINAL_DATA", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "abalone.data").touch()
    found = {each.name: each for each in topic("data", data_dir=tmp_path)}
    assert (found["abalone"].found, found["abalone"].state) == (str(tmp_path / "abalone.data"), "good")
    assert (found["digits"].found, found["digits"].state) == ("comes with the libraries", "good")
    assert found["arcene"].state == "missing"
    assert found["imagenet"].remedy


def test_a_folder_that_is_none_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VICINAL_DATA", str(tmp_path / "gone"))
    (found,) = [each for each in topic("data", data_dir=None) if each.state == "wrong"]
    assert str(tmp_path / "gone") in found.found


def test_a_cache_that_cannot_be_written_to_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "cache").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (found,) = topic("room")
    assert found.state == "wrong"
    assert "cannot be written to" in found.found


def test_too_little_room_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(_checkup, "ROOM", 1e18)
    assert [each.state for each in topic("room")] == ["wrong"]
    monkeypatch.setattr(_checkup, "ROOM", 1)
    assert [each.state for each in topic("room")] == ["good"]
    assert list((tmp_path / "vicinal").iterdir()) == []
