"""Tests marked ``real_data(name, ...)`` run where VICINAL_DATA or the system's folder holds these data sets."""

import os

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
