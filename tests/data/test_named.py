import re

import pytest

from vicinal._errors import InputError
from vicinal.data import SETS, Photos, named


@pytest.mark.parametrize("name", SETS)
def test_a_registered_name_is_that_set(name):
    assert named(name) is SETS[name]


def test_a_folder_is_a_set_from_wherever_it_is_named(own, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text, data_dir in ((str(own), None), ("pictures", None), ("./pictures/", None), ("pictures", "elsewhere")):
        entry = named(text, data_dir)
        assert (entry.name, entry.title, entry.here()) == (text, "pictures", True)
        photos = entry.load(data_dir)
        assert isinstance(photos, Photos)
        assert (photos.name, photos.classes) == ("pictures", ("cat", "dog"))
    monkeypatch.chdir("/")
    assert named("pictures", tmp_path).load().classes == ("cat", "dog")
    monkeypatch.chdir(own)
    assert named(".").load().name == "pictures"


def test_a_folder_needs_no_other_data(own, monkeypatch):
    monkeypatch.setenv("VICINAL_DATA", "/nowhere")
    assert named(str(own)).load().classes == ("cat", "dog")


def test_broken_pictures_are_left_out_where_that_is_wished(own):
    (own / "cat" / "0.png").write_bytes(b"")
    with pytest.raises(InputError, match="1 of 12 pictures cannot be read"):
        named(str(own)).load()
    assert len(named(str(own), skip_broken=True).load().train) == 8
    assert named("digits", skip_broken=True) is SETS["digits"]


def test_broken_pictures_of_a_registered_set_are_left_out_too(put):
    root = put(*(f"{part}/{label}/1.png" for part in ("train", "val") for label in "abc"), root="imagenette")
    (root / "train" / "a" / "1.png").write_bytes(b"")
    (root / "val" / "a" / "1.png").write_bytes(b"")
    with pytest.raises(InputError, match="2 of 6 pictures cannot be read"):
        named("imagenette").load(root)
    photos = named("imagenette", skip_broken=True).load(root)
    assert (photos.name, photos.classes) == ("imagenette", ("b", "c"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "cifar-10",
            'no data set or folder is called "cifar-10"; did you mean "cifar10"? (there are abalone, arcene, ',
        ),
        ("/nowhere", "/nowhere must be a data set's name or a folder of class folders, got nothing."),
        ("./nowhere", "./nowhere must be a data set's name or a folder of class folders, got nothing."),
        (__file__, f"{__file__} must be a data set's name or a folder of class folders, got a file."),
    ],
)
def test_what_is_neither_is_told(text, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}"):
        named(text)
