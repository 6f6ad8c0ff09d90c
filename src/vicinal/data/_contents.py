"""What the pictures of a folder hold: each is read once, and again only after it has changed.

What is known of many pictures is kept in the user's cache, so that the next process need not decode them.
"""

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import PIL
import torch

from vicinal._errors import InputError
from vicinal._files import write
from vicinal.data._find import cache
from vicinal.data._picture import decoded, quiet, shown

_SERIAL = 200  # pictures that are decoded sooner than threads are started or a file of what is known is read
_FORM = f"1, Pillow {PIL.__version__}"  # of that file; another Pillow may read what this one cannot
_SETTLED = 2_000_000_000  # nanoseconds after which a further change gets another time, on any file system


class Known(NamedTuple):
    """What is known of a file for as long as its size and the time of its last change are these.

    Args:
        size: in bytes.
        changed: when it was changed last, in nanoseconds.
        sha256: of its content.
        reason: why it cannot be read as a picture, "" if it can; None if nobody has tried.
    """

    size: int
    changed: int
    sha256: str
    reason: str | None


class Contents:
    """What is known of the files of one folder, wherever it is moved.

    Args:
        known: what is known already, by the files' paths relative to the folder.
    """

    def __init__(self, known: Mapping[str, Known] | None = None) -> None:
        self._known = dict(known or {})

    def sha256(self, root: Path, path: str) -> str:
        """Return the checksum of a file.

        Raises:
            InputError: it cannot be read.
        """
        try:
            found = self._still(root, path) or self._keep(path, _read(root, path))
        except OSError as failure:
            raise InputError(f"{shown(root / path)} cannot be read: {failure.strerror}.") from None
        return found.sha256

    def broken(self, root: Path, paths: Sequence[str]) -> dict[str, str]:
        """Decode every picture that is not known; return the reason for each that cannot be read.

        Args:
            root: the folder.
            paths: the pictures, relative to it.
        """
        reasons = {path: self._reason(root, path) for path in paths}
        wanted = [path for path, reason in reasons.items() if reason is None]
        with quiet():  # around all threads, which have one list of filters between them
            at_once = torch.get_num_threads()  # one, where this process is one of many
            if len(wanted) <= _SERIAL or at_once == 1:
                found = [_decoded(root, path) for path in wanted]
            else:
                with ThreadPoolExecutor(at_once) as threads:  # Pillow decodes beside Python
                    found = list(threads.map(lambda path: _decoded(root, path), wanted))
        reasons |= {path: self._keep(path, known).reason for path, known in zip(wanted, found, strict=True)}
        if wanted and len(paths) > _SERIAL:
            with suppress(OSError):  # a cache that cannot be written to costs time only
                write(_place(root), json.dumps({"form": _FORM, "known": {p: self._known.get(p) for p in paths}}))
        return {path: reason for path, reason in reasons.items() if reason}

    def _reason(self, root: Path, path: str) -> str | None:
        try:
            known = self._still(root, path)
        except OSError:
            return None
        return known.reason if known is not None else None

    def _still(self, root: Path, path: str) -> Known | None:
        known = self._known.get(path)
        return known if known is not None and known[:2] == _stamp(root, path) else None

    def _keep(self, path: str, known: Known) -> Known:
        # as git does: a file that was changed a moment ago may change again without its time telling
        if 0 <= known.changed < time.time_ns() - _SETTLED:
            self._known[path] = known
        return known


def contents_of(root: Path) -> Contents:
    """Return what the user's cache knows of a folder's files."""
    try:
        kept = json.loads(_place(root).read_bytes())
        known = {path: Known(*each) for path, each in kept["known"].items() if each}
        return Contents(known if kept["form"] == _FORM else None)
    except Exception:  # there is none, or it is damaged in whatever way
        return Contents()


def _place(root: Path) -> Path:
    name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()
    return cache() / "checked" / f"{name[:32]}.json"


def _stamp(root: Path, path: str) -> tuple[int, int]:
    status = os.stat(root / path)  # noqa: PTH116 - a third of the time, of 50,000 files
    return status.st_size, status.st_mtime_ns


def _read(root: Path, path: str) -> Known:
    stamp = _stamp(root, path)  # first, so that a change amid reading is seen afterwards
    return Known(*stamp, hashlib.sha256((root / path).read_bytes()).hexdigest(), None)


def _decoded(root: Path, path: str) -> Known:
    try:
        known = _read(root, path)
    except OSError as failure:
        return Known(-1, -1, "", failure.strerror or type(failure).__name__)
    try:
        decoded(root / path)
    except InputError as failure:
        return known._replace(reason=str(failure).partition(" cannot be read as a picture: ")[2].removesuffix("."))
    return known._replace(reason="")
