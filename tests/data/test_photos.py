import json
import os
import pickle
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms import v2

from vicinal._errors import InputError
from vicinal.data import Photos, Pictures, Preparation
from vicinal.data._class_folders import read_photos
from vicinal.data._find import named as folders_named
from vicinal.data._preparation import as_tensor
from vicinal.data._reader import Key, seeded
from vicinal.vicinity import seed_of


@pytest.fixture
def photos(put) -> Photos:
    train = [f"train/{label}/{number}.png" for label in "abc" for number in range(8)]
    return read_photos("some", put(*train, *(f"val/{label}/{number}.png" for label in "abc" for number in range(3))))


def batches(n: int, size: int, seed: int = 0) -> list[Tensor]:
    return list(torch.randperm(n, generator=torch.Generator().manual_seed(seed)).split(size))


def by_number(feed, epoch: int | None, picked: list[Tensor]) -> Tensor:
    made = feed.plain("train", picked) if epoch is None else feed.batches(epoch, picked)
    return torch.cat([x for x, _ in made])[torch.cat(picked).argsort()]


def test_photos_are_pictures(photos):
    assert isinstance(photos, Pictures)


def test_batches_are_float_with_classes_on_the_host(photos):
    feed = photos.feed(seed=0, size=8, flip=True)
    assert feed.shape == (3, 8, 8)
    picked = batches(24, 10)
    for made in (feed.batches(1, picked), feed.plain("train", picked)):
        for (x, y), numbers in zip(made, picked, strict=True):
            assert (x.dtype, x.shape, y.dtype) == (torch.float32, (len(numbers), 3, 8, 8), torch.int64)
            assert torch.equal(y, feed.labels("train")[numbers])
    assert feed.labels("test").tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_a_piece_depends_on_seed_epoch_and_number_alone(photos):
    feed = photos.feed(seed=0, size=8, flip=True)
    first = by_number(feed, 3, batches(24, 7))
    assert torch.equal(first, by_number(feed, 3, batches(24, 24, seed=1)))
    assert torch.equal(first, by_number(photos.feed(seed=0, size=8, flip=True, workers=2), 3, batches(24, 5, seed=2)))
    for other in (by_number(feed, 4, batches(24, 7)), by_number(photos.feed(seed=1, size=8), 3, batches(24, 7))):
        assert (first != other).flatten(1).any(1).all()


def test_a_piece_is_torchvisions(photos):
    feed = photos.feed(seed=5, size=8, flip=True)
    augment = v2.Compose([v2.RandomResizedCrop(8), v2.RandomHorizontalFlip()])
    ours = by_number(feed, 2, batches(24, 24))
    for number, (path, _) in enumerate(photos.train):
        with Image.open(photos.root / path) as picture, torch.random.fork_rng(devices=()):
            torch.manual_seed(seed_of("augment", 5, 2, number))
            expected = as_tensor(augment(picture))
        torch.testing.assert_close(ours[number], feed.preparation.normalise(expected))


def test_half_of_the_pieces_are_mirrored(put):
    """A picture whose left half is darker than its right one."""
    root = put("a/0.png", "b/0.png", "a/1.png", "b/1.png")
    ramp = np.linspace(0, 255, 64).astype(np.uint8)[None].repeat(64, 0)
    for path in root.rglob("*.png"):
        Image.fromarray(ramp).save(path)
    photos = read_photos("ramps", root)
    for flip in (True, False):
        feed = photos.feed(seed=0, size=8, flip=flip)
        x = torch.cat([x for epoch in range(60) for x, _ in feed.batches(epoch, [torch.arange(3)])])
        mirrored = (x[..., 0] > x[..., 7]).float().mean(dim=(1, 2)).round()
        assert (50 < mirrored.sum() < 130) if flip else mirrored.sum() == 0


def test_nobody_elses_random_numbers_are_touched(photos):
    torch.manual_seed(3)
    before, python = torch.get_rng_state(), random.getstate()
    numpy = str(np.random.get_state(legacy=False))  # noqa: NPY002
    for workers in (0, 1):
        feed = photos.feed(seed=0, size=8, flip=True, rows=12, workers=workers)
        by_number(feed, 0, batches(12, 5))
        by_number(feed, None, batches(12, 5))
    photos.few(2)
    assert torch.equal(before, torch.get_rng_state())
    assert python == random.getstate()
    assert numpy == str(np.random.get_state(legacy=False))  # noqa: NPY002


def test_the_generator_is_put_back_where_something_fails():
    before = torch.get_rng_state()
    with pytest.raises(RuntimeError), seeded(1):
        torch.rand(1, requires_grad=True).numpy()
    assert torch.equal(before, torch.get_rng_state())


def test_what_is_tested_on_is_what_a_run_makes_of_the_file(photos):
    feed = photos.feed(seed=0, size=8)
    again = Preparation(**json.loads(json.dumps(feed.preparation.settings())))
    x, _ = next(feed.plain("test", [torch.arange(9)]))
    for row, (path, _) in zip(x, photos.test, strict=True):
        with Image.open(photos.root / path) as picture:
            torch.testing.assert_close(again.of_picture(picture), row)


@pytest.mark.parametrize(("size", "resize"), [(None, 256), (224, 256), (64, 73), (8, 9), (1, 1)])
def test_the_margin_is_that_of_imagenet(photos, size, resize):
    preparation = photos.feed(seed=0, size=size).preparation
    assert (preparation.size, preparation.resize) == (size or 224, resize)


def test_a_set_may_be_in_shades_of_grey(photos):
    feed = replace(photos, channels=1).feed(seed=0, size=8, flip=True)
    assert feed.shape == (1, 8, 8)
    for made in (feed.batches(0, batches(24, 24)), feed.plain("test", [torch.arange(9)])):
        assert next(iter(made))[0].shape[1:] == (1, 8, 8)


def test_subsets_have_of_each_class_their_share(photos):
    feeds = [photos.feed(seed=seed, rows=12, size=8) for seed in (0, 0, 1)]
    for feed in feeds:
        assert np.bincount(feed.labels("train")).tolist() == [4, 4, 4]
        assert np.bincount(feed.labels("test")).tolist() == [3, 3, 3]
    first, again, other = (by_number(feed, None, batches(12, 12)) for feed in feeds)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    test = [next(feed.plain("test", [torch.arange(9)]))[0] for feed in feeds]
    assert torch.equal(test[0], test[2])


def test_few_are_of_several_classes(photos):
    x, y = photos.few(3)
    assert (x.shape, sorted(y.tolist())) == ((3, 3, 224, 224), [0, 1, 2])
    assert len(photos.few(100)[1]) == 24


@pytest.mark.parametrize("workers", [0, 2])
def test_a_picture_that_cannot_be_read_ends_the_batch_with_one_sentence(photos, workers):
    (photos.root / photos.train[5][0]).write_bytes(b"broken")
    feed = photos.feed(seed=0, size=8, workers=workers)
    sentence = f"{photos.root / photos.train[5][0]} cannot be read as a picture: it is no picture of a known kind."
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        list(feed.batches(0, batches(24, 4)))


def test_a_feed_that_is_left_in_the_middle_can_be_used_again(photos):
    feed = photos.feed(seed=0, size=8, workers=1)
    picked = batches(24, 4)
    left = feed.batches(0, picked)
    first, _ = next(iter(left))
    left.close()
    assert torch.equal(first, next(iter(feed.batches(0, picked)))[0])


def test_the_fingerprint_is_that_of_names_classes_and_contents(photos):
    whole = photos.fingerprint
    assert re.fullmatch("[0-9a-f]{64}", whole)
    assert replace(photos, name="other", notes=("said",)).fingerprint == whole
    changes = (
        {"train": photos.train[1:]},
        {"test": photos.test[:-1]},
        {"train": photos.train[1:], "test": (*photos.test, photos.train[0])},
        {"classes": ("a", "b", "d")},
        {"channels": 1},
        {"train": ((photos.train[0][0], 1), *photos.train[1:])},
    )
    prints = {replace(photos, **change).fingerprint for change in changes} | {whole}
    assert len(prints) == len(changes) + 1
    file = photos.root / photos.train[0][0]
    file.write_bytes(file.read_bytes()[::-1])
    assert photos.fingerprint not in prints


def test_the_fingerprint_of_very_many_photos_is_that_of_their_sizes(photos):
    photos = read_photos("many", photos.root, checked=32)
    whole, file = photos.fingerprint, photos.root / photos.train[0][0]
    file.write_bytes(file.read_bytes()[::-1])
    assert photos.fingerprint == read_photos("many", photos.root, checked=32).fingerprint == whole
    with file.open("ab") as more:
        more.write(b"\0")
    assert photos.fingerprint != whole


def test_the_fingerprint_does_not_depend_on_where_the_folder_is(photos, tmp_path):
    whole = photos.fingerprint
    photos.root.rename(tmp_path / "moved")
    assert replace(photos, root=tmp_path / "moved").fingerprint == whole
    with pytest.raises(InputError, match=r"0\.png cannot be read: No such file or directory\.$"):
        _ = photos.fingerprint


@pytest.mark.skipif(os.name != "posix", reason="names of bytes are Unix's")
def test_names_that_are_no_text_are_no_obstacle(put):
    odd = os.fsdecode(b"\xff\xfe")
    root = put(*(f"{label}{odd}/{number}{odd}.png" for label in "ab" for number in range(4)))
    photos = read_photos("odd", root)
    assert photos.classes == ("a\\udcff\\udcfe", "b\\udcff\\udcfe")
    assert len(photos.fingerprint) == 64
    assert len(next(photos.feed(seed=0, size=4).batches(0, [torch.arange(6)]))[1]) == 6
    for note in photos.notes:
        note.encode()


def test_padding_is_not_for_photos(photos):
    with pytest.raises(ValueError, match=r"^pad must be 0 for photos that are cropped and resized, got 4\.$"):
        photos.feed(seed=0, pad=4)


@pytest.mark.real_data("imagenette")
def test_real_photos_of_any_size_are_prepared_as_torchvision_prepares_them(tmp_path):
    sizes = set()
    for _, folder in folders_named():
        for path in sorted(folder.glob("imagenet_raw_samples/*.JPEG"))[:12]:
            (tmp_path / path.stem).mkdir()
            (tmp_path / path.stem / path.name).symlink_to(path)
    if not any(tmp_path.iterdir()):
        pytest.skip("VICINAL_DATA holds no imagenet_raw_samples")
    photos = read_photos("samples", tmp_path)
    theirs = v2.Compose(
        [
            *(v2.Resize(256), v2.CenterCrop(224), v2.PILToTensor(), v2.ToDtype(torch.float32, scale=True)),
            v2.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ]
    )
    x, _ = next(photos.feed(seed=0).plain("train", [torch.arange(len(photos.train))]))
    for row, (path, _) in zip(x, photos.train, strict=True):
        with Image.open(Path(tmp_path) / path) as picture:
            sizes.add(picture.size)
            torch.testing.assert_close(row, theirs(picture.convert("RGB")), rtol=1e-5, atol=1e-5)
    assert len(sizes) > 3


def test_a_process_that_is_started_afresh_can_be_given_the_reader(photos):
    """As on systems without fork: the reader has to be sent there."""
    reader = photos.feed(seed=0, size=8, flip=True).reader
    key = Key("train", 2, 5)
    again = pickle.loads(pickle.dumps(reader))
    assert torch.equal(again[key], reader[key])
