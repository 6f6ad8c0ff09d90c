import re
import warnings

import numpy as np
import pytest
import torch

from vicinal._errors import InputError
from vicinal.data._class_folders import read_photos
from vicinal.data._contents import Contents
from vicinal.data._find import named as folders_named


def test_a_folder_of_parts_is_read_as_it_stands(put):
    root = put("train/a/1.png", "train/a/2.png", "train/b/1.png", "val/b/1.png", "val/a/9.png")
    photos = read_photos("own", root)
    assert photos.classes == ("a", "b")
    assert photos.train == (("train/a/1.png", 0), ("train/a/2.png", 0), ("train/b/1.png", 1))
    assert photos.test == (("val/a/9.png", 0), ("val/b/1.png", 1))
    assert photos.notes == ()


def test_a_folder_of_classes_is_divided_and_it_is_said(own):
    photos = read_photos("own", own)
    assert (len(photos.train), len(photos.test)) == (9, 3)
    assert sorted(photos.train + photos.test) == [
        (f"{c}/{i}.png", k) for k, c in enumerate(("cat", "dog")) for i in range(6)
    ]
    assert np.bincount([label for _, label in photos.test]).min() >= 1
    assert photos.notes == (
        f"{own} has no test/ or val/: 3 of its 12 pictures, of every class its quarter, are kept for testing "
        "(always the same ones).",
    )
    assert read_photos("again", own).test == photos.test


def test_of_two_parts_for_testing_one_is_used_and_it_is_said(put):
    root = put("train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/1.png", "test/a/1.png", "test/b/2.png")
    photos = read_photos("own", root)
    assert photos.test == (("test/a/1.png", 0), ("test/b/2.png", 1))
    assert photos.notes == (f"{root / 'val'} is not used, since {root / 'test'} is there.",)


def test_loose_pictures_to_test_on_are_no_part(put):
    """As ImageNet's own test/, whose classes nobody knows."""
    root = put("train/a/1.png", "train/b/1.png", "val/a/1.png", "val/b/1.png", "test/1.png")
    (root / "test" / "empty").mkdir()
    assert read_photos("own", root).test == (("val/a/1.png", 0), ("val/b/1.png", 1))


def test_a_class_without_pictures_to_test_on_is_said(put):
    root = put("train/a/1.png", "train/b/1.png", "test/b/1.png")
    assert read_photos("own", root).notes == (f"{root / 'test'} holds no pictures of a.",)


def test_a_class_that_is_only_tested_on_is_refused(put):
    root = put("train/a/1.png", "train/b/1.png", "test/b/1.png", "test/B/1.png")
    folders = f"the class folders of {root / 'train'} and {root / 'test'}"
    with pytest.raises(InputError, match=f"^{re.escape(f'{folders} must be the same, got B in the second only.')}$"):
        read_photos("own", root)


@pytest.mark.parametrize(("paths", "found"), [((), "0 in "), (("1.png",), "0 in "), (("a/1.png", "a/2.png"), "1 in ")])
def test_fewer_than_two_classes_are_refused(put, paths, found):
    root = put(*paths)
    sentence = (
        f"a folder of pictures must be one with two class folders or more, got {found}{root}. Put the pictures of"
    )
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}"):
        read_photos("own", root)


def test_class_folders_without_pictures_are_told_as_such(put):
    root = put("c/1.png")
    for label in "ab":
        (root / label).mkdir()
    with pytest.raises(InputError, match=re.escape(f"got 1 in {root}, and 2 class folders without pictures (a, b). ")):
        read_photos("own", root)


@pytest.mark.parametrize("count", [2, 3])
def test_a_few_pictures_are_divided_or_refused(put, count):
    root = put(*(f"{label}/1.png" for label in "abc"[:count]))
    if count == 3:
        assert len(read_photos("own", root).test) == 1
    else:
        with pytest.raises(InputError, match=r"must be a folder of four pictures or more, got 2 pictures\.$"):
            read_photos("own", root)


def damage(root, *paths: str) -> None:
    for number, path in enumerate(paths):
        whole = (root / path).read_bytes()
        (root / path).write_bytes(b"" if number % 2 else whole[: len(whole) // 2])


def test_broken_pictures_are_named_and_counted(own):
    damage(own, "cat/1.png", "dog/3.png")
    with pytest.raises(InputError) as refusal:
        read_photos("own", own)
    assert re.fullmatch(
        re.escape(f"{own}: 2 of 12 pictures cannot be read: cat/1.png (")
        + r"[^()]+(\([^()]*\))?[^()]*"
        + re.escape("), dog/3.png (it is no picture of a known kind). Mend them or take them away, ")
        + re.escape("or leave them out with --skip-broken."),
        str(refusal.value),
    )


def test_many_broken_pictures_are_counted_and_the_first_are_named(put):
    paths = [f"{label}/{number:02}.png" for label in "ab" for number in range(10)]
    root = put(*paths, "a/99.png", "b/99.png")
    damage(root, *paths)
    with pytest.raises(
        InputError, match=r"20 of 22 pictures cannot be read: a/00\.png .* a/09\.png \([^)]*\), …\. Mend"
    ):
        read_photos("own", root)


def test_broken_pictures_can_be_left_out_and_it_is_said(own):
    damage(own, "cat/1.png")
    photos = read_photos("own", own, skip_broken=True)
    assert len(photos.train + photos.test) == 11
    assert "cat/1.png" not in dict(photos.train + photos.test)
    assert photos.notes[0].startswith(f"{own}: 1 of 12 pictures cannot be read and is left out: cat/1.png (")


def test_a_class_of_broken_pictures_is_no_class(put):
    root = put("train/a/1.png", "train/b/1.png", "train/c/1.png", "val/a/1.png", "val/b/1.png")
    damage(root, "train/c/1.png")
    assert read_photos("own", root, skip_broken=True).classes == ("a", "b")


def test_many_pictures_are_checked_only_if_broken_ones_are_to_be_left_out(own):
    damage(own, "cat/1.png")
    assert len(read_photos("own", own, checked=11).train) == 9
    with pytest.raises(InputError):
        read_photos("own", own, checked=12)
    assert len(read_photos("own", own, checked=11, skip_broken=True).train) == 8


def test_threads_find_the_same_broken_pictures_and_leave_the_filters_of_warnings(put):
    paths = [f"{label}/{number}.png" for label in "ab" for number in range(150)]
    root = put(*paths, size=(3, 3))
    damage(root, paths[7], paths[250])
    before, threads = list(warnings.filters), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert list(Contents().broken(root, paths)) == [paths[7], paths[250]]
    finally:
        torch.set_num_threads(threads)
    assert Contents().broken(root, paths[:10]) == {paths[7]: Contents().broken(root, paths)[paths[7]]}
    assert warnings.filters == before


@pytest.mark.real_data("imagenette")
def test_real_photos_are_read(tmp_path):
    root = next(path for _, folder in folders_named() for path in folder.glob("imagenette*"))
    photos = read_photos("imagenette", root)
    assert len(photos.classes) == 10
    assert (len(photos.train), len(photos.test)) >= (600, 250)
    assert set(np.bincount([label for _, label in photos.train])) == {len(photos.train) // 10}
