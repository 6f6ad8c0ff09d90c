import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from vicinal._errors import InputError
from vicinal.data._find import SYSTEM, cache, find, listings, searched


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("here")
    return path


@pytest.mark.parametrize("below", ["", "a", "a/b", "a/b/c"])
def test_files_are_found_up_to_three_folders_below(tmp_path, below):
    path = put(tmp_path / below / "x.data")
    assert find(["x.data"], [tmp_path]) == {"x.data": path}


def test_a_fourth_folder_is_too_deep(tmp_path):
    put(tmp_path / "a/b/c/d/x.data")
    assert find(["x.data"], [tmp_path]) == {}


def test_the_first_folder_wins_then_the_least_deep_then_the_alphabet(tmp_path):
    for path in ("one/z/x", "one/b/c/x", "one/a/b/x", "one/b/x", "two/x"):
        put(tmp_path / path)
    one, two = tmp_path / "one", tmp_path / "two"
    assert find(["x"], [one, two])["x"] == one / "b/x"
    assert find(["x"], [two, one])["x"] == two / "x"
    (one / "b/x").unlink()
    assert find(["x"], [one])["x"] == one / "z/x"
    (one / "z/x").unlink()
    assert find(["x"], [one])["x"] == one / "a/b/x"


def test_each_file_is_looked_for_on_its_own(tmp_path):
    x, y = put(tmp_path / "one/x"), put(tmp_path / "two/deep/y")
    assert find(["x", "y", "z"], [tmp_path / "one", tmp_path / "two"]) == {"x": x, "y": y}


def test_links_that_lead_round_in_circles_are_looked_at_once(tmp_path):
    for name in "abcdefgh":
        (tmp_path / name).symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to("self")
    path = put(tmp_path / "z/x")
    assert find(["x", "self"], [tmp_path]) == {"x": path}
    assert len(list(listings(tmp_path))) == 2


def test_a_linked_folder_is_looked_into(tmp_path):
    put(tmp_path / "elsewhere/x")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/link").symlink_to(tmp_path / "elsewhere")
    assert find(["x"], [tmp_path / "root"])["x"] == tmp_path / "root/link/x"


def test_folders_broken_links_and_hidden_folders_are_no_files(tmp_path):
    (tmp_path / "a/x").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    (tmp_path / "b/x").symlink_to(tmp_path / "nowhere")
    put(tmp_path / ".hidden/x")
    assert find(["x"], [tmp_path]) == {}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="another user is a Unix process")
def test_folders_that_cannot_be_read_are_passed_over():
    """As another user where this one is root, whom permissions do not stop; outside of root's own tmp_path."""
    root = Path(tempfile.mkdtemp())
    try:
        root.chmod(0o755)
        put(root / "a/x")
        path = put(root / "b/c/x")
        (root / "a").chmod(0)
        child = os.fork()
        if child == 0:
            if os.geteuid() == 0:
                os.setuid(65534)
            os._exit(0 if find(["x"], [root]) == {"x": path} and find(["x"], [root / "a"]) == {} else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        (root / "a").chmod(0o755)
        shutil.rmtree(root)


def test_the_named_folder_comes_first_then_the_variable_then_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VICINAL_DATA", str(tmp_path))
    named = tmp_path / "named"
    named.mkdir()
    assert searched(named) == [named, tmp_path, cache(), SYSTEM]
    assert searched(None) == [tmp_path, cache(), SYSTEM]
    monkeypatch.setenv("VICINAL_DATA", "")
    assert searched(None) == [cache(), SYSTEM]


def test_the_variable_may_name_several_folders_as_path_does(tmp_path, monkeypatch):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        put(folder / "x")
    monkeypatch.setenv("VICINAL_DATA", os.pathsep.join(["", str(two), str(one)]))
    assert searched(None) == [two, one, cache(), SYSTEM]
    assert find(["x"], searched(None))["x"] == two / "x"
    monkeypatch.setenv("VICINAL_DATA", os.pathsep.join([str(one), str(tmp_path / "nowhere")]))
    with pytest.raises(InputError, match=re.escape(f"got {tmp_path / 'nowhere'}, which is none.")):
        searched(None)


def test_class_folders_are_not_looked_into(tmp_path):
    put(tmp_path / "a/train/cat/x")
    assert find(["x"], [tmp_path]) == {}
    assert find(["x"], [tmp_path / "a/train"]) == {"x": tmp_path / "a/train/cat/x"}


def test_a_folder_that_is_none_is_told(tmp_path, monkeypatch):
    monkeypatch.delenv("VICINAL_DATA", raising=False)
    nowhere = tmp_path / "nowhere"
    told = f"must be a folder, got {nowhere}, which is none. Name the folder with the data."
    with pytest.raises(InputError, match=f"^{re.escape(f'--data-dir {told}')}$"):
        searched(nowhere)
    monkeypatch.setenv("VICINAL_DATA", str(nowhere))
    with pytest.raises(InputError, match=f"^{re.escape(f'VICINAL_DATA {told}')}$"):
        searched(None)
