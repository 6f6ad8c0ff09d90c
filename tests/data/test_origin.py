import gzip
import hashlib
import re
from pathlib import Path

import pytest

from vicinal._errors import InputError
from vicinal.data import SETS
from vicinal.data._official import OfficialFile
from vicinal.data._origin import ClassFolders, Folder, simple

CONTENTS = {"pictures-idx3.gz": b"pictures", "labels-idx1.gz": b"labels"}


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def origin(*names: str) -> Folder:
    """Two files, as published packed by gzip at a fixed time."""
    return Folder(
        tuple(
            OfficialFile(name, f"https://nowhere/{name}", md5(gzip.compress(content, mtime=1)), md5(content))
            for name, content in CONTENTS.items()
        ),
        names=names,
    )


def put(folder: Path, form: str = "official", suffix: str = "") -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in CONTENTS.items():
        content += suffix.encode()
        match form:
            case "official":
                paths.append(folder / name)
                content = gzip.compress(content, mtime=1)
            case "packed again":
                paths.append(folder / name)
                content = gzip.compress(content, 1, mtime=2)
            case "plain":
                paths.append(folder / name.removesuffix(".gz"))
            case "with a dot":
                paths.append(folder / name.removesuffix(".gz").replace("-idx", ".idx"))
        paths[-1].write_bytes(content)
    return paths


@pytest.mark.parametrize("form", ["official", "packed again", "plain", "with a dot"])
def test_files_are_found_and_known_however_they_are_packed(tmp_path, form):
    paths = put(tmp_path / "some" / "set", form)
    for each in (origin(), origin("set"), origin("other")):
        assert each.found([tmp_path]) == paths
        assert list(each.differences(paths)) == []


@pytest.mark.parametrize("folder", ["Some-Set", "some_set", "SomeSet/raw", "a/b/some set"])
def test_another_content_is_found_by_the_folders_name(tmp_path, folder):
    paths = put(tmp_path / folder, suffix="!")
    assert origin("someset").found([tmp_path]) == paths
    assert origin("set").found([tmp_path]) is None
    assert origin("someset").found([tmp_path / folder]) == paths


def test_the_folder_that_one_stands_in_has_a_name_too(tmp_path, monkeypatch):
    put(tmp_path / "some-set", suffix="!")
    monkeypatch.chdir(tmp_path / "some-set")
    assert origin("someset").found([Path()]) is not None


def test_a_linked_folder_is_called_as_the_link_is(tmp_path):
    put(tmp_path / "x" / "elsewhere", suffix="!")
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "some-set").symlink_to(tmp_path / "x" / "elsewhere")
    assert origin("someset").found([tmp_path / "y"]) is not None


def test_files_of_two_folders_are_never_read_together(tmp_path):
    one, two = put(tmp_path / "a" / "set", suffix="!"), put(tmp_path / "b" / "set")
    one[0].unlink()
    assert origin("set").found([tmp_path]) == two
    two[1].unlink()
    assert origin("set").found([tmp_path]) is None


def test_one_sentence_names_the_files_that_differ(tmp_path):
    paths = put(tmp_path / "set")
    paths[1].write_bytes(b"other")
    assert list(origin().differences(paths)) == [
        f"{tmp_path / 'set'} is not the official data set (labels-idx1.gz is not as published); it is used as it is."
    ]
    assert list(origin().differences(put(tmp_path / "set", suffix="!"))) == [
        f"{tmp_path / 'set'} is not the official data set (none of its files is as published); it is used as it is."
    ]


def test_mnist_and_fashion_mnist_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.delenv("VICINAL_DATA", raising=False)
    names = [file.name for file in SETS["mnist"].files]
    assert names == [file.name for file in SETS["fashion-mnist"].files]
    for folder in ("MNIST/raw", "FashionMNIST/raw", "KMNIST/raw", "emnist"):
        (tmp_path / folder).mkdir(parents=True)
        for name in names:
            (tmp_path / folder / name).write_bytes(b"")
    for name, folder in (("mnist", "MNIST/raw"), ("fashion-mnist", "FashionMNIST/raw")):
        found = SETS[name].origin
        assert found is not None
        assert found.found([tmp_path]) == [tmp_path / folder / each for each in names]


@pytest.mark.parametrize("folder", ["imagenet", "ILSVRC2012", "data/ImageNet"])
def test_class_folders_are_found_by_name_and_parts(tmp_path, folder):
    pictures = ClassFolders(("imagenet", "ilsvrc2012"), "Get it.")
    (tmp_path / folder / "train").mkdir(parents=True)
    assert pictures.found([tmp_path]) is None
    (tmp_path / folder / "val").mkdir()
    assert pictures.found([tmp_path]) == [tmp_path / folder]
    assert pictures.found([tmp_path / folder]) == [tmp_path / folder]
    assert list(pictures.differences([tmp_path])) == []


def test_class_folders_that_are_not_here_are_told(tmp_path):
    sentence = f"no folder imagenet with train/ and val/ is in {tmp_path}, there. Get it."
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        ClassFolders(("imagenet",), "Get it.").fetched([tmp_path, Path("there")], tmp_path / "imagenet")


def test_simple_names():
    assert simple("Fashion-MNIST") == simple("fashion_mnist") == simple("FashionMNIST") == "fashionmnist"
