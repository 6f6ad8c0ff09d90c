import hashlib
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from vicinal._errors import InputError
from vicinal.data import DataSet, OtherContent, Table
from vicinal.data._cells import read_cells
from vicinal.data._find import cache
from vicinal.data._official import OfficialTable
from vicinal.data._origin import Files

CONTENT = b"1,x\n2,y\n"
CLOSED = "http://127.0.0.1:9/some.data"  # the port "discard", where nobody listens


def read(path: Path) -> Table:
    cells = read_cells(path, columns=2)
    nothing = np.empty((len(cells.rows), 0), dtype=object)
    return Table("some", cells.numbers(slice(0, 1)), ("a",), nothing, (), *cells.labels(-1, among=("x", "y")))


SOME = DataSet(
    "some",
    "Some",
    "nowhere",
    "none",
    read,
    Files((OfficialTable("some.data", CLOSED, 2, 2, hashlib.sha256(CONTENT).hexdigest()),)),
)


@pytest.fixture(autouse=True)
def _nothing_is_here(tmp_path, monkeypatch):
    monkeypatch.delenv("VICINAL_DATA", raising=False)
    for variable in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))


def test_a_file_that_is_here_is_read(tmp_path):
    (tmp_path / "some.data").write_bytes(CONTENT.replace(b"\n", b"\r\n"))
    assert SOME.here(tmp_path)
    assert len(SOME.load(tmp_path)) == 2


def test_the_cache_is_looked_into(tmp_path):
    assert not SOME.here()
    assert cache().is_relative_to(tmp_path)
    (cache() / "some").mkdir(parents=True)
    (cache() / "some" / "some.data").write_bytes(CONTENT)
    assert SOME.here()
    assert SOME.load().classes == ("x", "y")


def test_a_file_that_is_nowhere_is_told_with_folder_and_address():
    with pytest.raises(InputError) as failure:
        SOME.load()
    assert str(failure.value) == (
        f"some.data is not here and could not be fetched (no connection). Download {CLOSED} and put it into "
        f"{cache() / 'some'}, or name another folder with --data-dir."
    )


def test_the_folder_that_is_looked_into_first_is_told_too(tmp_path, monkeypatch):
    given, other = tmp_path / "given", tmp_path / "other"
    for folder in (given, other):
        folder.mkdir()
    monkeypatch.setenv("VICINAL_DATA", str(other))
    for data_dir, first in ((given, given), (None, other)):
        told = re.escape(f"put it into {first} or {cache() / 'some'}, or name another")
        with pytest.raises(InputError, match=told):
            SOME.load(data_dir)
    with pytest.raises(InputError, match=re.escape(f"put it into {given / 'some'}, or name another")):
        SOME.fetch(given)


def test_another_content_is_used_after_one_warning_that_points_here(tmp_path):
    path = tmp_path / "some.data"
    path.write_bytes(b"1,x\n2,y\n3,y\n")
    with pytest.warns(OtherContent) as warned:
        data = SOME.load(tmp_path)
    assert [str(warning.message) for warning in warned] == [
        f"{path} is not the official some.data (expected 2 rows × 2 columns, found 3 × 2); it is used as it is."
    ]
    assert warned[0].filename == __file__
    assert len(data) == 3


def test_a_malformed_file_is_told_without_a_warning(tmp_path):
    (tmp_path / "some.data").write_bytes(b"1,x\n2\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError, match=re.escape("some.data, line 2: expected 2 columns, found 1.")):
            SOME.load(tmp_path)
