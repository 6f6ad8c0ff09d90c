import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from vicinal._errors import InputError
from vicinal.data import Feed, Images, Part


def some(n: int = 60, m: int = 20, channels: int = 3, side: int = 6) -> Images:
    """Three classes; each picture says its own number in its first pixel."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (n + m, channels, side, side), dtype=torch.uint8, generator=generator)
    x[:, 0, 0, 0] = torch.arange(n + m)
    y = torch.arange(n + m) % 3
    return Images("some", x[:n], y[:n], x[n:], y[n:], ("a", "b", "c"))


def batches(n: int, size: int, seed: int = 0) -> list[Tensor]:
    return list(torch.randperm(n, generator=torch.Generator().manual_seed(seed)).split(size))


def by_number(feed: Feed, epoch: int, picked: list[Tensor]) -> Tensor:
    """Return the augmented pictures in the order of their numbers."""
    x = torch.cat([x for x, _ in feed.batches(epoch, picked)])
    return x[torch.cat(picked).argsort()]


def test_batches_are_float_on_the_device_with_classes_on_the_host():
    feed = some().feed(seed=0, pad=1, flip=True)
    picked = batches(60, 16)
    for form in (feed.batches(3, picked), feed.plain("train", picked)):
        seen = list(form)
        assert [len(y) for _, y in seen] == [16, 16, 16, 12]
        for (x, y), numbers in zip(seen, picked, strict=True):
            assert (x.dtype, x.shape[1:], y.dtype) == (torch.float32, feed.shape, torch.int64)
            assert torch.equal(y, feed.labels("train")[numbers])
            assert x.is_contiguous()


def test_a_pictures_augmentation_does_not_depend_on_its_batch():
    feed = some().feed(seed=0, pad=2, flip=True)
    one = by_number(feed, 4, batches(60, 7))
    assert torch.equal(one, by_number(feed, 4, batches(60, 60, seed=1)))
    alone = torch.cat([x for x, _ in feed.batches(4, [torch.tensor([number]) for number in range(60)])])
    assert torch.equal(one, alone)


def test_epochs_and_seeds_are_augmented_differently():
    images = some()
    first = by_number(images.feed(seed=0, pad=2), 0, batches(60, 20))
    assert not torch.equal(first, by_number(images.feed(seed=0, pad=2), 1, batches(60, 20)))
    assert not torch.equal(first, by_number(images.feed(seed=1, pad=2), 0, batches(60, 20)))


def test_padding_is_black_before_it_is_normalised():
    white = torch.full((4, 1, 3, 3), 255, dtype=torch.uint8)
    white[0] = 0
    images = Images("w", white, torch.arange(4) % 2, white, torch.arange(4) % 2, ("a", "b"))
    feed = images.feed(seed=0, pad=3)
    black = float(feed.preparation.normalise(torch.zeros(1, 1, 1, 1, dtype=torch.uint8)))
    x = by_number(feed, 0, [torch.arange(4)])
    plain, _ = next(feed.plain("train", [torch.arange(4)]))
    assert set(x.unique().tolist()) <= {black, float(plain[1, 0, 0, 0])}
    assert (x[1:] == black).any()


@pytest.mark.parametrize("rows", [30, 31, 3, 60, None])
def test_a_subset_has_of_each_class_its_share(rows):
    images = some()
    feeds = [images.feed(seed=seed, rows=rows) for seed in (0, 0, 1)]
    parts: tuple[tuple[Part, int], ...] = (("train", rows or 60), ("test", 20))
    for part, n in parts:
        whole = np.bincount(images.y_train if part == "train" else images.y_test)
        for feed in feeds:
            assert feed.size(part) == len(feed.labels(part)) == n
            counts = np.bincount(feed.labels(part), minlength=3)
            assert (np.abs(counts - whole * n / whole.sum()) < 1).all()

    def numbers(feed: Feed, part: Part) -> list[float]:
        x, _ = next(feed.plain(part, [torch.arange(feed.size(part))]))
        mean, std = feed.preparation.mean[0], feed.preparation.std[0]
        return ((x[:, 0, 0, 0] * std + mean) * 255).round().tolist()

    assert numbers(feeds[0], "train") == numbers(feeds[1], "train")
    assert (numbers(feeds[0], "train") != numbers(feeds[2], "train")) == (rows not in (None, 60))
    assert numbers(feeds[0], "test") == numbers(feeds[2], "test")


def test_mean_and_deviation_are_those_of_the_rows_trained_on():
    feed = some().feed(seed=5, rows=20)
    x, _ = next(feed.plain("train", [torch.arange(20)]))
    torch.testing.assert_close(x.mean((0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(x.std((0, 2, 3), correction=0), torch.ones(3))
    test, _ = next(feed.plain("test", [torch.arange(20)]))
    assert (test.mean((0, 2, 3)).abs() > 1e-4).any()


def test_a_picture_of_the_set_is_prepared_as_the_set_is():
    for channels in (1, 3):
        images = some(channels=channels)
        for size in (None, 9):
            feed = images.feed(seed=0, size=size)
            x, _ = next(feed.plain("test", [torch.arange(20)]))
            for picture, row in zip(images.x_test, x, strict=True):
                shown = Image.fromarray(picture.permute(1, 2, 0).squeeze(2).numpy())
                torch.testing.assert_close(feed.preparation.of_picture(shown), row)


def test_few_are_prepared_examples_of_several_classes():
    x, y = some().few(4)
    assert (x.dtype, x.shape, y.dtype, y.shape) == (torch.float32, (4, 3, 6, 6), torch.int64, (4,))
    assert len(y.unique()) == 3
    assert torch.equal(x, some().few(4)[0])
    assert len(some(n=3).few(10)[1]) == 3


def test_nobody_elses_random_numbers_are_touched():
    before, numpy = torch.get_rng_state(), str(np.random.get_state(legacy=False))  # noqa: NPY002
    images = some()
    by_number(images.feed(seed=0, rows=30, pad=2, flip=True), 0, batches(30, 7))
    images.few(3)
    assert torch.equal(before, torch.get_rng_state())
    assert numpy == str(np.random.get_state(legacy=False))  # noqa: NPY002


@pytest.mark.parametrize(
    "changed",
    [
        {"x_train": some().x_train.flip(3)},
        {"x_train": some().x_train[:, :1], "x_test": some().x_test[:, :1]},
        {"y_train": some().y_train.flip(0)},
        {"x_test": some().x_test.flip(0)},
        {"y_test": some().y_test.flip(0)},
        {"classes": ("a", "b", "d")},
        {"classes": ("a", "b", "c", "d")},
    ],
)
def test_whatever_changes_in_the_content_changes_the_fingerprint(changed):
    assert replace(some(), **changed).fingerprint != some().fingerprint


def test_the_fingerprint_is_that_of_the_content_alone():
    turned = some().x_train.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
    assert replace(some(), name="other", x_train=turned).fingerprint == some().fingerprint
    assert re.fullmatch("[0-9a-f]{64}", some().fingerprint)


@pytest.mark.parametrize("rows", [0, 61])
def test_more_pictures_than_there_are_are_told(rows):
    sentence = f"some: the number of examples to train on must be in [1, 60], all of them, got {rows}."
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        some().feed(seed=0, rows=rows)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"x_train": torch.zeros(60, 3, 6, 6)},
            "x_train must be uint8 of shape (N, 1 or 3, H, H), got torch.float32 of shape (60, 3, 6, 6).",
        ),
        (
            {"x_train": torch.zeros(60, 3, 6, 5, dtype=torch.uint8)},
            "x_train must be uint8 of shape (N, 1 or 3, H, H), got torch.uint8 of shape (60, 3, 6, 5).",
        ),
        (
            {"x_test": torch.zeros(20, 1, 6, 6, dtype=torch.uint8)},
            "x_test must be one image or more, all of one shape, got torch.uint8 of shape (20, 1, 6, 6).",
        ),
        (
            {"y_test": torch.zeros(19, dtype=torch.int64)},
            "y_test must be int64 of shape (20,), got torch.int64 of shape",
        ),
        ({"classes": ("a", "b")}, "y_train must be in [0, 2), got [0, 1, 2]."),
    ],
)
def test_what_does_not_fit_together_is_refused(changed, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        replace(some(), **changed)
