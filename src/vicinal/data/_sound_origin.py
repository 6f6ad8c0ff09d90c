"""Where Speech Commands comes from: a folder that is known by its name or by what is in it, or one archive."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vicinal.data._feed import Part
from vicinal.data._fetch import fetch_folder
from vicinal.data._find import listings
from vicinal.data._folders import subfolders
from vicinal.data._official import OfficialFile
from vicinal.data._origin import simple

LISTS: dict[str, Part] = {"validation_list.txt": "valid", "testing_list.txt": "test"}
_NEWER = ("backward", "forward", "follow", "learn", "visual")
"""Words that version 0.02 has and 0.01 has not."""


@dataclass(frozen=True)
class SpokenWords:
    """A version of Speech Commands.

    Args:
        version: ``"0.01"`` or ``"0.02"``.
        archive: what is downloaded: the folder's content.
        clips: how many the whole of it holds.
    """

    version: str
    archive: OfficialFile
    clips: int

    @property
    def files(self) -> tuple[OfficialFile, ...]:
        """The archive."""
        return (self.archive,)

    def found(self, folders: Sequence[Path]) -> list[Path] | None:
        """Return the path of the first folder with words of this version; clips in another form are anybody's."""
        for place, files in (listing for folder in folders for listing in listings(folder)):
            if version_of(place, files) == self.version and next((place / "yes").glob("*.wav"), None) is not None:
                return [place]
        return None

    def fetched(self, folders: Sequence[Path], home: Path) -> list[Path]:
        """Return the path of the folder, which is fetched."""
        name = f"speech_commands_v{self.version}"
        return [fetch_folder(name, self.archive, home.parent, flat=True, first=folders[0])]

    def differences(self, paths: Sequence[Path]) -> Iterator[str]:
        """Yield a sentence where clips are missing; nothing is known of each."""
        (place,) = paths
        words = [word for word in subfolders(place) if not word.startswith("_")]
        found = sum(path.suffix == ".wav" for word in words for path in (place / word).iterdir())
        if found != self.clips:
            whole = f"the {self.clips:,} clips of Speech Commands v{self.version}"
            yield f"{place} holds {found:,} of {whole}; it is used as it is."


def version_of(place: Path, files: Sequence[str]) -> str | None:
    """Return which version of Speech Commands a folder holds, None if it holds none.

    It is known by its name, or else by its lists or its background noise; then the words tell the versions apart.

    Args:
        place: the folder.
        files: the names of the files in it.
    """
    name = simple(Path(os.path.abspath(place)).name)  # noqa: PTH100 - resolve() would follow a link with the right name
    called = re.match(r"speechcommandsv00([12])", name)
    if called is None and not LISTS.keys() <= set(files) and not (place / "_background_noise_").is_dir():
        return None
    words = subfolders(place)
    if "yes" not in words or "no" not in words:  # the folder that an archive was unpacked in may be called as the set
        return None
    if called is not None:
        return f"0.0{called[1]}"
    return "0.02" if set(_NEWER).intersection(words) else "0.01"


def lists_of(root: Path) -> dict[str, Part]:
    """Return the part of every file that the lists in a folder name; nothing if they are not both there."""
    found: dict[str, Part] = {}
    for name, part in LISTS.items():
        try:
            text = (root / name).read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return {}
        found |= {line.strip(): part for line in text.splitlines() if line.strip()}
    return found
