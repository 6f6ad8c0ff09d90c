"""What is at a path is told of any name that a user may give."""

from pathlib import Path

import pytest

from vicinal._paths import at_home, is_file, is_folder, is_there, meant


def test_a_path_that_is_not_there_reminds_of_one_near_it(tmp_path: Path) -> None:
    (tmp_path / "wine.csv").touch()
    assert meant(tmp_path / "wnie.csv") == f'Perhaps "{tmp_path / "wine.csv"}" is meant'
    assert meant(tmp_path / "photos") == ""
    assert meant(tmp_path / "wine.csv") == ""
    assert meant(tmp_path / "no" / "wine.csv") == ""


def test_what_is_there_is_told_of_any_name(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.touch()
    assert [is_there(each) for each in (file, tmp_path, tmp_path / "b", file / "c", tmp_path / "a\0")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    long = tmp_path / ("x" * 300)
    assert [(is_file(each), is_folder(each)) for each in (file, tmp_path, long)] == [
        (True, False), (False, True), (False, False),
    ]  # fmt: skip
    with pytest.raises(OSError, match="File name too long"):
        is_there(long)
    assert meant(long) == ""


def test_a_path_begins_in_the_users_folder_where_there_is_such_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert [str(at_home(path)) for path in ("~/a", "~$a", Path("b"))] == ["/somewhere/a", "~$a", "b"]
