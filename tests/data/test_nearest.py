"""The nearest neighbours: those of scikit-learn, computed once and kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from vicinal._errors import InputError
from vicinal.data import SETS, Images, nearest, neighbours

DIGITS, CLASSES = (torch.from_numpy(each) for each in load_digits(return_X_y=True))


@pytest.fixture
def generator() -> torch.Generator:
    """Give a generator of the test's own."""
    return torch.Generator().manual_seed(0)


def distances(x: Tensor, table: Tensor) -> Tensor:
    return (x.double()[table] - x.double()[:, None]).square().sum(2)


def by_scikit_learn(x: Tensor, k: int) -> Tensor:
    """Return the squared distances to the k nearest other rows."""
    found, _ = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(x.double().numpy()).kneighbors()
    return torch.from_numpy(found).square()


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("k", [1, 7, 200])
def test_they_are_as_near_as_those_of_scikit_learn(dtype, k):
    x = DIGITS[:700].to(dtype).reshape(700, 1, 8, 8)
    table = nearest(x, k)
    assert (table.shape, table.dtype) == ((700, k), torch.int64)
    torch.testing.assert_close(distances(x.flatten(1), table), by_scikit_learn(x.flatten(1), k), rtol=1e-5, atol=1e-3)
    assert bool((table != torch.arange(700)[:, None]).all())
    assert all(len(row.unique()) == k for row in table[:50])


def test_without_ties_they_are_the_same_rows(generator):
    x = torch.randn(300, 5, dtype=torch.float64, generator=generator)
    _, expected = NearestNeighbors(n_neighbors=9).fit(x.numpy()).kneighbors()
    assert torch.equal(nearest(x, 9), torch.from_numpy(expected))


def test_the_comparison_can_fail(generator):
    x = torch.randn(300, 5, dtype=torch.float64, generator=generator)
    assert not torch.allclose(distances(x, nearest(x, 10)[:, 1:]), by_scikit_learn(x, 9), rtol=1e-5)


def test_far_from_zero_they_are_the_same(generator):
    """Squares of thousands leave float32 no digits for distances of one; so the mean is taken off first."""
    x = (torch.randn(200, 8, generator=generator) + 3_000).float()
    torch.testing.assert_close(distances(x, nearest(x, 5)), by_scikit_learn(x, 5), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("block", [1, 7, 64, 1_000])
def test_the_blocks_in_which_they_are_computed_change_nothing(generator, monkeypatch, block):
    x = torch.randn(65, 4, dtype=torch.float64, generator=generator)
    expected = nearest(x, 6)
    monkeypatch.setattr("vicinal.data._nearest.BLOCK", block)
    assert torch.equal(nearest(x, 6), expected)


def test_of_one_class_they_are_those_of_scikit_learn_within_it():
    x, y = DIGITS[:500], CLASSES[:500]
    table = nearest(x, 11, y=y)
    assert bool((y[table] == y[:, None]).all())
    for each in range(10):
        mine = (y == each).nonzero().flatten()
        found = (x[table[mine]] - x[mine][:, None]).square().sum(2)
        torch.testing.assert_close(found, by_scikit_learn(x[mine], 11), rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize(("k", "same", "width"), [(500, False, 29), (500, True, 2), (2, True, 2), (1, True, 1)])
def test_there_are_as_many_as_there_are_others(generator, k, same, width):
    y = torch.tensor([0] * 3 + [1] * 20 + [4] * 7)
    table = nearest(torch.randn(30, 2, generator=generator), k, y=y if same else None)
    assert table.shape == (30, width)
    assert bool((table != torch.arange(30)[:, None]).all())


def test_rows_that_are_all_alike_are_never_their_own_neighbours():
    table = nearest(torch.ones(6, 3), 3)
    assert bool((table != torch.arange(6)[:, None]).all())


@pytest.mark.parametrize(
    ("x", "k", "y", "error", "says"),
    [
        (torch.zeros(1, 2), 1, None, InputError, "examples with neighbours must be two or more, got 1."),
        (torch.zeros(4, 2), 0, None, ValueError, "k must be at least 1, got 0."),
        (torch.zeros(4, 2), 1, torch.zeros(3), ValueError, r"y must be of shape \(4,\), got shape \(3,\)."),
        (torch.zeros(4, 2), 1, torch.tensor([1, 0, 7, 0]), InputError,
         "each class whose neighbours are asked for must be two examples or more, got one of class 1."),
    ],
    ids=["one row", "no neighbour", "labels", "alone in its class"],
)  # fmt: skip
def test_where_there_are_none_that_is_said(x, k, y, error, says):
    with pytest.raises(error, match=says):
        nearest(x, k, y=y)


# Kept in the cache.

Table = Callable[..., Tensor]
DATA = SETS["digits"].load()
assert isinstance(DATA, Images)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the user's cache of this test."""
    monkeypatch.setattr("vicinal.data._nearest.cache", lambda: tmp_path)
    return tmp_path / "neighbours"


def table_of(data: Images = DATA, *, k: int = 5, same_class: bool = False, rows: int | None = 60, seed: int = 0):
    feed = data.feed(seed=seed, rows=rows)
    return neighbours(feed, k, same_class=same_class, fingerprint=data.fingerprint, rows=rows, seed=seed)


def files(place: Path) -> set[str]:
    return {path.name for path in place.iterdir()}


@pytest.mark.parametrize("same_class", [False, True])
def test_they_are_those_of_the_prepared_pictures(place, same_class):
    feed = DATA.feed(seed=0, rows=60)
    ((x, y),) = feed.plain("train", [torch.arange(60)])
    assert torch.equal(table_of(same_class=same_class), nearest(x, 5, y=y if same_class else None))


def test_they_are_computed_once(place, monkeypatch):
    first = table_of()
    (name,) = files(place)
    assert name.endswith(".safetensors")
    monkeypatch.setattr("vicinal.data._nearest.nearest", lambda *_, **__: pytest.fail("computed again"))
    assert torch.equal(table_of(), first)


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, None], ids=["empty", "zeros", "cut off"])
def test_a_file_that_cannot_be_read_is_made_anew(place, damage):
    first = table_of()
    (file,) = place.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-8] if damage is None else damage)
    assert torch.equal(table_of(), first)
    assert file.read_bytes() == whole


def test_everything_that_decides_them_has_a_file_of_its_own(place):
    asked = [{}, {"k": 6}, {"rows": 61}, {"seed": 1}, {"same_class": True}]
    asked += [{"data": replace(DATA, x_train=DATA.x_train.flip(0))}]
    for number, each in enumerate(asked, start=1):
        table_of(**each)
        assert len(files(place)) == number
    for each in asked:
        table_of(**each)
    assert len(files(place)) == len(asked)


def test_of_all_rows_they_are_the_same_for_every_seed(place):
    data = replace(DATA, x_train=DATA.x_train[:80], y_train=DATA.y_train[:80])
    assert torch.equal(table_of(data, rows=None, seed=0), table_of(data, rows=None, seed=1))
    assert len(files(place)) == 1


def test_other_labels_of_the_same_pictures_count_where_the_class_counts(place):
    feed = DATA.feed(seed=0, rows=60)
    other = replace(feed, targets={**feed.targets, "train": torch.arange(60) % 2})
    for each in (feed, other):
        neighbours(each, 5, fingerprint="f", rows=60)
        neighbours(each, 5, same_class=True, fingerprint="f", rows=60)
    assert len(files(place)) == 3


def test_where_nothing_can_be_kept_they_are_computed_all_the_same(place):
    place.write_text("in the way")
    assert torch.equal(table_of(), table_of())
    assert place.read_text() == "in the way"


def test_pictures_that_no_memory_holds_are_refused(place, monkeypatch):
    monkeypatch.setattr("vicinal.data._nearest.MOST", 60 * 64 * 4 - 1)
    with pytest.raises(
        InputError, match=r"pictures with neighbours must be at most .* GiB as float32, got 60 of shape"
    ):
        table_of()
