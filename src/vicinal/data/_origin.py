"""Where a data set's files come from: how they are found, fetched, and compared with what was published."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vicinal._errors import InputError
from vicinal.data._fetch import fetch, fetch_folder
from vicinal.data._find import find, listings
from vicinal.data._official import Official, OfficialFile, OfficialTable

_UNPACKED = "raw"  # torchvision's name for the folder, inside the data set's own, that the files lie in


class Origin(Protocol):
    """What a data set is read from."""

    @property
    def files(self) -> Sequence[Official]:
        """The official files, in the order in which they are read; none where any pictures will do."""
        ...

    def found(self, folders: Sequence[Path]) -> list[Path] | None:
        """Return the paths that the data set is read from, or None if they are not all in these folders."""
        ...

    def fetched(self, folders: Sequence[Path], home: Path) -> list[Path]:
        """Return the paths; what is not in the folders is fetched into ``home``.

        Raises:
            InputError: it cannot be fetched.
        """
        ...

    def differences(self, paths: Sequence[Path]) -> Iterator[str]:
        """Yield a sentence on each thing that is not the official one."""
        ...


@dataclass(frozen=True)
class Files:
    """Tables that are looked for one by one, wherever they lie."""

    files: tuple[OfficialTable, ...]

    def found(self, folders: Sequence[Path]) -> list[Path] | None:
        """Return the files' paths if each is here."""
        here = find([file.name for file in self.files], folders)
        return [here[file.name] for file in self.files] if len(here) == len(self.files) else None

    def fetched(self, folders: Sequence[Path], home: Path) -> list[Path]:
        """Return the files' paths; those that are not here are fetched."""
        here = find([file.name for file in self.files], folders)
        return [here.get(file.name) or fetch(file, home, first=folders[0]) for file in self.files]

    def differences(self, paths: Sequence[Path]) -> Iterator[str]:
        """Yield a sentence on each file with another content."""
        for file, path in zip(self.files, paths, strict=True):
            if difference := file.difference(path.read_bytes()):
                yield f"{path} is not the official {file.name} ({difference}); it is used as it is."


@dataclass(frozen=True)
class Folder:
    """Files that stand together in one folder; those of two folders are never read as one data set.

    Args:
        files: its files.
        names: what the folder may be called, in small letters and digits only; where its files' names are those of
            another data set's too. A folder of another name is taken if its last file is the official one.
        archive: what is downloaded if it is not each file by itself; it holds a folder of the name ``inside``.
        inside: name of that folder.
    """

    files: tuple[OfficialFile, ...]
    names: tuple[str, ...] = ()
    archive: OfficialFile | None = None
    inside: str = ""

    def found(self, folders: Sequence[Path]) -> list[Path] | None:
        """Return the files' paths in the first folder that has them all."""
        for place, present in (listing for folder in folders for listing in listings(folder)):
            spelled = [next((name for name in file.spellings if name in present), None) for file in self.files]
            paths = [place / name for name in spelled if name is not None]
            if len(paths) == len(self.files) and all(os.access(path, os.R_OK) for path in paths) and self._is(paths):
                return paths
        return None

    def fetched(self, folders: Sequence[Path], home: Path) -> list[Path]:
        """Return the files' paths; all are fetched."""
        if self.archive is not None:
            place = fetch_folder(self.inside, self.archive, home, first=folders[0])
            return [place / file.name for file in self.files]
        return [  # taken whole, not mended: nothing from elsewhere
            path if (path := home / file.name).exists() else fetch(file, home, first=folders[0]) for file in self.files
        ]

    def differences(self, paths: Sequence[Path]) -> Iterator[str]:
        """Yield one sentence that names all files with another content."""
        pairs = zip(self.files, paths, strict=True)
        if differ := [path.name for file, path in pairs if file.difference(path.read_bytes())]:
            words = ", ".join(differ) if len(differ) < len(paths) else "none of its files is"
            verb = "" if len(differ) == len(paths) else (" is not" if len(differ) == 1 else " are not")
            yield f"{paths[0].parent} is not the official data set ({words}{verb} as published); it is used as it is."

    def _is(self, paths: Sequence[Path]) -> bool:
        if not self.names:
            return True
        place = Path(os.path.abspath(paths[0].parent))  # noqa: PTH100 - resolve() would follow a link with the right name
        called = {simple(place.name)} | ({simple(place.parent.name)} if place.name == _UNPACKED else set())
        return bool(called.intersection(self.names)) or not self.files[-1].difference(paths[-1].read_bytes())


@dataclass(frozen=True)
class ClassFolders:
    """A folder of pictures in class folders, with the parts ``train`` and ``val``, which nobody may pass on.

    Args:
        names: what the folder may be called, in small letters and digits only.
        how: a sentence on how to get it.
    """

    names: tuple[str, ...]
    how: str
    files: tuple[OfficialFile, ...] = ()

    def found(self, folders: Sequence[Path]) -> list[Path] | None:
        """Return the folder's path."""
        for place, _ in (listing for folder in folders for listing in listings(folder)):
            name = Path(os.path.abspath(place)).name  # noqa: PTH100 - as above
            if simple(name) in self.names and all((place / part).is_dir() for part in ("train", "val")):
                return [place]
        return None

    def fetched(self, folders: Sequence[Path], home: Path) -> list[Path]:
        """Say how to get it."""
        where = ", ".join(str(folder) for folder in folders)
        raise InputError(f"no folder {home.name} with train/ and val/ is in {where}. {self.how}")

    def differences(self, paths: Sequence[Path]) -> Iterator[str]:  # noqa: ARG002 - nothing is known of each picture
        """Yield nothing: there is no official sum of a million files."""
        yield from ()


def simple(name: str) -> str:
    """Return a name in small letters and digits only: ``Fashion-MNIST`` and ``fashion_mnist`` are the same."""
    return re.sub("[^a-z0-9]", "", name.lower())
