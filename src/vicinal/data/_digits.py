"""Scikit-learn's handwritten digits as pictures of 8 × 8 pixels: nothing is looked for and nothing is fetched."""

from typing import Any

import numpy as np
import torch

from vicinal.data._data_set import DataSet, Form
from vicinal.data._images import Images
from vicinal.data._split import cut

_DARKEST = 16
_TEST = 449  # about a quarter of 1,797
SOURCE = "https://scikit-learn.org/stable/datasets/toy_dataset.html"
LICENCE = "BSD-3-Clause; UCI, CC BY 4.0"


def read_digits() -> Images:
    """Return 1,348 digits to train on and 449 to test on, always the same ones, of every class its share."""
    from sklearn import datasets  # takes half a second, which most need not wait for

    bunch: Any = datasets.load_digits()
    pixels = np.round(bunch["images"] * 255 / _DARKEST).astype(np.uint8)[:, None]
    target = bunch["target"].astype(np.int64)
    train, test = cut(np.arange(len(target)), target, _TEST, np.random.default_rng(0))
    x, y = torch.from_numpy(pixels), torch.from_numpy(target)
    return Images("digits", x[train], y[train], x[test], y[test], tuple("0123456789"))


FORM = Form(examples=1_348, classes=10, channels=1, size=8)
DIGITS = DataSet("digits", "Digits", SOURCE, LICENCE, read_digits, form=FORM)
