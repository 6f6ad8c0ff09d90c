"""What is at a path, as pathlib does not tell it, and which path was meant."""

import difflib
import os
from pathlib import Path


def is_there(path: Path) -> bool:
    """Tell whether there is a file, a folder, or whatever else.

    Raises:
        OSError: nobody can tell, since a folder that it is in may not be entered or its name is too long.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # the last of a name that no file can have
        return False
    return True


def is_file(path: Path) -> bool:
    """Tell whether there is a file; where nobody can tell, there is none. pathlib raises then."""
    return os.path.isfile(path)  # noqa: PTH113 - see above


def is_folder(path: Path) -> bool:
    """Tell the same of a folder."""
    return os.path.isdir(path)  # noqa: PTH112 - see above


def at_home(path: str | Path) -> Path:
    """Return a path with the user's folder for ``~``; ``~$wine.csv`` is a name of which pathlib knows no user."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - see above


def meant(path: Path) -> str:
    """Return ``'Perhaps "wine.csv" is meant'`` for a path that is not there but near one that is; else nothing."""
    try:
        beside = [each.name for each in path.parent.iterdir()]
    except OSError:
        return ""
    near = [] if path.name in beside else difflib.get_close_matches(path.name, beside, n=1, cutoff=0.7)
    return f'Perhaps "{path.with_name(near[0])}" is meant' if near and near[0].isprintable() else ""
