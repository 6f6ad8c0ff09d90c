"""A data set by its name, or the folder of pictures or the file of points that somebody has."""

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from vicinal._errors import InputError, must_be, unknown
from vicinal.data._class_folders import read_photos
from vicinal.data._data_set import DataSet
from vicinal.data._own_points import ENDINGS, read_points
from vicinal.data._picture import shown
from vicinal.data._registry import SETS


def named(
    text: str, data_dir: str | Path | None = None, *, skip_broken: bool = False, check: bool = True
) -> DataSet[Any]:
    """Return the data set of this name, or the one that a folder of class folders or a file of points is.

    Args:
        text: a name in :data:`SETS`, or the path of a folder or a file, from here or from ``data_dir``.
        data_dir: where files are looked for first.
        skip_broken: leave out pictures that cannot be read, instead of refusing them.
        check: look for such pictures when the data set is loaded; not where another process has just done so.

    Raises:
        InputError: it is none of these.
    """
    if text in SETS:
        entry = SETS[text]
        if entry.in_files and (skip_broken or not check):
            return replace(entry, read=partial(entry.read, skip_broken=skip_broken, check=check))
        return entry
    places = [Path(text).expanduser(), *([Path(data_dir).expanduser() / text] if data_dir else [])]
    for place in places:
        if place.is_dir():
            title = Path(os.path.abspath(place)).name  # noqa: PTH100 - resolve() would follow a link with a name of its own
            read = partial(read_photos, title, place, skip_broken=skip_broken, check=check)
            return DataSet(text, title, shown(place), "the owner's", read, in_files=True)
        if place.suffix.lower() in ENDINGS and place.is_file():
            return DataSet(text, place.name, shown(place), "the owner's", partial(read_points, place))
    if places[0].suffix.lower() in ENDINGS:
        raise InputError(must_be(shown(text), "a file of points that exists", "nothing"))
    if os.sep in text or places[0].exists():
        found = "a file" if places[0].exists() else "nothing"
        raise InputError(must_be(shown(text), "a data set's name or a folder of class folders", found))
    raise InputError(unknown("data set or folder", text, SETS))
