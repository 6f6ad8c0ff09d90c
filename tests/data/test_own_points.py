"""Somebody's own points: any usual file of two columns, and a sentence for every other one."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vicinal._errors import InputError
from vicinal.data import OwnPoints, Points, named, read_points

VALUES = np.random.default_rng(0).normal(3, 20, (60, 2)).round(3)


def written(path: Path, *, separator: str = ",", head: str = "", decimal: str = ".", end: str = "\n") -> Path:
    rows = [separator.join(str(value).replace(".", decimal) for value in row) for row in VALUES.tolist()]
    path.write_bytes((head + end.join(rows) + end).encode())
    return path


def shape(points: np.ndarray) -> np.ndarray:
    """Return points as they are trained on: around 0, with a mean square of 1."""
    centred = points - points.mean(0)
    return centred / np.sqrt((centred**2).mean())


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"head": "x,y\n"},
        {"head": "\ufeffx,y\n"},
        {"separator": ", "},
        {"separator": "\t", "head": '"x"\t"y"\n'},
        {"separator": " "},
        {"separator": "   "},
        {"separator": ";", "decimal": ",", "head": "x;y\n"},
        {"separator": ";"},
        {"end": "\r\n"},
        {"end": "\n\n", "head": "\n"},
    ],
    ids=repr,
)
def test_every_usual_file_gives_the_same_points(tmp_path: Path, form):
    found = read_points(written(tmp_path / "points.csv", **form))
    np.testing.assert_allclose(found.points, shape(VALUES), rtol=1e-12)
    assert isinstance(found, Points)
    assert (found.name, found.classes) == ("points.csv", ("points",))


def test_numbers_in_quotes_are_numbers(tmp_path: Path):
    path = tmp_path / "quoted.csv"
    path.write_text("".join(f'"{x}","{y}"\n' for x, y in VALUES.tolist()))
    np.testing.assert_allclose(read_points(path).points, shape(VALUES))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,2\n1,2,3\n", "p.csv, line 2: expected 2 columns, found 3."),
        ("1\n2\n", "p.csv, line 1: expected 2 columns, found 1."),
        ("1,2\n\n3,four\n", 'p.csv, line 3, column 2: expected a number, found "four".'),
        ("1,2\nx,y\n", 'p.csv, line 2, column 1: expected a number, found "x".'),
        ("x,2\n", 'p.csv, line 1, column 1: expected a number, found "x".'),
        ("1,2\n3,nan\n", 'p.csv, line 2, column 2: expected a number, found "nan".'),
        ("1,2\n3,\n", 'p.csv, line 2, column 2: expected a number, found "".'),
        ("1,2\n3,1e300\n", 'p.csv, line 2, column 2: expected a number, found "1e300".'),
        ("1,2\n3," + "x" * 90 + "\n", f'p.csv, line 2, column 2: expected a number, found "{"x" * 40}…".'),
        ("", "p.csv must be a file of 20 points or more, got 0."),
        ("x,y\n1,2\n3,4\n", "p.csv must be a file of 20 points or more, got 2."),
        ("5,5\n" * 30, "p.csv must be a file of points that differ, got 30 equal ones."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text, sentence):
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        read_points(path)


def test_what_is_no_text_or_not_there_is_told(tmp_path: Path):
    path = tmp_path / "p.csv"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match=r"p\.csv must be a text file of two columns of numbers, got something else\."):
        read_points(path)
    with pytest.raises(InputError, match="No such file"):
        read_points(tmp_path / "nowhere.csv")


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_told_in_one_sentence(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(InputError) as told:
        read_points(path)
    assert len(str(told.value).splitlines()) == 1


def test_a_quarter_is_held_out_and_every_point_is_in_one_part():
    data = OwnPoints("own", shape(VALUES))
    for seed in (0, 1):
        cloud = data.cloud(seed=seed)
        assert (len(cloud.train), len(cloud.held_out), cloud.places) == (45, 15, None)
        together = torch.cat([cloud.train, cloud.held_out]).double().numpy()
        np.testing.assert_allclose(np.sort(together, axis=0), np.sort(data.points, axis=0), rtol=1e-6)
        assert torch.equal(cloud.train, data.cloud(seed=seed).train)
    assert not torch.equal(data.cloud(seed=0).held_out, data.cloud(seed=1).held_out)
    many = OwnPoints("many", np.random.default_rng(0).normal(size=(30_000, 2)))
    assert len(many.cloud(seed=0).held_out) == 2_000


def test_the_extent_is_a_square_around_all_points():
    data = OwnPoints("own", shape(VALUES))
    left, right, bottom, top = data.cloud(seed=0).extent
    assert right - left == pytest.approx(top - bottom)
    inside = (data.points > [left, bottom]) & (data.points < [right, top])
    assert inside.all()


def test_the_fingerprint_is_of_the_points_alone(tmp_path: Path):
    one, other = written(tmp_path / "a.csv"), written(tmp_path / "b.csv", separator=";", head="x;y\n")
    assert named(str(one)).load().fingerprint == named(str(other)).load().fingerprint
    changed = VALUES.copy()
    changed[0, 0] += 1
    assert OwnPoints("a", shape(changed)).fingerprint != named(str(one)).load().fingerprint


def test_a_file_is_a_set_from_wherever_it_is_named(tmp_path: Path, monkeypatch):
    written(tmp_path / "points.csv")
    monkeypatch.setenv("VICINAL_DATA", "/nowhere")
    assert isinstance(named("points.csv", tmp_path).load(), OwnPoints)
    monkeypatch.chdir(tmp_path)
    entry = named("points.csv")
    assert (entry.title, entry.here(), isinstance(entry.load(), OwnPoints)) == ("points.csv", True, True)
    with pytest.raises(InputError, match=r"^other\.csv must be a file of points that exists, got nothing\.$"):
        named("other.csv")
