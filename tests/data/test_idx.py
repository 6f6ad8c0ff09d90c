import gzip
import re
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.datasets.mnist import read_sn3_pascalvincent_tensor

from vicinal._errors import InputError
from vicinal.data import SETS
from vicinal.data._idx import read_idx, read_pairs

AGAIN = "Download it again, or name another folder with --data-dir."


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


def some(n: int, side: int = 4) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(n)
    return random.integers(0, 256, (n, side, side)), np.arange(n) % 10


@pytest.fixture
def four(tmp_path):
    """Return a function that writes four files and returns their paths."""

    def write(train=some(12), test=some(5), packed: bool = True) -> list[Path]:  # noqa: B008 - nobody changes them
        paths = []
        for name, array in zip("abcd", (*train, *test), strict=True):
            path = tmp_path / (f"{name}.gz" if packed else name)
            content = array if isinstance(array, bytes) else idx(array)
            path.write_bytes(gzip.compress(content) if packed else content)
            paths.append(path)
        return paths

    return write


@pytest.mark.parametrize("packed", [True, False])
def test_pictures_and_labels_are_read_packed_or_not(four, packed):
    images = read_pairs("some", tuple("0123456789"), *four(packed=packed))
    x, y = some(12)
    np.testing.assert_array_equal(images.x_train[:, 0], x)
    np.testing.assert_array_equal(images.y_train, y)
    assert images.x_test.shape == (5, 1, 4, 4)


def test_a_file_is_read_as_torchvision_reads_it(four):
    for path, dimensions in zip(four(packed=False), (3, 1, 3, 1), strict=True):
        torch.testing.assert_close(read_idx(path, dimensions), read_sn3_pascalvincent_tensor(str(path)))


@pytest.mark.parametrize(
    ("train", "test", "sentence"),
    [
        ((some(12)[0], some(11)[1]), some(5), "b.gz: expected 12 labels, as in a.gz, found 11."),
        (some(12), some(5, 3), "c.gz: expected pictures of 4 pixels, as in a.gz, found 3 pixels."),
        ((some(12)[0], np.full(12, 10)), some(5), "b.gz: expected labels below 10, found 10."),
        ((some(12)[0][:, 1:], some(12)[1]), some(5), "a.gz: expected square pictures, found 3 × 4 pixels."),
        ((some(12)[0][:0], some(12)[1][:0]), some(5), "b.gz: expected 0 labels, as in a.gz, found 0."),
        ((idx(some(12)[0])[:-1], some(12)[1]), some(5), "a.gz: expected 12 × 4 × 4 bytes, found 191."),
        ((idx(some(12)[0]) + b"0", some(12)[1]), some(5), "a.gz: expected 12 × 4 × 4 bytes, found 193."),
        (
            (idx(some(12)[1]), some(12)[1]),
            some(5),
            "a.gz: expected an IDX file of bytes in 3 dimensions, found something else.",
        ),
        ((some(12)[0], b""), some(5), "b.gz: expected an IDX file of bytes in 1 dimension, found something else."),
    ],
)
def test_files_that_are_wrong_are_told_in_one_sentence(four, train, test, sentence):
    with pytest.raises(InputError, match=f"^{re.escape(f'{sentence} {AGAIN}')}$"):
        read_pairs("some", tuple("0123456789"), *four(train, test))


@pytest.mark.parametrize("cut", [2, 20, -1])
def test_a_damaged_archive_is_told(four, cut):
    paths = four()
    paths[0].write_bytes(paths[0].read_bytes()[:cut])
    with pytest.raises(InputError, match=r"^a\.gz: expected a whole gzip file, found a damaged one\."):
        read_pairs("some", tuple("0123456789"), *paths)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_idx(tmp_path, 1)


@settings(max_examples=50)
@given(st.binary(max_size=30), st.sampled_from([1, 3]), st.booleans())
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path_factory, content, dimensions, headed):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(bytes([0, 0, 8, dimensions]) * headed + content)
    try:
        assert read_idx(path, dimensions).ndim == dimensions
    except InputError as refusal:
        assert str(refusal).startswith("any: ")  # noqa: PT017 - to be read is right too


@pytest.mark.real_data("fashion-mnist")
def test_real_fashion_mnist_is_the_official_one():
    """An OtherContent warning would be an error. The figures are those that its users publish."""
    images = SETS["fashion-mnist"].load()
    assert (len(images.y_train), len(images.y_test)) == (60_000, 10_000)
    assert images.y_train.bincount().tolist() == [6_000] * 10
    assert images.y_test.bincount().tolist() == [1_000] * 10
    preparation = images.feed(seed=0).preparation
    assert (round(preparation.mean[0], 4), round(preparation.std[0], 4)) == (0.2860, 0.3530)
    assert images.classes[9] == "Ankle boot"
    assert images.y_train[0] == 9
