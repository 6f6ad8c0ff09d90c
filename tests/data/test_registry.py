import random
import re
from functools import cache

import numpy as np
import pytest
import torch

from vicinal.data import SETS, Data, Pictures, Sounds, Table, Tabular
from vicinal.data._official import archived

PICTURES = ("cifar10", "cifar100", "digit-folders", "digits", "fashion-mnist", "imagenet", "imagenette", "mnist")
SOUNDS = [name for name, entry in SETS.items() if entry.sounds]
TABLES = [name for name in SETS if name not in (*PICTURES, *SOUNDS)]


def member(name: str):
    """Every data set is held to the same; one with files where they are. A subset in official form will do."""
    other = pytest.mark.filterwarnings("ignore::vicinal.data.OtherContent")
    return pytest.param(name, marks=[pytest.mark.real_data(name), other] if SETS[name].origin else [])


every_set = pytest.mark.parametrize("name", [member(name) for name in SETS])
every_table = pytest.mark.parametrize("name", [member(name) for name in TABLES])
all_fed = pytest.mark.parametrize("name", [member(name) for name in (*PICTURES, *SOUNDS)])
all_pictures = pytest.mark.parametrize("name", [member(name) for name in PICTURES])


@cache
def loaded(name: str) -> Data:
    """Return a data set that is read once for all tests of this file."""
    return SETS[name].load()


@every_set
def test_a_few_examples_are_prepared(name):
    data = loaded(name)
    x, y = data.few(6)
    assert (x.dtype, y.dtype, y.shape) == (torch.float32, torch.int64, (6,))
    assert x.shape[0] == 6
    assert x.isfinite().all()
    assert torch.isin(y, torch.arange(len(data.classes))).all()
    assert len(y.unique()) > 1 or name in TABLES  # the pulsars of HTRU2 are rare
    again, _ = data.few(6)
    assert torch.equal(x, again)


@every_set
def test_every_set_is_a_table_or_pictures_or_sounds(name):
    data = loaded(name)
    assert isinstance(data, Pictures) == (name not in TABLES)
    assert isinstance(data, Sounds) == (name in SOUNDS)
    assert isinstance(data, Tabular) == (name in TABLES)
    assert data.name == name
    assert len(set(data.classes)) == len(data.classes) > 1


@all_fed
def test_the_form_of_what_is_fed_is_known_before_they_are_read(name):
    data, form = loaded(name), SETS[name].form
    assert isinstance(data, Pictures)
    assert form is not None
    feed = data.feed(seed=0)
    channels, *sides = feed.shape
    assert form.channels == channels
    assert len(data.classes) == form.classes or (name in SOUNDS and len(data.classes) < form.classes)
    assert form.size in ((None,) if SETS[name].in_files else (sides[0], tuple(sides)))
    examples = feed.size("train")
    assert examples == form.examples if SETS[name].origin is None else examples <= form.examples  # here may be a part


def test_all_but_tables_have_a_form():
    assert {name for name, entry in SETS.items() if entry.form is None} == set(TABLES)


@all_pictures
def test_pictures_are_fed_in_batches_of_every_class(name):
    data = loaded(name)
    assert isinstance(data, Pictures)
    feed = data.feed(seed=1, rows=300, flip=True, size=8)
    assert (feed.size("train"), feed.classes) == (300, data.classes)
    picked = list(torch.randperm(300, generator=torch.Generator().manual_seed(0)).split(128))
    for x, y in feed.batches(0, picked):
        assert (x.dtype, x.shape[1:], y.dtype, len(x)) == (torch.float32, feed.shape, torch.int64, len(y))
    assert set(feed.labels("train").tolist()) == set(feed.labels("test").tolist()) == set(range(len(data.classes)))


@every_table
def test_parts_are_contiguous_float32_rows_with_classes_that_have_names(name):
    data = SETS[name].load()
    for raw in (False, True):
        parts = data.parts(seed=0, raw=raw)
        width = parts.x_train.shape[1]
        for x, y in ((parts.x_train, parts.y_train), (parts.x_valid, parts.y_valid), (parts.x_test, parts.y_test)):
            assert (x.dtype, y.dtype) == (np.float32, np.int64)
            assert x.shape == (len(y), width)
            assert x.flags.c_contiguous
            assert np.isfinite(x).all()
            assert np.isin(y, np.arange(len(parts.classes))).all()
        assert parts.classes == data.classes


@every_table
def test_sizes_are_the_same_for_every_seed_but_the_rows_are_not(name):
    data = SETS[name].load()
    first, *others = (data.parts(seed=seed) for seed in (0, 1, 2**31))
    for other in others:
        for part in ("x_train", "y_train", "x_valid", "y_valid", "x_test", "y_test"):
            assert getattr(other, part).shape == getattr(first, part).shape
        assert not np.array_equal(other.x_train, first.x_train)


@every_table
def test_parts_and_fingerprint_are_the_same_whenever_they_are_asked_for(name):
    data, again = SETS[name].load(), SETS[name].load()
    assert data.fingerprint == again.fingerprint
    assert re.fullmatch("[0-9a-f]{64}", data.fingerprint)
    one, two = data.parts(seed=5), again.parts(seed=5)
    for part in ("x_train", "y_train", "x_valid", "y_valid", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(one, part), getattr(two, part))


@every_table
def test_nobody_elses_random_numbers_are_touched(name):
    data = SETS[name].load()

    def states() -> tuple[str, object, list[int]]:
        # NumPy's is a dictionary of arrays, whose text names every number it holds.
        with np.printoptions(threshold=10_000):
            return str(np.random.get_state(legacy=False)), random.getstate(), torch.get_rng_state().tolist()  # noqa: NPY002

    before = states()
    data.parts(seed=1)
    assert states() == before


@pytest.mark.parametrize("name", [member(name) for name in TABLES if name != "ring-and-blob"])
def test_a_prepared_table_is_standard_where_it_is_trained_on(name):
    data = SETS[name].load()
    assert isinstance(data, Table)
    x = data.parts(seed=0).x_train[:, : data.numeric.shape[1]].astype(np.float64)
    varies = np.ptp(x, axis=0) > 0
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(x.std(axis=0)[varies], 1, atol=1e-4)


def test_each_set_is_found_by_its_own_name():
    assert all(entry.name == name for name, entry in SETS.items())
    assert len({entry.title for entry in SETS.values()}) == len(SETS)


@pytest.mark.parametrize("name", SETS)
def test_each_set_says_where_it_comes_from(name):
    entry = SETS[name]
    assert entry.source
    assert entry.licence
    for file in entry.files:
        assert file.address.startswith("https://") or hasattr(file, "md5")  # a checksum makes up for it
        assert archived(file) or file.address.replace("%20", " ").endswith("/" + file.name)


def test_no_two_sets_have_the_same_fingerprint():
    prints = [entry.load().fingerprint for entry in SETS.values() if entry.origin is None]
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize(
    ("name", "shape", "classes"),
    [
        ("sklearn-breast-cancer", (569, 30), ("malignant", "benign")),
        ("sklearn-digits", (1797, 64), tuple("0123456789")),
        ("sklearn-iris", (150, 4), ("setosa", "versicolor", "virginica")),
        ("sklearn-wine", (178, 13), ("class_0", "class_1", "class_2")),
    ],
)
def test_embedded_tables_need_no_files(name, shape, classes, monkeypatch):
    monkeypatch.setenv("VICINAL_DATA", "/nowhere")
    table = SETS[name].load()
    assert isinstance(table, Table)
    assert SETS[name].here()
    assert table.numeric.shape == shape
    assert table.classes == classes
