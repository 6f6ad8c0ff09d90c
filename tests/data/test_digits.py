import numpy as np
from sklearn import datasets

from vicinal.data._digits import read_digits


def test_digits_are_scikit_learns_in_full_shades():
    images, theirs = read_digits(), datasets.load_digits()
    ours = np.concatenate([images.x_train, images.x_test])[:, 0].reshape(-1, 64).astype(float)
    target = np.concatenate([images.y_train, images.y_test])
    assert (ours.min(), ours.max()) == (0, 255)
    rows = np.round(ours * 16 / 255)
    order, expected = np.lexsort(rows.T), np.lexsort(theirs.data.T)  # pyright: ignore[reportAttributeAccessIssue] - a Bunch
    np.testing.assert_array_equal(rows[order], theirs.data[expected])  # pyright: ignore[reportAttributeAccessIssue] - as above
    np.testing.assert_array_equal(target[order], theirs.target[expected])  # pyright: ignore[reportAttributeAccessIssue] - as above


def test_a_quarter_is_for_testing_with_of_every_class_its_share():
    images = read_digits()
    assert (len(images.y_train), len(images.y_test)) == (1348, 449)
    counts = np.bincount(images.y_test)
    whole = counts + np.bincount(images.y_train)
    assert (np.abs(counts - whole / 4) < 1.1).all()


def test_they_are_the_same_each_time():
    assert read_digits().fingerprint == read_digits().fingerprint
