"""A named data set: where it comes from, whether it is here, how it is read."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from vicinal._steps import step
from vicinal.data._find import cache, searched
from vicinal.data._official import Official
from vicinal.data._origin import Origin
from vicinal.data._parts import Data

Content = TypeVar("Content", bound=Data, covariant=True)


class OtherContent(UserWarning):
    """A local file has the name of an official one but not its content; it is used as it is."""


@dataclass(frozen=True)
class Form:
    """What is known of pictures or sounds before they are here.

    Args:
        examples: how many there are to train on.
        classes: number of classes.
        channels: 3 for colours, 1 for shades of grey.
        size: height and width, of sounds those of their spectrogram, a pair where they differ; None if each picture
            has its own.
        file_bytes: of the files that are trained on, all together, where they are read again and again; None if they
            are held in memory, or nobody knows.
    """

    examples: int
    classes: int
    channels: int = 3
    size: int | tuple[int, int] | None = None
    file_bytes: int | None = None


@dataclass(frozen=True)
class DataSet(Generic[Content]):
    """An entry of the registry.

    Args:
        name: what the data set is called on the command line.
        title: what it is called in a report.
        source: where it is described.
        licence: under what terms it may be used.
        read: makes the data from the paths that its origin gives, in their order.
        origin: where its files come from; None if it needs none.
        sounds: whether its examples are sounds; ``read`` takes ``skip_broken`` and ``silence`` then.
        in_files: whether its pictures stay in their files; ``read`` takes ``check`` and ``skip_broken`` then.
        form: of its pictures or sounds; None if it is a table, or nobody knows beforehand.
    """

    name: str
    title: str
    source: str
    licence: str
    read: Callable[..., Content]
    origin: Origin | None = None
    in_files: bool = False
    sounds: bool = False
    form: Form | None = None

    @property
    def files(self) -> Sequence[Official]:
        """Its official files."""
        return self.origin.files if self.origin is not None else ()

    def here(self, data_dir: str | Path | None = None) -> bool:
        """Tell whether all of it is in ``data_dir``, ``VICINAL_DATA``, the user's cache or the system's folder."""
        # What needs no files works wherever a stale VICINAL_DATA points.
        return self.origin is None or self.origin.found(searched(data_dir)) is not None

    def place(self, data_dir: str | Path | None = None) -> Path | None:
        """Return where it is: its first file, or its folder; None where it is not here or needs no files."""
        found = None if self.origin is None else self.origin.found(searched(data_dir))
        return found[0] if found else None

    def fetch(self, data_dir: str | Path | None = None) -> tuple[list[Path], list[str]]:
        """See that all of it is here, without reading it: files that are not are fetched.

        Args:
            data_dir: where files are looked for first, and fetched into; into the user's cache if not given.

        Returns:
            The paths that it is read from, none where it needs no files; and a sentence on each that is not as it was
            published.

        Raises:
            InputError: it is not here and cannot be fetched.
        """
        if self.origin is None:
            return [], []
        folders = searched(data_dir)
        home = (Path(data_dir).expanduser() if data_dir else cache()) / self.name
        paths = self.origin.found(folders) or self.origin.fetched(folders, home)
        return paths, list(self.origin.differences(paths))

    def load(self, data_dir: str | Path | None = None) -> Content:
        """Read the data; files that are not here are fetched into the user's cache.

        Raises:
            InputError: a file is malformed, or is not here and cannot be fetched.
        """
        if self.origin is None:
            with step(f"{self.name}: read"):
                return self.read()
        folders = searched(data_dir)
        paths = self.origin.found(folders) or self.origin.fetched(folders, cache() / self.name)
        with step(f"{self.name}: read from {paths[0] if len(paths) == 1 else paths[0].parent}"):
            data = self.read(*paths)
        for sentence in self.origin.differences(paths):
            warnings.warn(sentence, OtherContent, stacklevel=2)
        return data
