"""What the tests of faults tell, how many cases they tried, for docs/reliability.md; a small disk; another user."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import gettempdir

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
def another(tmp_path: Path) -> str:
    """Return the name of a user who may not do everything, and let him into the test's own folder."""
    if os.geteuid():
        pytest.skip("only root can run a command as another user")
    for folder in (tmp_path, *tmp_path.parents):
        if folder == Path(gettempdir()):
            break
        folder.chmod(folder.stat().st_mode | 0o055)
    return "nobody"
