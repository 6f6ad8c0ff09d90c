"""Corrupted labels: exactly so many, drawn alike from all classes or from the others, of any kind, and by the seed."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vicinal.data import SETS, CorruptedFeed, corrupt_labels


def labels(n: int, classes: int) -> np.ndarray:
    return np.arange(n) % classes


@given(n=st.integers(2, 200), share=st.floats(0, 1), seed=st.integers(0, 99), symmetric=st.booleans())
def test_exactly_the_share_is_replaced_and_nothing_else(n: int, share: float, seed: int, symmetric: bool):
    y = labels(n, 5 if n > 4 else 2)
    corrupted = corrupt_labels(y, share, seed=seed, symmetric=symmetric)
    assert abs(corrupted.replaced.sum() - share * n) <= 0.5
    assert (corrupted.labels == y)[~corrupted.replaced].all()
    assert set(corrupted.labels) <= set(y)
    assert not symmetric or (corrupted.labels != y)[corrupted.replaced].all()


@pytest.mark.parametrize("symmetric", [False, True])
def test_every_class_that_may_be_drawn_is_equally_likely(symmetric: bool):
    y = np.repeat([3, 5, 9], 4000)
    corrupted = corrupt_labels(y, 1.0, seed=1, symmetric=symmetric)
    for own in (3, 5, 9):
        drawn = corrupted.labels[y == own]
        counts = [int((drawn == other).sum()) for other in (3, 5, 9) if not symmetric or other != own]
        assert sum(counts) == 4000
        assert stats.chisquare(counts).pvalue > 1e-4


def test_every_row_is_equally_likely_to_be_replaced():
    times = sum(corrupt_labels(labels(40, 2), 0.25, seed=seed).replaced.astype(int) for seed in range(2000))
    assert isinstance(times, np.ndarray)
    assert times.sum() == 20_000
    assert stats.chisquare(times).pvalue > 1e-4


def test_the_seed_decides_and_the_labels_given_are_left_alone():
    y = torch.arange(100) % 10
    before = y.clone()
    first, again, other = (corrupt_labels(y, 0.5, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(first.labels, again.labels)
    assert torch.equal(first.replaced, again.replaced)
    assert not torch.equal(first.replaced, other.replaced)
    assert torch.equal(y, before)


def test_a_class_that_did_not_occur_may_be_drawn_where_it_is_named():
    corrupted = corrupt_labels(torch.zeros(1000, dtype=torch.int64), 1.0, seed=0, classes=torch.arange(4))
    assert corrupted.labels.unique().tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="two or more, got 1"):
        corrupt_labels(torch.zeros(1000, dtype=torch.int64), 1.0, seed=0)


@pytest.mark.parametrize(
    "y",
    [
        ["cat", "dog", "hippopotamus", "cat"] * 5,
        np.array([1.5, 2.5] * 10, dtype=np.float32),
        np.array(["a", "b"] * 10, dtype=object),
        torch.tensor([0, 1] * 10, dtype=torch.int32),
        torch.tensor([True, False] * 10),
    ],
    ids=["texts", "floats", "objects", "int32", "bool"],
)
def test_labels_of_any_kind_keep_their_kind(y: Any):
    corrupted = corrupt_labels(y, 0.5, seed=3, symmetric=True)
    assert corrupted.replaced.sum() == 10
    changed = [str(a) != str(b) for a, b in zip(corrupted.labels, y, strict=True)]
    assert changed == corrupted.replaced.tolist()
    assert not isinstance(y, torch.Tensor | np.ndarray) or corrupted.labels.dtype == y.dtype


def test_symmetric_noise_among_classes_of_which_some_labels_are_none():
    corrupted = corrupt_labels(np.array(["x", "b"] * 50), 1.0, seed=0, classes=["a", "b", "c"], symmetric=True)
    assert set(corrupted.labels[::2]) == {"a", "b", "c"}
    assert set(corrupted.labels[1::2]) == {"a", "c"}


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), True])
def test_a_share_out_of_range_is_refused(share: float):
    with pytest.raises(ValueError, match="the share of labels to replace must be in"):
        corrupt_labels([0, 1], share, seed=0)


def test_labels_in_rows_are_refused():
    with pytest.raises(ValueError, match=r"labels of shape \(N,\), got shape"):
        corrupt_labels(torch.eye(3), 0.5, seed=0)


def test_a_feed_gives_the_corrupted_labels_to_train_on_and_the_real_ones_to_test_on():
    feed = SETS["digits"].load().feed(seed=0)
    corrupted = corrupt_labels(feed.labels("train"), 0.5, seed=0)
    noisy = CorruptedFeed(feed, corrupted.labels, corrupted.replaced)
    picked = [torch.tensor([3, 1, 2]), torch.tensor([1000])]
    for part in (noisy.batches(4, picked), noisy.plain("train", picked)):
        assert [y.tolist() for _, y in part] == [corrupted.labels[numbers].tolist() for numbers in picked]
    for (x, y), (x_real, y_real) in zip(noisy.plain("test", picked[:1]), feed.plain("test", picked[:1]), strict=True):
        assert torch.equal(x, x_real)
        assert torch.equal(y, y_real)
    same = zip(noisy.batches(4, picked), feed.batches(4, picked), strict=True)
    assert all(torch.equal(x, x_real) for (x, _), (x_real, _) in same)
    assert torch.equal(noisy.labels("train"), corrupted.labels)
    assert torch.equal(noisy.labels("test"), feed.labels("test"))
    assert torch.equal(noisy.real, feed.labels("train"))
    assert (noisy.shape, noisy.classes, noisy.size("train")) == (feed.shape, feed.classes, feed.size("train"))
    assert noisy.preparation == feed.preparation
