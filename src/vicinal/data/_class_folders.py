"""A folder of class folders becomes a data set: its parts, its classes, and what is said of the rest."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from vicinal._errors import InputError, must_be
from vicinal.data._contents import Contents, contents_of
from vicinal.data._folders import (
    TEST_SHARE,
    Listing,
    check_classes,
    counted,
    divided,
    enumerated,
    listed,
    said_of_broken,
)
from vicinal.data._photos import Listed, Photos
from vicinal.data._picture import shown
from vicinal.data._split import cut

CHECKED = 50_000  # pictures that are worth decoding once before a training that would meet the broken ones
_REMEDY = "Put the pictures of each class into a folder of its own"


def read_photos(
    name: str,
    root: Path,
    *,
    channels: int = 3,
    skip_broken: bool = False,
    check: bool = True,
    checked: int = CHECKED,
) -> Photos:
    """Read what is in a folder of class folders, or in its ``train/`` and ``test/`` or ``val/``.

    Every picture is decoded once, and again only after it has changed, so that a broken one is told before anything is
    trained on it. Not so in a folder with more than 50,000, where it is told when it is met, unless broken ones are to
    be left out.

    Args:
        name: what the data set is called.
        root: the folder.
        channels: 3 for colours, 1 for shades of grey.
        skip_broken: leave broken pictures out, instead of refusing them.
        check: decode the pictures; not where another process has just done so. The data set is the same.
        checked: number of pictures above which none is checked, and the fingerprint knows sizes only.

    Returns:
        The data set; its notes say what was left out, and how it was divided if the folder is not.

    Raises:
        InputError: the folder holds no two classes, or a picture is broken.
    """
    first, tests = divided(root)
    train = listed(root, first)
    test, notes = _tested(root, train, [listed(root, part) for part in tests])
    listings = [train] if test is None else [train, test]
    notes += [sentence for listing in listings for sentence in listing.said(root)]
    few = sum(len(listing) for listing in listings) <= checked
    contents = contents_of(root) if few else Contents()
    if skip_broken or (check and few):
        notes += _checked(root, listings, contents, skip_broken=skip_broken)
    known = contents if few else None
    labels = sorted(train.files)
    classes = tuple(shown(label) for label in labels)
    if len(classes) < 2:
        found = train.told(root)
        raise InputError(must_be("a folder of pictures", "one with two class folders or more", found, _REMEDY))
    if test is None:
        chosen, kept, note = _split(root, _rows(train, labels))
        return Photos(name, root, chosen, kept, classes, channels, (*notes, note), known, drawn=note)
    return Photos(name, root, _rows(train, labels), _rows(test, labels), classes, channels, tuple(notes), known)


def _tested(root: Path, train: Listing, parts: list[Listing]) -> tuple[Listing | None, list[str]]:
    """Return the part that is tested on, None if there is none, and what is to be said of it."""
    parts = [part for part in parts if part.files]  # ImageNet's own test/ holds loose pictures without classes
    if not parts:
        return None, []
    test, *unused = parts
    check_classes(root, train, test)
    other = shown(root / test.part)
    notes = [f"{shown(root / part.part)} is not used, since {other} is there." for part in unused]
    if untested := sorted(train.files.keys() - test.files.keys()):
        notes.append(f"{other} holds no pictures of {enumerated(untested)}.")
    return test, notes


def _checked(root: Path, listings: list[Listing], contents: Contents, *, skip_broken: bool) -> list[str]:
    """Drop the broken pictures from the listings and say so, or refuse them."""
    paths = [path for listing in listings for pictures in listing.files.values() for path in pictures]
    reasons = contents.broken(root, paths)
    note = said_of_broken(root, reasons, len(paths), kind="picture", skip=skip_broken)
    if not note:
        return []
    for listing in listings:
        whole = {label: [p for p in pictures if p not in reasons] for label, pictures in listing.files.items()}
        listing.files = {label: pictures for label, pictures in whole.items() if pictures}
    return [note]


def _rows(listing: Listing, labels: Iterable[str]) -> Listed:
    return tuple((path, k) for k, label in enumerate(labels) for path in listing.files.get(label, ()))


def _split(root: Path, rows: Listed) -> tuple[Listed, Listed, str]:
    """Keep a quarter of the pictures for testing, of every class its share, and say so."""
    size = round(TEST_SHARE * len(rows))
    if not 1 <= size < len(rows):
        raise InputError(must_be(shown(root), "a folder of four pictures or more", counted(len(rows), "picture")))
    target = np.array([label for _, label in rows])
    train, test = cut(np.arange(len(rows)), target, size, np.random.default_rng(0))
    note = (
        f"{shown(root)} has no test/ or val/: {size:,} of its {counted(len(rows), 'picture')}, "
        "of every class its quarter, are kept for testing (always the same ones)."
    )
    return tuple(rows[i] for i in train), tuple(rows[i] for i in test), note
