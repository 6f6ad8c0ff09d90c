"""Where official files are looked for: the folder that is named, VICINAL_DATA, the user's cache, the system's."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pooch

from vicinal._errors import InputError, must_be

DEEPEST = 3  # folders below the one that is named
VARIABLE = "VICINAL_DATA"
SYSTEM = Path("/usr/share/datasets")  # where packages of a distribution put theirs
PARTS = ("train", "val", "test")  # may hold a thousand class folders, and no other data set


def cache() -> Path:
    """Return the user's cache of this project, where downloads are kept."""
    return Path(pooch.os_cache("vicinal"))


def named() -> list[tuple[str, Path]]:
    """Return the folders that VICINAL_DATA names, separated as in PATH, each with the variable's name."""
    return [
        (VARIABLE, Path(folder).expanduser()) for folder in os.environ.get(VARIABLE, "").split(os.pathsep) if folder
    ]


def searched(data_dir: str | Path | None) -> list[Path]:
    """Return the folders that files are looked for in, the first one first.

    Raises:
        InputError: ``data_dir``, or what the environment variable names, is no folder.
    """
    folders = [("--data-dir", Path(data_dir).expanduser())] if data_dir else []
    folders += named()
    for what, folder in folders:
        if not folder.is_dir():
            raise InputError(must_be(what, "a folder", f"{folder}, which is none", "Name the folder with the data"))
    return [*(folder for _, folder in folders), cache(), SYSTEM]


def find(names: Iterable[str], folders: Sequence[Path]) -> dict[str, Path]:
    """Look for files by name in the folders and up to three folders below each.

    The first folder wins, then the least deep, then the first in alphabetical order. Hidden folders and whatever
    cannot be read are passed over.

    Returns:
        The path of each name that was found.
    """
    missing, found = set(names), {}
    for place, files in (listing for folder in folders for listing in listings(folder)):
        for name in missing.intersection(files):
            if os.access(place / name, os.R_OK):  # not so for a broken link
                found[name] = place / name
        missing -= found.keys()
        if not missing:
            break
    return found


def listings(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield the folders below one with their files' names, level by level; each once, however links lead to it."""
    level, seen = [root], set()
    for _ in range(DEEPEST + 1):
        below = []
        for place in level:
            # One step of os.walk is a listing that passes over what cannot be read.
            _, folders, files = next(os.walk(place), ("", [], []))
            if place.resolve() in seen:
                continue
            seen.add(place.resolve())
            yield place, files
            if place == root or place.name not in PARTS:
                below += [place / folder for folder in sorted(folders) if not folder.startswith(".")]
        level = below
