"""Class folders: which pictures or sounds stand in which, and what else does."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePath
from typing import Literal

from vicinal._errors import InputError, must_be
from vicinal.data._picture import shown

Kind = Literal["picture", "sound"]
SUFFIXES: dict[Kind, set[str]] = {
    "picture": {
        *(".apng", ".avif", ".bmp", ".dib", ".gif", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg"),
        *(".pbm", ".pcx", ".pgm", ".png", ".pnm", ".ppm", ".tga", ".tif", ".tiff", ".webp"),
    },
    "sound": {".aif", ".aiff", ".au", ".flac", ".mp3", ".oga", ".ogg", ".opus", ".wav", ".wave"},
}
"""Ends of the names of files, by what they are."""
TESTS = ("test", "val", "valid", "validation")
TEST_SHARE = 0.25
"""Of a folder without parts what is kept for testing."""
_NAMED = 3  # files that a sentence names
_BROKEN = 10  # broken files that a sentence names


@dataclass
class Listing:
    """What class folders hold.

    Args:
        part: name of the folder that they stand in, "" if it is the root.
        kind: what is looked for.
        files: for each class the paths of what is looked for, relative to the root, sorted as torchvision sorts them.
        hidden: number of files and folders whose names begin with a dot.
        others: files whose names are those of something else.
        empty: class folders without what is looked for.
    """

    part: str = ""
    kind: Kind = "picture"
    files: dict[str, list[str]] = field(default_factory=dict)
    hidden: int = 0
    others: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(map(len, self.files.values()))

    def told(self, root: Path) -> str:
        """Return how many class folders there are, those that hold none of what is looked for apart."""
        words = f"{len(self.files)} in {shown(root / self.part)}"
        if not self.empty:
            return words
        return f"{words}, and {self._without()}"

    def _without(self) -> str:
        return f"{counted(len(self.empty), 'class folder')} without {self.kind}s ({enumerated(self.empty)})"

    def said(self, root: Path) -> list[str]:
        """Return one sentence on what is left out, if anything is."""
        parts = []
        if self.hidden:
            parts.append(counted(self.hidden, "hidden file"))
        if self.others:
            parts.append(f"{counted(len(self.others), 'file')} of another kind ({enumerated(self.others)})")
        if self.empty:
            parts.append(self._without())
        return [f"{shown(root)}: left out {' and '.join(parts)}."] if parts else []


def divided(root: Path) -> tuple[str, list[str]]:
    """Return the name of the part to train on, "" if it is the root itself, and those that may be for testing.

    A class may be called "train": such a folder is a part only if it holds folders, and has nothing beside it but
    parts.
    """
    names = {name.lower(): name for name in subfolders(root)}
    tests = [names[name] for name in TESTS if name in names and subfolders(root / names[name])]
    if "train" in names and subfolders(root / names["train"]) and (tests or len(names) == 1):
        return names["train"], tests
    return "", []


def subfolders(folder: Path) -> list[str]:
    """Return the names of the folders in a folder that are not hidden, sorted; none if it cannot be read."""
    _, folders, _ = next(os.walk(folder), ("", [], []))
    return sorted(name for name in folders if not _hidden(name))


def kind_of(name: str) -> Kind | None:
    """Tell by its name whether a file is a picture or a sound; None if it is neither."""
    suffix = PurePath(name).suffix.lower()
    return "picture" if suffix in SUFFIXES["picture"] else "sound" if suffix in SUFFIXES["sound"] else None


def first_kind(root: Path) -> Kind | None:
    """Tell what the class folders of a folder hold, by the first picture or sound in them; None if there is neither."""
    names = (PurePath(below).name for label in subfolders(root) for below in _files(root / label))
    for name in names:
        if (kind := kind_of(name)) and not _hidden(name):
            return kind
    return None


def counted(number: int, what: str) -> str:
    """Return a number with what it counts: "1 file", "2 files"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def enumerated(names: list[str], most: int = _NAMED) -> str:
    """Return the first few names, as a sentence shows them."""
    return ", ".join(shown(name) for name in names[:most]) + (", …" if len(names) > most else "")


def listed(root: Path, part: str = "", kind: Kind = "picture") -> Listing:
    """List the class folders of a part of a root; "" is the root itself.

    Raises:
        InputError: they hold pictures and sounds, or one of them cannot be read.
    """
    listing = Listing(part, kind)
    _, folders, files = next(os.walk(root / part, onerror=_refuse), ("", [], []))
    for name in sorted(files) + [name for name in folders if _hidden(name)]:
        _leave_out(listing, f"{part}/{name}" if part else name)
    for label in subfolders(root / part):
        where = f"{part}/{label}" if part else label
        files = []
        for below in _files(root / where):
            path = f"{where}/{below}"
            if kind_of(path) == kind and not _hidden(PurePath(path).name):
                files.append(path)
            else:
                _leave_out(listing, path)
        if files:
            listing.files[label] = files
        else:
            listing.empty.append(where)
    _check_one_kind(root, listing)
    return listing


def check_classes(root: Path, train: Listing, other: Listing) -> None:
    """See that every class of another part is one of those to train on.

    Raises:
        InputError: one is not.
    """
    if strange := sorted(other.files.keys() - train.files.keys()):
        folders = f"the class folders of {shown(root / train.part)} and {shown(root / other.part)}"
        raise InputError(must_be(folders, "the same", f"{enumerated(strange)} in the second only"))


def said_of_broken(root: Path, reasons: Mapping[str, str], total: int, *, kind: Kind, skip: bool) -> str:
    """Return the sentence on the files that are left out since they cannot be read; "" if there are none.

    Args:
        root: the folder that their paths are relative to.
        reasons: why each of them cannot be read, by its path.
        total: how many files there are.
        kind: what they should have been.
        skip: whether they are to be left out.

    Raises:
        InputError: there are some, and they are not to be left out.
    """
    if not reasons:
        return ""
    named = [f"{shown(path)} ({why})" for path, why in islice(reasons.items(), _BROKEN)]
    which = ", ".join([*named, "…"] if len(reasons) > _BROKEN else named)
    what = f"{shown(root)}: {len(reasons):,} of {counted(total, kind)} cannot be read"
    if not skip:
        raise InputError(f"{what}: {which}. Mend them or take them away, or leave them out with --skip-broken.")
    return f"{what} and {'is' if len(reasons) == 1 else 'are'} left out: {which}."


def _check_one_kind(root: Path, listing: Listing) -> None:
    """See that sounds do not stand among pictures, nor pictures among sounds: which of them are meant is not said."""
    other: Kind = "sound" if listing.kind == "picture" else "picture"
    strange = [path for path in listing.others if kind_of(path) == other]
    if strange and listing.files:
        found = f"{counted(len(listing), listing.kind)} and {counted(len(strange), other)} ({enumerated(strange)})"
        remedy = f"Put the {other}s into a folder of their own"
        raise InputError(must_be(shown(root), "a folder of pictures or one of sounds", found, remedy))


def _leave_out(listing: Listing, path: str) -> None:
    if _hidden(PurePath(path).name):
        listing.hidden += 1
    else:
        listing.others.append(path)


def _files(folder: Path) -> Iterator[str]:
    """Yield the path of every file below a folder, relative to it, and of the hidden folders, which are passed over."""
    seen = set()
    for place, folders, files in os.walk(folder, onerror=_refuse, followlinks=True):
        hidden = [name for name in folders if _hidden(name)]
        # a link that leads round in a circle is not followed again
        again = os.path.realpath(place) in seen
        seen.add(os.path.realpath(place))
        folders[:] = [] if again else sorted(set(folders) - set(hidden))
        below = os.path.relpath(place, folder).replace(os.sep, "/")
        for name in () if again else sorted(files) + hidden:
            yield name if below == "." else f"{below}/{name}"


def _refuse(error: OSError) -> None:
    """Say that a folder cannot be read, whose files would be missing otherwise without a word; one may not be there."""
    if not isinstance(error, FileNotFoundError):
        raise InputError(f"{shown(error.filename)} cannot be read: {error.strerror}.") from None


def _hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"
