"""A file is written in one step: a kill at any moment leaves the old one or the new one."""

import os
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile

OLD = 3600.0
"""Seconds after which a temporary file is nobody's any more."""


def write(path: Path, text: str) -> Path:
    """Write a file of text and return its path; see :func:`write_with`."""
    return write_with(path, lambda partial: _write_text(partial, text))


def write_with(path: Path, writer: Callable[[Path], object], *, aside: Path | None = None) -> Path:
    """Let a function write a file under a temporary name in the same folder, rename it, and return its path.

    Args:
        path: the file's.
        writer: is given the temporary name, which no other process has.
        aside: what the file that was there is called from then on; it is replaced if not given.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # no number of a process: on machines that share a folder several may have the same
    partial = path.with_name(f".{path.name}-{secrets.randbits(40)}")
    try:
        writer(partial)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        if aside is not None:
            with suppress(FileNotFoundError):  # there was none, or another process has just moved it
                path.replace(aside)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def sweep(folder: Path, names: Iterable[str]) -> None:
    """Remove what a kill amid writing left in a folder: temporary files older than any writing takes.

    Args:
        folder: where to look.
        names: of the files that are written there; ``*`` stands for anything.
    """
    for partial in chain.from_iterable(folder.glob(f".{name}-*") for name in names):
        if partial.name.rpartition("-")[2].isdecimal() and partial.is_file():
            with suppress(FileNotFoundError):  # another process may sweep too
                if time.time() - partial.stat().st_mtime > OLD:
                    partial.unlink()


def check_writable(folder: Path, *, keep: bool) -> None:
    """See that a folder can be written to.

    Args:
        folder: made if it is not there, with those that it is in.
        keep: leave what was made, empty as it is, since it is written to at once.

    Raises:
        OSError: it cannot.
    """
    new = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):  # whose name no other process has: several ask at the same time
            pass
    finally:
        for each in () if keep else new:  # the innermost first
            with suppress(OSError):  # somebody has written to it since
                each.rmdir()


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
