"""Folders that are being written: under a name that says who writes, so that those whose writer was killed can go."""

import os
import platform
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

NAME = re.compile(r"\.partial-(?P<machine>[A-Za-z0-9.-]*)-(?P<process>\d+)-\w+(-old)?")
A_DAY = 24 * 60 * 60


def partial_folder(parent: Path) -> Path:
    """Make an empty folder of this process in ``parent``, for something that is renamed once it is whole."""
    return Path(mkdtemp(prefix=f".partial-{_machine()}-{os.getpid()}-", dir=parent))


def sweep(parent: Path) -> None:
    """Remove the partial folders that nobody will finish.

    Their process is gone, or they are older than a day: on another machine, which may share the folder, nobody can
    tell who lives. A folder that somebody writes to now, in this command or in another, stays.
    """
    for folder in parent.glob(".partial-*"):
        with suppress(OSError):  # another command sweeps as well
            if _writer_is_gone(folder.name) or time.time() - folder.stat().st_mtime > A_DAY:
                shutil.rmtree(folder, ignore_errors=True)


def _writer_is_gone(name: str) -> bool:
    found = NAME.fullmatch(name)
    if found is None or found["machine"] != _machine() or os.name != "posix":  # elsewhere signal 0 is no question
        return False
    try:
        os.kill(int(found["process"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # somebody else's process, or no number of one
        return False
    return False


def _machine() -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", platform.node())
