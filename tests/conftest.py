"""Tests marked ``real_data(file, ...)`` run where VICINAL_DATA names a folder that holds these files."""

import os
from pathlib import Path

import pytest


def pytest_runtest_setup(item: pytest.Item) -> None:
    mark = item.get_closest_marker("real_data")
    if mark is None:
        return
    folder = os.environ.get("VICINAL_DATA")
    if not folder:
        pytest.skip("VICINAL_DATA names no folder with real data")
    from vicinal.data._find import find  # only here, since it takes two seconds

    missing = set(mark.args) - find(mark.args, [Path(folder)]).keys()
    if missing:
        pytest.skip(f"VICINAL_DATA={folder} holds no {', '.join(sorted(missing))}")
