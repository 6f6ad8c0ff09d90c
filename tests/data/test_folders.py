import os
import re
from pathlib import Path

import pytest
from torchvision.datasets import ImageFolder

from vicinal._errors import InputError
from vicinal.data._folders import TESTS, counted, divided, enumerated, kind_of, listed

NESTED = ("b/2.png", "b/10.png", "b/in/1.png", "b/in/deep/0.png", "a/x.jpg", "a/X.PNG", "Z/1.webp", "b/in.png")


def test_pictures_are_those_of_torchvisions_reader_in_its_order(put):
    root = put(*NESTED)
    theirs = ImageFolder(str(root))
    ours = [str(root / path) for label in sorted(listed(root).files) for path in listed(root).files[label]]
    assert sorted(listed(root).files) == theirs.classes
    assert ours == [path for path, _ in theirs.samples]


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.b.Png", "ö.webp", "a.tif", "x y.gif"])
def test_pictures_are_known_by_their_names(name):
    assert kind_of(name) == "picture"
    assert kind_of(name + "x") is None


@pytest.mark.parametrize("name", ["a", "jpg", ".jpg", "a.txt", "a.csv", "Thumbs.db", "a.jpg~", "a.mp4"])
def test_other_files_are_known_by_their_names(name):
    assert kind_of(name) is None


def test_what_is_left_out_is_said_in_one_sentence(put):
    root = put("a/1.png", "b/1.png", "a/.hidden.png", ".git/a/1.png", "a/.cache/1.png", "loose.png", "b/__MACOSX/1.png")
    for path in ("a/notes.txt", "b/in.csv", ".DS_Store", "b/Thumbs.db", "readme.md"):
        (root / path).write_text("text")
    (root / "empty" / "below").mkdir(parents=True)
    (root / "none").mkdir()
    listing = listed(root)
    assert listing.files == {"a": ["a/1.png"], "b": ["b/1.png"]}
    assert listing.said(root) == [
        f"{root}: left out 5 hidden files and 5 files of another kind (loose.png, readme.md, a/notes.txt, …) "
        "and 2 class folders without pictures (empty, none)."
    ]


def test_nothing_is_said_of_nothing(put):
    root = put("a/1.png", "b/1.png")
    assert listed(root).said(root) == []
    assert len(listed(root)) == 2


def test_a_link_that_leads_round_in_a_circle_is_followed_once(put):
    root = put("a/1.png", "b/1.png")
    (root / "a" / "round").symlink_to(root / "a")
    (root / "c").symlink_to(root / "b")
    assert listed(root).files == {"a": ["a/1.png"], "b": ["b/1.png"], "c": ["c/1.png"]}


@pytest.mark.parametrize(
    ("paths", "parts"),
    [
        (("train/a/1.png", "test/a/1.png"), ("train", ["test"])),
        (("train/a/1.png", "val/a/1.png"), ("train", ["val"])),
        (("train/a/1.png", "val/a/1.png", "test/a/1.png", "other/x.png"), ("train", ["test", "val"])),
        (("Train/a/1.png", "Valid/a/1.png"), ("Train", ["Valid"])),
        (("train/a/1.png",), ("train", [])),
        (("train/a/1.png", "test/1.png"), ("", [])),
        (("a/1.png", "b/1.png"), ("", [])),
        (("bus/1.png", "train/1.png"), ("", [])),
        (("bus/1.png", "train/steam/1.png"), ("", [])),
        (("a/1.png", "test/b/1.png"), ("", [])),
    ],
)
def test_parts_are_known_by_their_names_and_may_be_classes(put, paths, parts):
    assert divided(put(*paths)) == parts


def test_every_name_of_a_part_is_known(put):
    for name in TESTS:
        assert divided(put("train/a/1.png", f"{name}/a/1.png", root=name)) == ("train", [name])


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert divided(tmp_path / "nowhere") == ("", [])
    assert listed(tmp_path / "nowhere").files == {}


def test_numbers_and_names_in_sentences():
    assert [counted(n, "file") for n in (0, 1, 2, 1000)] == ["0 files", "1 file", "2 files", "1,000 files"]
    assert enumerated(["a\n", "b", "c"]) == "a\\n, b, c"
    assert enumerated(list("abcd")) == "a, b, c, …"


@pytest.mark.parametrize("locked", ["", "b", "a/in"])
def test_a_folder_that_may_not_be_read_is_no_empty_one(put, monkeypatch, locked):
    """Root may read everything, so that the system's refusal is played."""
    root = put("a/1.png", "a/in/2.png", "b/1.png")
    scan = os.scandir

    def refusing(path):
        if Path(path) == root / locked:
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(InputError, match=f"^{re.escape(str(root / locked))}/? cannot be read: Permission denied\\.$"):
        listed(root)
