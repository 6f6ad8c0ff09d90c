"""Clips on their way from files to a data set: read, the broken ones left out, copies kept out of other parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal.data._apart import copies, judged_once, said_of_copies, said_of_speakers
from vicinal.data._feed import Part
from vicinal.data._folders import said_of_broken
from vicinal.data._parted import PARTS
from vicinal.data._sound_files import read_sounds
from vicinal.data._sounds import Sounds


@dataclass(frozen=True)
class Clips:
    """N clips of sounds.

    Args:
        paths: of their files, relative to a root.
        labels: names of their classes.
        parts: what each is for.
    """

    paths: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    def __len__(self) -> int:
        return len(self.paths)

    def __add__(self, other: "Clips") -> "Clips":
        return Clips(self.paths + other.paths, self.labels + other.labels, self.parts + other.parts)

    def only(self, stays: NDArray[np.bool_]) -> "Clips":
        """Return some of them."""
        rows = np.flatnonzero(stays).tolist()
        paths, labels = (tuple(kind[row] for row in rows) for kind in (self.paths, self.labels))
        return Clips(paths, labels, tuple(self.parts[row] for row in rows))


def heard(root: Path, clips: Clips, samples: int, *, skip_broken: bool) -> tuple[Clips, NDArray[np.int16], str]:
    """Read the beginning of every clip.

    Args:
        root: the folder that the paths are relative to.
        clips: what to read.
        samples: how many of each, at 16 kHz.
        skip_broken: leave those out that cannot be read.

    Returns:
        The clips that could be read; their samples, of shape (N, samples); a sentence on the others, "" if all could.

    Raises:
        InputError: one cannot be read and is not to be left out.
    """
    waves, reasons = read_sounds(root, clips.paths, samples)
    note = said_of_broken(root, reasons, len(clips), kind="sound", skip=skip_broken)
    if not reasons:
        return clips, waves, note
    whole = np.array([path not in reasons for path in clips.paths])
    return clips.only(whole), waves[whole], note


def assembled(
    name: str,
    root: Path,
    clips: Clips,
    waves: NDArray[np.int16],
    *,
    classes: Sequence[str],
    speakers: Sequence[str | None],
    notes: Sequence[str] = (),
    drawn: str = "",
    apart: bool = False,
) -> Sounds:
    """Return clips as a data set; a recording that is in two parts stays in the one that judges.

    Args:
        name: what the data set is called.
        root: where the files lie, for the sentences.
        clips: N clips.
        waves: their samples, of shape (N, T).
        classes: names of the K classes.
        speakers: who speaks in each clip, None where nobody knows.
        notes: sentences on what was done before.
        drawn: that of them which says how the part to test on was drawn; empty where it was given.
        apart: whether each speaker, where all are known, is in one part wherever the clips are divided later.

    Raises:
        InputError: there are none to train on, or none to test on.
    """
    same = copies(waves)
    stays = judged_once(clips.parts, same)
    told = (*notes, said_of_copies(root, clips.paths, same, stays), said_of_speakers(speakers, clips.parts))
    where = np.where(stays, np.array(clips.parts, dtype=object), "")
    numbers = {part: np.flatnonzero(where == part) for part in PARTS}
    for part in ("train", "test"):
        if not len(numbers[part]):
            raise InputError(must_be(name, "clips to train on and to test on", f"none to {part} on"))
    position = {label: number for number, label in enumerate(classes)}
    y = torch.tensor([position[label] for label in clips.labels], dtype=torch.int64)
    there: list[Part] = [part for part in PARTS if len(numbers[part])]
    who = torch.from_numpy(np.unique(np.array(speakers, dtype=str), return_inverse=True)[1].astype(np.int64))
    return Sounds(
        name,
        {part: torch.from_numpy(waves[numbers[part]]) for part in there},
        {part: y[numbers[part]] for part in there},
        tuple(classes),
        tuple(note for note in told if note),
        drawn,
        {part: who[numbers[part]] for part in there} if apart and None not in speakers else None,
    )
