"""The picture that a report opens with is kept as it is, and one that is damaged is none."""

import dataclasses
import random
from pathlib import Path

import numpy as np
import pytest

from vicinal.data import SETS
from vicinal.experiments import EXPERIMENTS, Mixes, Setup
from vicinal.studies import mixed_examples
from vicinal.studies._opening import opening, read_opening, write_opening

FILE = "opening.npz"


def picture(**changed: object) -> Mixes:
    found = mixed_examples(SETS["digits"].load(), alpha=1.0)
    return dataclasses.replace(found, **changed)


def same(one: Mixes | None, other: Mixes) -> bool:
    return one is not None and all(
        np.array_equal(mine, theirs) and mine.dtype == theirs.dtype
        if isinstance(theirs, np.ndarray)
        else mine == theirs
        for mine, theirs in ((getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(other))
    )


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"alpha": None},
        {"names": (("T-shirt/top", "画像"),) * 8, "caption": "α = 1, a\nline “more”"},
        {"mixed": np.ones((8, 5), np.float32)},
    ],
    ids=["as it is", "another law", "any words", "rows of a table"],
)
def test_what_was_written_is_read_back(tmp_path: Path, changed):
    written = picture(**changed)
    write_opening(tmp_path, written)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert same(read_opening(tmp_path), written)


def test_the_last_one_counts_and_none_removes_it(tmp_path: Path):
    write_opening(tmp_path, picture())
    write_opening(tmp_path, picture(caption="another"))
    assert same(read_opening(tmp_path), picture(caption="another"))
    write_opening(tmp_path, None)
    assert list(tmp_path.iterdir()) == []
    assert read_opening(tmp_path) is None
    write_opening(tmp_path, None)


def test_where_there_is_none_none_is_read(tmp_path: Path):
    assert read_opening(tmp_path) is None
    assert read_opening(tmp_path / "nowhere") is None
    (tmp_path / FILE).mkdir()
    assert read_opening(tmp_path) is None


@pytest.mark.parametrize("cuts", [60, pytest.param(1_000, marks=pytest.mark.long)])
def test_a_file_that_is_cut_off_is_none(tmp_path: Path, cuts):
    write_opening(tmp_path, picture())
    whole = (tmp_path / FILE).read_bytes()
    for end in sorted({0, 1, len(whole) - 1, *range(0, len(whole), max(1, len(whole) // cuts))}):
        (tmp_path / FILE).write_bytes(whole[:end])
        assert read_opening(tmp_path) is None


@pytest.mark.parametrize("flips", [200, pytest.param(1_000, marks=pytest.mark.long)])
def test_a_file_of_which_a_bit_has_changed_is_none_or_what_it_was(tmp_path: Path, flips):
    """Not all bits of an archive say something: its dates, for example, do not."""
    source, written, damaged = random.Random(0), picture(), 0
    write_opening(tmp_path, written)
    whole = (tmp_path / FILE).read_bytes()
    for _ in range(flips):
        content = bytearray(whole)
        content[source.randrange(len(whole))] ^= 1 << source.randrange(8)
        (tmp_path / FILE).write_bytes(content)
        found = read_opening(tmp_path)
        damaged += found is None
        assert found is None or same(found, written)
    assert damaged > flips / 2


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"words": np.array("{}")},
        {"words": np.array("[1, 2]")},
        {"words": np.array('{"names": [["a"]], "alpha": 1, "caption": ""}')},
        {"words": np.array('{"names": [], "alpha": 1, "caption": ""}'), "mixed": np.zeros(1)},
        {"words": np.array({"names": []}, dtype=object)},  # pickled, which is not read
    ],
)
def test_another_archive_is_none(tmp_path: Path, arrays):
    np.savez(tmp_path / FILE, **arrays)
    assert read_opening(tmp_path) is None


def test_what_opens_a_report_is_the_first_data_set_with_pictures():
    tables = {"decision-boundary": Setup(), "tabular": Setup()}
    assert opening(tables, None) is None
    found = opening({**tables, "cifar": Setup(), "imagenet": Setup()}, None)
    assert same(found, picture())
    assert EXPERIMENTS["cifar"].data["smoke"] == ("digits",)
