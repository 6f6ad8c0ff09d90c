"""A named data set: where it comes from, whether it is here, how it is read."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vicinal.data._fetch import fetch
from vicinal.data._find import cache, find, searched
from vicinal.data._official import OfficialFile
from vicinal.data._parts import Data


class OtherContent(UserWarning):
    """A local file has the name of an official one but not its content; it is used as it is."""


@dataclass(frozen=True)
class DataSet:
    """An entry of the registry.

    Args:
        name: what the data set is called on the command line.
        title: what it is called in a report.
        source: where it is described.
        licence: under what terms it may be used.
        read: makes the data from the paths of its files, in their order.
        files: its official files; none if it needs none.
    """

    name: str
    title: str
    source: str
    licence: str
    read: Callable[..., Data]
    files: tuple[OfficialFile, ...] = ()

    def here(self, data_dir: str | Path | None = None) -> bool:
        """Tell whether every file is in ``data_dir``, ``VICINAL_DATA`` or the user's cache."""
        return len(self._found(data_dir)) == len(self.files)

    def load(self, data_dir: str | Path | None = None) -> Data:
        """Read the data; files that are not here are fetched into the user's cache.

        Raises:
            InputError: a file is malformed, or is not here and cannot be fetched.
        """
        found = self._found(data_dir)
        paths = [found.get(file.name) or fetch(file, cache() / self.name) for file in self.files]
        data = self.read(*paths)
        for file, path in zip(self.files, paths, strict=True):
            if difference := file.difference(path.read_bytes()):
                text = f"{path} is not the official {file.name} ({difference}); it is used as it is."
                warnings.warn(text, OtherContent, stacklevel=2)
        return data

    def _found(self, data_dir: str | Path | None) -> dict[str, Path]:
        # What needs no files works wherever a stale VICINAL_DATA points.
        return find([file.name for file in self.files], searched(data_dir)) if self.files else {}
