"""Examples to look at: of every data set some of those trained on, pictures in their own shades."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from vicinal.data import SETS, Data, Images, named

DIGITS: Images = SETS["digits"].load()
HERE = [name for name, entry in SETS.items() if entry.origin is None]


@pytest.mark.parametrize("name", HERE)
def test_every_set_shows_some_as_its_seed_says(name):
    data: Data = SETS[name].load()
    first, again, other = (data.shown(16, seed=seed) for seed in (0, 0, 1))
    x, y = first
    assert (len(x), x.dtype, y.shape, y.dtype) == (16, torch.float32, (16,), torch.int64)
    assert torch.isin(y, torch.arange(len(data.classes))).all()
    assert torch.equal(x, again[0])
    assert torch.equal(y, again[1])
    assert not torch.equal(x, other[0])
    if SETS[name].form is not None:
        assert 0 <= x.min() < x.max() <= 1


def test_pictures_are_those_of_the_training_part_with_their_classes():
    x, y = DIGITS.shown(64, seed=0)
    assert x.shape == (64, 1, 8, 8)
    for picture, label in zip((255 * x).round(), y.tolist(), strict=True):
        same = (DIGITS.x_train == picture).flatten(1).all(1)
        assert label in DIGITS.y_train[same].tolist()


def test_where_there_are_fewer_all_are_shown():
    few = Images("few", DIGITS.x_train[:7], DIGITS.y_train[:7], DIGITS.x_test, DIGITS.y_test, DIGITS.classes)
    x, y = few.shown(64, seed=3)
    order = [int((few.x_train == picture).flatten(1).all(1).nonzero()[0]) for picture in (255 * x).round()]
    assert sorted(order) == list(range(7))
    assert y.tolist() == few.y_train[order].tolist()


def test_photos_are_shown_in_one_size_and_their_own_colours(tmp_path: Path):
    """Each is of one colour, which its class is called by."""
    colours = {"green": (0, 200, 0), "red": (250, 30, 10)}
    for name, colour in colours.items():
        (tmp_path / name).mkdir()
        for number in range(4):
            Image.new("RGB", (20 + number, 30), colour).save(tmp_path / name / f"{number}.png")
    data = named(str(tmp_path)).load()
    x, y = data.shown(64, seed=0)
    assert x.shape == (len(data.train), 3, 96, 96) == (6, 3, 96, 96)
    for picture, label in zip(x, y.tolist(), strict=True):
        expected = np.array(colours[data.classes[label]]) / 255
        np.testing.assert_allclose(picture.amax((1, 2)), expected, atol=1e-6)
        np.testing.assert_allclose(picture.amin((1, 2)), expected, atol=1e-6)


@pytest.mark.parametrize("name", ["sklearn-iris", "ring-and-blob"])
def test_rows_of_a_table_are_prepared_ones(name):
    data = SETS[name].load()
    for mine, other in zip(data.shown(64, seed=0), data.few(64), strict=True):
        assert torch.equal(mine, other)


def test_looking_moves_no_generator():
    before = torch.get_rng_state()
    for name in HERE:
        SETS[name].load().shown(4, seed=1)
    assert torch.equal(torch.get_rng_state(), before)
