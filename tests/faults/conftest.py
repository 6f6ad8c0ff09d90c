"""What the tests of faults tell, how many cases they tried, for docs/reliability.md; a small disk; permissions."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Callable[[str, int], None]:
    """Return a function that tells what was tried, in words, and how many cases of it there were."""

    def tell(what: str, cases: int) -> None:
        record_property(what, cases)

    return tell


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
