"""Somebody's photos or sounds, from folders or named in a table, brought into memory as a comparison takes them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch

from vicinal._numbers import count
from vicinal.data import (
    Images,
    Part,
    Photos,
    RawTable,
    Sounds,
    distinct,
    named,
    read_listed,
    read_picture,
    shown,
    tested_twins,
)
from vicinal.vicinity import rank_generator, seed_of

SIDE = 64
"""Pixels on a side that photos are resized to at most, so that all of them lie in memory."""
_AT_ONCE = 250  # photos that are resized before they become bytes again


@dataclass(frozen=True, eq=False)
class Examples:
    """Photos or sounds in memory.

    Args:
        data: the examples.
        kind: what they are.
        given_test: whether their owner says which of them are tested on; else the parts of ``data`` mean nothing, and
            no example is there twice.
        notes: sentences on what was found and done.
        target: the column that the classes are from, as it was named; empty where it was not.
        warnings: sentences on what is doubtful.
    """

    data: Images | Sounds
    kind: Literal["photos", "sounds"]
    given_test: bool
    notes: tuple[str, ...]
    target: str = ""
    warnings: tuple[str, ...] = ()


def of_folder(
    root: Path, *, seconds: float | None = None, group_regex: str | None = None, skip_broken: bool = False
) -> Examples:
    """Read a folder with a folder a class, or with ``train/`` and ``test/``.

    Args:
        root: the folder.
        seconds: of sounds: how much of each is heard.
        group_regex: of sounds: who is heard in one.
        skip_broken: leave out what cannot be read.

    Raises:
        InputError: it cannot be read, or something is asked that is for other data.
    """
    place = str(root.resolve())
    return _examples(named(place, seconds=seconds, group_regex=group_regex, skip_broken=skip_broken).load())


def of_column(
    raw: RawTable,
    root: Path,
    *,
    files: str,
    target: str | None = None,
    group: str | None = None,
    seconds: float | None = None,
    skip_broken: bool = False,
) -> Examples:
    """Read what a column of paths leads to; the arguments are those of :func:`vicinal.data.read_listed`.

    Raises:
        InputError: it cannot be read, or something is asked that is for other data.
    """
    found = read_listed(raw, root, files=files, target=target, group=group, seconds=seconds, skip_broken=skip_broken)
    return replace(_examples(found), target=target or "")


def _examples(found: Photos | Sounds) -> Examples:
    """Bring what was read into memory; copies that could come into two parts are left out."""
    notes, kind = [note for note in found.notes if note != found.drawn], "sounds"
    data = found
    if isinstance(found, Photos):
        data, kind = _in_memory(found), "photos"
    assert not isinstance(data, Photos)
    held: Any = data  # one of the two kinds
    if not found.drawn:
        warnings = tuple(_twins(data, found)) if isinstance(data, Images) and isinstance(found, Photos) else ()
        return Examples(data, kind, given_test=True, notes=tuple(notes), warnings=warnings)
    data, copies = distinct(held)
    if copies:
        verb = "is a copy of another" if copies == 1 else "are copies of others"
        notes.append(f"{count(copies, kind[:-1])} {verb} and left out.")
    return Examples(data, kind, given_test=False, notes=tuple(notes))


def _twins(images: Images, photos: Photos) -> Iterator[str]:
    """Yield a sentence on photos that are tested on and trained on; of sounds those that are trained on are left out.

    Args:
        images: the photos in memory, in their order.
        photos: their files.
    """
    if pairs := tested_twins(images):
        tested, learned = pairs[0]
        names = f"{shown(photos.test[tested][0])} of {shown(photos.train[learned][0])}"
        verb = "is a copy of one" if len(pairs) == 1 else "are copies of ones"
        example = f"{names}, for example" if len(pairs) > 1 else names
        yield (
            f"{len(pairs):,} of {count(len(photos.test), 'photo')} that are tested on {verb} trained on ({example}): "
            "the test is easier than new photos would be."
        )


def _in_memory(photos: Photos) -> Images:
    """Return photos as images in memory: their middle, resized."""
    feed = photos.feed(seed=0, size=_side(photos))
    mean, std = (torch.tensor(each).view(1, -1, 1, 1) for each in (feed.preparation.mean, feed.preparation.std))

    def pixels(part: Part) -> torch.Tensor:
        batches = feed.plain(part, torch.arange(feed.size(part)).split(_AT_ONCE))
        return torch.cat([(255 * (x * std + mean)).round().clamp(0, 255).to(torch.uint8) for x, _ in batches])

    return Images(
        photos.name,
        pixels("train"),
        feed.labels("train"),
        pixels("test"),
        feed.labels("test"),
        photos.classes,
        groups=photos.groups,
    )


def _side(photos: Photos) -> int:
    """Return the size of the photos where a few are all of one small size, else the largest that is taken."""
    numbers = torch.randperm(len(photos.train), generator=rank_generator(seed_of("side"), 0))[:20].tolist()
    sizes = {read_picture(photos.root / photos.train[number][0]).size for number in numbers}
    (width, height), *others = sizes
    return width if not others and width == height < SIDE else SIDE
