"""A data set by its name, or the folder of pictures or sounds, or the file of points or of a table, that is there."""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from vicinal._errors import InputError, must_be, unknown
from vicinal._paths import at_home, is_file, is_folder, is_there, meant
from vicinal.data._class_folders import read_photos
from vicinal.data._data_set import DataSet
from vicinal.data._folders import first_kind
from vicinal.data._image_file import ENDING as IMAGES
from vicinal.data._image_file import load_images
from vicinal.data._own_points import ENDINGS, read_points
from vicinal.data._picture import shown
from vicinal.data._registry import EITHER, SETS
from vicinal.data._sound_file import ENDING as SOUNDS
from vicinal.data._sound_file import load_sounds
from vicinal.data._sound_folders import read_sound_folders
from vicinal.data._table_file import ENDING as TABLE
from vicinal.data._table_file import load_table


def named(
    text: str,
    data_dir: str | Path | None = None,
    *,
    skip_broken: bool = False,
    check: bool = True,
    silence: bool = False,
    seconds: float | None = None,
    group_regex: str | None = None,
) -> DataSet[Any]:
    """Return the data set of this name, or the one that a folder of class folders or a file is.

    Args:
        text: a name in :data:`SETS`; "speech", for whichever version of Speech Commands is here; or the path of a
            folder, a file of points, or a table's file (``…table.safetensors``), from here or from ``data_dir``.
        data_dir: where files are looked for first.
        skip_broken: leave out pictures and sounds that cannot be read, instead of refusing them.
        check: look for such pictures when the data set is loaded; not where another process has just done so.
        silence: of Speech Commands: make a class of its background noise.
        seconds: of a folder of sounds: length of a clip; see :func:`read_sound_folders`.
        group_regex: of a folder of sounds: who is heard in one.

    Raises:
        InputError: it is none of these, or what is asked for is meant for other data.
    """
    options = {"silence": silence, "seconds": seconds, "group_regex": group_regex}
    entry = SETS[_either(text, data_dir)] if text in SETS or text in EITHER else None
    if entry is not None:
        _check_options(text, options, {"silence"} if entry.sounds and entry.origin else set())
        if silence:
            entry = replace(entry, read=partial(entry.read, silence=True))
        in_files = entry.in_files or (entry.sounds and entry.origin is not None)
        if in_files and (skip_broken or not check):
            return replace(entry, read=partial(entry.read, skip_broken=skip_broken, check=check))
        return entry
    places = [at_home(text), *([at_home(data_dir) / text] if data_dir else [])]
    for place in places:
        if is_folder(place):
            title = Path(os.path.abspath(place)).name  # noqa: PTH100 - resolve() would follow a link with a name of its own
            sounds = first_kind(place) == "sound"
            _check_options(text, options, {"seconds", "group_regex"} if sounds else set())
            own = {"seconds": seconds, "group_regex": group_regex} if sounds else {}
            reader: Callable[..., Any] = read_sound_folders if sounds else read_photos
            read = partial(reader, title, place, skip_broken=skip_broken, check=check, **own)
            return DataSet(text, title, shown(place), "the owner's", read, in_files=True, sounds=sounds)
        if place.suffix == IMAGES and is_file(place):
            return DataSet(text, place.name, shown(place), "the owner's", partial(load_images, place))
        if place.suffix == SOUNDS and is_file(place):
            return DataSet(text, place.name, shown(place), "the owner's", partial(load_sounds, place))
        if place.name.endswith(TABLE) and is_file(place):
            return DataSet(text, place.name, shown(place), "the owner's", partial(load_table, place))
        if place.suffix.lower() in ENDINGS and is_file(place):
            return DataSet(text, place.name, shown(place), "the owner's", partial(read_points, place))
    try:
        there = is_there(places[0])
    except OSError as failure:
        raise InputError(f"{shown(text)} cannot be read: {failure.strerror}.") from None
    if places[0].name.endswith(TABLE):
        raise InputError(must_be(shown(text), "a table's file that exists", "nothing", meant(places[0])))
    if places[0].suffix.lower() in ENDINGS:
        raise InputError(must_be(shown(text), "a file of points that exists", "nothing", meant(places[0])))
    if os.sep in text or there:
        found = "a file" if there else "nothing"
        raise InputError(
            must_be(shown(text), "a data set's name or a folder of class folders", found, meant(places[0]))
        )
    raise InputError(unknown("data set or folder", text, [*SETS, *EITHER]))


def _either(text: str, data_dir: str | Path | None) -> str:
    """Return the set that a name stands for: of several the first that is here, and where none is, the first."""
    names = EITHER.get(text, (text,))
    return next((name for name in names if len(names) > 1 and SETS[name].here(data_dir)), names[0])


def _check_options(text: str, options: dict[str, Any], known: set[str]) -> None:
    """See that nothing is asked of data that it says nothing to."""
    meant = {"silence": "Speech Commands", "seconds": "a folder of sounds", "group_regex": "a folder of sounds"}
    for name, value in options.items():
        if value and name not in known:
            flag = f"--{name.replace('_', '-')}"
            raise InputError(must_be(flag, f"left out, since it is for {meant[name]}", f"it with {shown(text)}"))
