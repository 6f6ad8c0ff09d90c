"""A table with a column of paths: the photos or sounds that they lead to, with a class each from another column."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal._paths import is_file, is_folder
from vicinal.data._clips import Clips, assembled, heard
from vicinal.data._column import brief, plain
from vicinal.data._contents import contents_of
from vicinal.data._feed import Part
from vicinal.data._folders import SUFFIXES, TEST_SHARE, Kind, counted, enumerated, kind_of, said_of_broken
from vicinal.data._photos import Photos
from vicinal.data._picture import shown
from vicinal.data._raw_table import RawTable
from vicinal.data._sound_folders import clip_length
from vicinal.data._sounds import Sounds
from vicinal.data._split import cut
from vicinal.data._target import has_target, position, target_of

_NAMED = 3  # files that a sentence names
_DRAWN: tuple[Part, Part] = ("train", "test")


@dataclass(frozen=True, eq=False)
class _Named:
    """N files, their classes, and their groups where there are such."""

    table: str
    root: Path
    paths: tuple[str, ...]
    y: NDArray[np.int64]
    classes: tuple[str, ...]
    groups: NDArray[np.int64] | None
    notes: tuple[str, ...]

    def only(self, rows: NDArray[np.int64]) -> "_Named":
        """Return some of them."""
        groups = None if self.groups is None else self.groups[rows]
        return replace(self, paths=tuple(self.paths[row] for row in rows), y=self.y[rows], groups=groups)

    def drawn(self, kind: Kind) -> tuple[NDArray[np.int64], NDArray[np.int64], str]:
        """Draw a quarter to test on: the others, these, and the sentence that says so."""
        size = round(TEST_SHARE * len(self.y))
        rest, test = cut(np.arange(len(self.y)), self.y, size, np.random.default_rng(0))
        whole = counted(len(self.y), kind)
        return rest, test, f"{self.table}: {size:,} of its {whole} are kept for testing (always the same ones)."


def read_listed(
    raw: RawTable,
    root: Path,
    *,
    files: str,
    target: str | None = None,
    group: str | None = None,
    seconds: float | None = None,
    skip_broken: bool = False,
) -> Photos | Sounds:
    """Read the photos or sounds that a table names; by the ends of their names they are one or the other.

    A quarter of them is drawn for testing, the same one each time; ``drawn`` is that sentence of the notes.

    Args:
        raw: the cells.
        root: the folder that the paths are relative to.
        files: the column of the paths, by its name or its position: 1 is the first, −1 the last; a name wins.
        target: the column of the classes, named likewise; the last one that holds no paths if not given.
        group: a column, named likewise: photos or sounds with one value of it are in one part.
        seconds: length of a clip of sounds; see :func:`read_sound_folders`.
        skip_broken: leave out what cannot be read, instead of refusing it.

    Raises:
        InputError: a column is missing, a file is, photos and sounds are mixed, one cannot be read, or what is asked
            for is meant for other data.
    """
    names = raw.columns.columns
    at = position(raw, files, "files")
    others = [place for place in range(len(names)) if place != at]
    if not others:
        raise InputError(must_be(raw.name, "a table of paths and classes", f'the column "{brief(names[at])}" alone'))
    goal = others[-1] if target is None else position(raw, target, "target")
    who = None if group is None else position(raw, group, "group")
    if len({at, goal, who}) < 3:
        raise InputError(must_be("--files, --target and --group", "one column each", "one column twice"))
    notes = list(raw.notes)
    if target is None:
        notes.append(f'The last column, "{brief(names[goal])}", is taken as the target; --target names another.')
    stays = has_target(raw.columns[:, goal])
    if not stays.all():
        notes.append(f"{counted(int((~stays).sum()), 'row')} without a target left out.")
    frame = raw.columns.filter(pl.Series(stays))
    lines = raw.lines[stays] if raw.lines is not None else np.flatnonzero(stays) + 1
    paths = _paths(frame[:, at], lines, root, raw)
    kind = _kind(paths, raw, names[at])
    if kind == "picture" and seconds is not None:
        raise InputError(must_be("--seconds", "left out, since it is for sounds", f"it with the photos of {raw.name}"))
    learned = target_of(frame[:, goal], "classification", raw.name, lines)
    notes.append(learned.note)
    groups = None if who is None else _groups(frame[:, who])
    if who is not None:
        notes.append(f'{kind.capitalize()}s with one value of "{brief(names[who])}" are in one part.')
    named = _Named(raw.name, root, tuple(paths), learned.values.astype(np.int64), learned.classes, groups, tuple(notes))
    if kind == "picture":
        return _photos(named, skip_broken=skip_broken)
    return _sounds(named, skip_broken=skip_broken, seconds=seconds)


def _paths(cells: pl.Series, lines: NDArray[np.int64], root: Path, raw: RawTable) -> list[str]:
    """Return the paths, with ``/`` between folders; every one is there.

    Raises:
        InputError: a row has none, or there are no such files.
    """
    if not is_folder(root):
        raise InputError(must_be("--root", "a folder that exists", f'"{root}"'))
    if not os.access(root, os.R_OK | os.X_OK):
        raise InputError(must_be("--root", "a folder that you may read", f'"{root}"'))
    read = plain(cells).to_list()
    column = f'every row of "{brief(cells.name)}" in {raw.name}'
    if None in read:
        where = lines[read.index(None)]
        raise InputError(must_be(column, "the path of a file", f"nothing in row {where}" if raw.lines is None
                                 else f"nothing in line {where}"))  # fmt: skip
    paths = [path if is_file(root / path) else path.replace("\\", "/") for path in read]
    if missing := [path for path in paths if not is_file(root / path)]:
        found = f"{len(missing):,} of {len(paths):,} that are not there: {enumerated(missing, _NAMED)}"
        remedy = "Say with --root in which folder the paths begin"
        raise InputError(must_be(column, f"the path of a file in {shown(root)}", found, remedy))
    return paths


def _kind(paths: Sequence[str], raw: RawTable, column: str) -> Kind:
    """Return what the files are by the ends of their names."""
    kinds = {path: kind_of(path) for path in paths}
    found = set(kinds.values())
    for kind in SUFFIXES:
        if found == {kind}:
            return kind
    first = kinds[paths[0]]
    strange = [path for path, kind in kinds.items() if kind is None or kind != first]
    what = f'the files of "{brief(column)}" in {raw.name}'
    raise InputError(must_be(what, "pictures or sounds, all of one kind", f"{enumerated(strange, _NAMED)} as well"
                             if first is not None else enumerated(strange, _NAMED)))  # fmt: skip


def _groups(cells: pl.Series) -> NDArray[np.int64]:
    """Return the number of each row's group; a row without one is a group of its own."""
    read = plain(cells).to_list()
    names = [f"={each}" if each is not None else f"#{row}" for row, each in enumerate(read)]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _photos(named: _Named, *, skip_broken: bool) -> Photos:
    contents = contents_of(named.root)
    reasons = contents.broken(named.root, list(dict.fromkeys(named.paths)))
    note = said_of_broken(named.root, reasons, len(named.paths), kind="picture", skip=skip_broken)
    named = named.only(np.flatnonzero([path not in reasons for path in named.paths]))
    *parts, drawn = named.drawn("picture")
    train, test = (tuple((named.paths[row], int(named.y[row])) for row in part) for part in parts)
    groups = named.groups
    return Photos(
        named.table,
        named.root,
        train,
        test,
        named.classes,
        notes=tuple(filter(None, (*named.notes, note, drawn))),
        contents=contents,
        drawn=drawn,
        groups=None if groups is None else dict(zip(_DRAWN, (torch.from_numpy(groups[p]) for p in parts), strict=True)),
    )


def _sounds(named: _Named, *, skip_broken: bool, seconds: float | None) -> Sounds:
    named = named.only(np.sort(np.unique(named.paths, return_index=True)[1]))  # a file that is named twice is one sound
    labels = tuple(named.classes[k] for k in named.y.tolist())
    clips = Clips(named.paths, labels, ("train",) * len(labels))
    samples, length = clip_length(named.root, clips, seconds)
    clips, waves, broken = heard(named.root, clips, samples, skip_broken=skip_broken)
    there = set(clips.paths)
    named = named.only(np.flatnonzero([path in there for path in named.paths]))
    _, test, drawn = named.drawn("sound")
    judged = set(test.tolist())
    clips = replace(clips, parts=tuple("test" if row in judged else "train" for row in range(len(clips))))
    return assembled(
        named.table,
        named.root,
        clips,
        waves,
        classes=named.classes,
        speakers=[None] * len(clips) if named.groups is None else [f"{each}" for each in named.groups],
        notes=(*named.notes, length, broken, drawn),
        drawn=drawn,
        apart=True,
    )
