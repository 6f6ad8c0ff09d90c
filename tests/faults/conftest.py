"""What tests of faults tell for docs/reliability.md, cases tried and survived; a small disk; permissions.

The mark ``tries("files of kind {name}")`` says in words what a test tries, with its parameters in braces. It is told of
a test that is skipped as well.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    mark = item.get_closest_marker("tries")
    if mark is not None:
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        item.user_properties.append(("what", mark.args[0].format(**parameters)))


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Iterator[Callable[..., AbstractContextManager[None]]]:
    """Return what makes a block that tries so many cases, one if not said; they survive if nothing is raised in it."""
    cases = survived = 0

    @contextmanager
    def block(number: int = 1) -> Iterator[None]:
        nonlocal cases, survived
        cases += number
        yield
        survived += number

    yield block
    record_property("tried", cases)
    record_property("survived", survived)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of its own with room for half a megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "vicinal-test", str(place)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"nothing can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def bound_by_permissions() -> list[str]:
    """Return what stands before a command that permissions bind, as they bind everybody but root."""
    if os.geteuid():
        return []
    without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    if shutil.which("setpriv") is None or subprocess.run([*without, "true"], check=False).returncode:
        pytest.skip("root ignores permissions here, and setpriv cannot take that away")
    return without
