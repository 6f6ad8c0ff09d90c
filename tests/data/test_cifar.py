import pickle
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import SETS, OtherContent
from vicinal.data._cifar import read_batch
from vicinal.data._find import VARIABLE

AGAIN = "Download it again, or name another folder with --data-dir."


def batch(n: int = 20, key: str = "labels", **changed: object) -> dict[str, object]:
    random = np.random.default_rng(n)
    entries = {"data": random.integers(0, 256, (n, 3072), dtype=np.uint8), key: [i % 10 for i in range(n)]}
    return {**entries, "filenames": ["x.png"] * n, **changed}


def cifar10(folder: Path, meta: object = tuple("abcdefghij")) -> Path:
    """Write the official layout with Python's own pickle."""
    folder.mkdir(parents=True)
    for k in range(1, 6):
        (folder / f"data_batch_{k}").write_bytes(pickle.dumps(batch(20 + k), protocol=k))
    (folder / "test_batch").write_bytes(pickle.dumps(batch(7)))
    (folder / "batches.meta").write_bytes(
        pickle.dumps({"label_names": list(meta) if isinstance(meta, tuple) else meta})
    )
    return folder


@pytest.fixture(autouse=True)
def _only_named_folders(request, tmp_path, monkeypatch):
    if request.node.get_closest_marker("real_data") is None:
        monkeypatch.delenv(VARIABLE, raising=False)
        for variable in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
            monkeypatch.setenv(variable, str(tmp_path / "home"))


def test_batches_are_read_one_after_the_other_with_one_warning(tmp_path):
    folder = cifar10(tmp_path / "any name")
    with pytest.warns(OtherContent) as warned:
        images = SETS["cifar10"].load(tmp_path)
    assert len(warned) == 1
    assert str(warned[0].message).startswith(f"{folder} is not the official data set (none of its files is as")
    assert images.x_train.shape == (115, 3, 32, 32)
    first = batch(21)["data"]
    np.testing.assert_array_equal(images.x_train[:21].reshape(21, -1), first)
    assert images.y_test.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert images.classes == tuple("abcdefghij")


def test_cifar100_has_fine_labels(tmp_path):
    folder = tmp_path / "cifar-100-python"
    folder.mkdir()
    entries = batch(20, "fine_labels", coarse_labels=[0] * 20)
    for name in ("train", "test"):
        (folder / name).write_bytes(pickle.dumps(entries))
    (folder / "meta").write_bytes(pickle.dumps({"fine_label_names": [f"class {k}" for k in range(100)]}))
    with pytest.warns(OtherContent):
        images = SETS["cifar100"].load(folder)
    assert (len(images.classes), images.y_train.tolist()) == (100, [i % 10 for i in range(20)])


FORM = "expected bytes of shape (N, 3072) in data, found"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"data": np.zeros((20, 3071), np.uint8)}, f"{FORM} uint8 of shape (20, 3071)."),
        ({"data": np.zeros((20, 3, 32, 32), np.uint8)}, f"{FORM} uint8 of shape (20, 3, 32, 32)."),
        ({"data": np.zeros((20, 3072), np.int16)}, f"{FORM} int16 of shape (20, 3072)."),
        ({"data": np.zeros((0, 3072), np.uint8)}, f"{FORM} uint8 of shape (0, 3072)."),
        ({"data": [[1]]}, "expected whole numbers in data, found a list."),
        ({"labels": [0] * 19}, "expected 20 whole numbers in labels, found an array of shape (19,)."),
        ({"labels": [10] * 20}, "expected labels in [0, 10), found 10 to 10."),
        ({"labels": [-1] * 20}, "expected labels in [0, 10), found -1 to -1."),
        ({"labels": "abc"}, "expected whole numbers in labels, found a str."),
    ],
)
def test_a_batch_that_is_wrong_is_told_in_one_sentence(tmp_path, changed, sentence):
    (tmp_path / "b").write_bytes(pickle.dumps(batch(**changed)))
    with pytest.raises(InputError, match=f"^{re.escape(f'b: {sentence} {AGAIN}')}$"):
        read_batch(tmp_path / "b", "labels", 10)


def test_a_missing_entry_is_told(tmp_path):
    (tmp_path / "b").write_bytes(pickle.dumps({"data": 1, "coarse": 2}))
    with pytest.raises(InputError, match=re.escape(f"b: expected an entry labels, found coarse, data. {AGAIN}")):
        read_batch(tmp_path / "b", "labels", 10)


@pytest.mark.parametrize("meta", [list("abc"), None, [["a"]] * 10])
def test_names_that_are_wrong_are_told(tmp_path, meta):
    cifar10(tmp_path / "x", meta=meta)
    with pytest.raises(InputError, match=r"^batches\.meta: expected 10 names in label_names, found something else\."):
        SETS["cifar10"].load(tmp_path)


def test_a_malformed_file_is_told_without_a_warning(tmp_path):
    path = cifar10(tmp_path / "x") / "data_batch_3"
    path.write_bytes(path.read_bytes()[:-100])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError, match=r"^data_batch_3: expected a whole pickle, found something else\."):
            SETS["cifar10"].load(tmp_path)


@pytest.mark.parametrize(
    ("name", "labels", "file"),
    [
        pytest.param("cifar10", b"labels", "test_batch", marks=pytest.mark.real_data("cifar10")),
        pytest.param("cifar100", b"fine_labels", "test", marks=pytest.mark.real_data("cifar100")),
    ],
)
@pytest.mark.filterwarnings("ignore::vicinal.data.OtherContent")
def test_real_pictures_are_those_that_an_ordinary_unpickler_finds(name, labels, file):
    origin = SETS[name].origin
    assert origin is not None
    from vicinal.data._find import searched

    paths = origin.found(searched(None))
    assert paths is not None
    path = next(path for path in paths if path.name == file)
    theirs = pickle.loads(path.read_bytes(), encoding="bytes")
    x, y = read_batch(path, labels.decode(), len(SETS[name].load().classes))
    np.testing.assert_array_equal(x.flatten(1), theirs[b"data"])
    assert y.tolist() == theirs[labels]
    counts = torch.bincount(y)
    assert counts.min() == counts.max()
