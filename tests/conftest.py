"""What tests of several folders need: recordings; and data sets that are not on every machine.

Tests marked ``real_data(name, ...)`` run where VICINAL_DATA or the system's folder holds these data sets.
"""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest


def pytest_runtest_setup(item: pytest.Item) -> None:
    mark = item.get_closest_marker("real_data")
    if mark is None:
        return
    from vicinal.data import SETS  # only here, since it takes two seconds
    from vicinal.data._find import SYSTEM, VARIABLE, named

    folders = [*(folder for _, folder in named()), SYSTEM]
    origins = {name: SETS[name].origin for name in mark.args}
    missing = [name for name, origin in origins.items() if origin is not None and origin.found(folders) is None]
    if missing:
        pytest.skip(f"{VARIABLE}={os.environ.get(VARIABLE, '')} holds no {', '.join(missing)}")


@pytest.fixture
def tones(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes tones with a little noise by their paths and returns the folder that they are in.

    The noise follows from the path, so that no two files hold the same; the pitch is 300 Hz and 200 Hz more for each
    letter of the alphabet that the class folder's first one is behind "a".
    """
    import soundfile

    def write(*paths: str, root: str = "sounds", seconds: float = 0.5, rate: int = 16_000) -> Path:
        folder = tmp_path / root
        folder.mkdir(exist_ok=True)
        for path in paths:
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            pitch = 300 + 200 * (ord(file.parent.name.strip("_")[:1] or "a") - ord("a"))
            noise = np.random.default_rng(list(os.fsencode(path))).normal(0, 0.02, round(seconds * rate))
            wave = 0.5 * np.sin(2 * np.pi * pitch * np.arange(len(noise)) / rate) + noise
            soundfile.write(file, wave, rate)
        return folder

    return write
