import random
import re

import numpy as np
import pytest
import torch

from vicinal.data import SETS, Table


def member(name: str):
    """Every data set is held to the same; one with files where they are."""
    files = [file.name for file in SETS[name].files]
    return pytest.param(name, marks=[pytest.mark.real_data(*files)] if files else [])


every_set = pytest.mark.parametrize("name", [member(name) for name in SETS])


@every_set
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


@every_set
def test_sizes_are_the_same_for_every_seed_but_the_rows_are_not(name):
    data = SETS[name].load()
    first, *others = (data.parts(seed=seed) for seed in (0, 1, 2**31))
    for other in others:
        for part in ("x_train", "y_train", "x_valid", "y_valid", "x_test", "y_test"):
            assert getattr(other, part).shape == getattr(first, part).shape
        assert not np.array_equal(other.x_train, first.x_train)


@every_set
def test_parts_and_fingerprint_are_the_same_whenever_they_are_asked_for(name):
    data, again = SETS[name].load(), SETS[name].load()
    assert data.fingerprint == again.fingerprint
    assert re.fullmatch("[0-9a-f]{64}", data.fingerprint)
    one, two = data.parts(seed=5), again.parts(seed=5)
    for part in ("x_train", "y_train", "x_valid", "y_valid", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(one, part), getattr(two, part))


@every_set
def test_nobody_elses_random_numbers_are_touched(name):
    data = SETS[name].load()

    def states() -> tuple[str, object, list[int]]:
        # NumPy's is a dictionary of arrays, whose text names every number it holds.
        with np.printoptions(threshold=10_000):
            return str(np.random.get_state(legacy=False)), random.getstate(), torch.get_rng_state().tolist()  # noqa: NPY002

    before = states()
    data.parts(seed=1)
    assert states() == before


@pytest.mark.parametrize("name", [member(name) for name in SETS if name != "ring-and-blob"])
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
        assert file.address.startswith("https://")
        assert file.archived or file.address.replace("%20", " ").endswith("/" + file.name)


def test_no_two_sets_have_the_same_fingerprint():
    prints = [entry.load().fingerprint for entry in SETS.values() if not entry.files]
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
