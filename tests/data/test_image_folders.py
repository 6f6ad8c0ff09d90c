import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from vicinal._errors import InputError
from vicinal.data import SETS, Photos, read_picture
from vicinal.data._digits import read_digits
from vicinal.data._find import cache


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.delenv("VICINAL_DATA", raising=False)
    for variable in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))


def digits() -> Photos:
    return SETS["digit-folders"].load()


def test_digits_are_written_once_with_every_pixel():
    photos = digits()
    images = read_digits()
    assert photos.root == cache() / "digit-folders-2"
    assert photos.classes == images.classes
    assert photos.channels == 1
    assert photos.notes == ()
    feed = photos.feed(seed=0, size=8)
    preparation = feed.preparation
    assert feed.shape == (1, 8, 8)
    for listed, x, y in ((photos.train, images.x_train, images.y_train), (photos.test, images.x_test, images.y_test)):
        numbers = [int(Path(path).stem) for path, _ in listed]
        assert sorted(numbers) == list(range(len(y)))
        np.testing.assert_array_equal([label for _, label in listed], y[numbers])
        for number, (path, _) in list(zip(numbers, listed, strict=True))[::150]:
            picture = np.asarray(preparation.in_mode(read_picture(photos.root / path)))
            np.testing.assert_array_equal(picture, x[number, 0])
    written = {path: path.stat().st_mtime_ns for path in photos.root.rglob("*.png")}
    assert digits().fingerprint == photos.fingerprint
    assert {path: path.stat().st_mtime_ns for path in photos.root.rglob("*.png")} == written
    assert [path.name for path in cache().glob("*digit*")] == ["digit-folders-2"]


def test_an_incomplete_folder_is_written_again():
    photos = digits()
    next(photos.root.rglob("*.png")).unlink()
    assert digits().fingerprint == photos.fingerprint
    assert [path.name for path in cache().glob("*digit*")] == ["digit-folders-2"]


def test_pixels_that_were_changed_change_the_fingerprint():
    """The files are not packed: their sizes stay."""
    photos = digits()
    before = photos.fingerprint
    file = photos.root / photos.train[0][0]
    size = file.stat().st_size
    Image.fromarray(255 - np.asarray(Image.open(file))).save(file, compress_level=0)
    assert file.stat().st_size == size
    assert len({before, photos.fingerprint, digits().fingerprint}) == 2


def test_without_a_cache_there_is_a_folder_for_as_long_as_the_process_lives(monkeypatch):
    """The cache's place is taken by a file, which stops root too."""
    last = []
    monkeypatch.setattr("atexit.register", lambda call, *given, **named: last.append(partial(call, *given, **named)))
    cache().parent.mkdir(parents=True)
    cache().write_text("in the way")
    photos = digits()
    assert photos.root.is_relative_to(tempfile.gettempdir())
    assert (len(photos.train), photos.feed(seed=0, size=8).shape) == (1348, (1, 8, 8))
    assert cache().read_text() == "in the way"
    for call in last:
        call()
    assert not photos.root.parent.exists()


def test_the_net_can_be_fed_without_knowing_where_they_are():
    x, y = digits().few(5)
    assert (x.shape, y.dtype) == ((5, 1, 224, 224), torch.int64)


@pytest.mark.parametrize("name", ["imagenet", "imagenette"])
def test_photos_that_nobody_may_pass_on_are_never_fetched(name, tmp_path):
    assert not SETS[name].here(tmp_path)
    with pytest.raises(InputError) as refusal:
        SETS[name].load(tmp_path)
    assert str(refusal.value).startswith(f"no folder {name} with train/ and val/ is in {tmp_path}, ")
    assert str(refusal.value).endswith("name the folder above it with --data-dir.")
