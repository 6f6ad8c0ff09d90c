"""Folders of small pictures."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def put(tmp_path) -> Callable[..., Path]:
    """Return a function that writes pictures of noise by their paths and returns the folder that they are in."""

    def write(*paths: str, root: str = "pictures", size: tuple[int, int] = (12, 9)) -> Path:
        folder = tmp_path / root
        folder.mkdir(exist_ok=True)
        for path in paths:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            noise = np.random.default_rng(sum(os.fsencode(path))).integers(0, 256, (*size, 3), dtype=np.uint8)
            Image.fromarray(noise).save(folder / path, "PNG")
        return folder

    return write


@pytest.fixture
def own(put) -> Path:
    """Return a folder of two classes with six pictures each."""
    return put(*(f"{label}/{number}.png" for label in ("cat", "dog") for number in range(6)))
