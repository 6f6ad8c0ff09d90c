"""Reads many sounds into one array, on all processors, and names the files that cannot be read."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from vicinal._errors import InputError
from vicinal._steps import no_bar
from vicinal.data._sound import read_sound, seconds_of, soundfile

_SERIAL = 200  # sounds that are read sooner than threads are started
_TOGETHER = 50  # sounds that a thread reads before it asks for others

Of = TypeVar("Of")
Read = TypeVar("Read")


def read_sounds(root: Path, paths: Sequence[str], samples: int) -> tuple[NDArray[np.int16], dict[str, str]]:
    """Read the beginning of every sound.

    Args:
        root: the folder that the paths are relative to.
        paths: of N sounds.
        samples: how many of each, at 16 kHz.

    Returns:
        The sounds, of shape (N, samples), where one that cannot be read is silent; and why each of those cannot.
    """
    waves = np.zeros((len(paths), samples), dtype=np.int16)

    def put(number: int) -> str:
        try:
            waves[number] = read_sound(root / paths[number], samples)
        except InputError as failure:
            return reason_of(failure)
        return ""

    reasons = dict(zip(paths, _each(put, range(len(paths)), "reading sounds"), strict=True))
    return waves, {path: reason for path, reason in reasons.items() if reason}


def measure_sounds(root: Path, paths: Sequence[str]) -> tuple[NDArray[np.float64], dict[str, str]]:
    """Return the length of every sound in seconds, NaN where it cannot be read, and why each of those cannot."""

    def measured(path: str) -> tuple[float, str]:
        try:
            return seconds_of(root / path), ""
        except InputError as failure:
            return np.nan, reason_of(failure)

    found = _each(measured, paths, "measuring sounds")
    reasons = {path: reason for path, (_, reason) in zip(paths, found, strict=True) if reason}
    return np.array([seconds for seconds, _ in found]), reasons


def _each(do: Callable[[Of], Read], what: Sequence[Of], title: str) -> list[Read]:
    """Do the same for each, in order, with a bar where there is a terminal.

    Threads wait for the disk, decode and resample beside each other. What Python itself does for a short WAV file, two
    tenths of a millisecond at most, they do in turn; a quarter of the time that the spectrograms take, which are
    computed on all cores. Processes would import torch first and send 2 GB back.
    """
    soundfile()  # if it is missing, that is said once and not of every file

    def some(start: int) -> list[Read]:
        return [do(each) for each in what[start : start + _TOGETHER]]

    starts, at_once = range(0, len(what), _TOGETHER), torch.get_num_threads()  # one, where this process is one of many
    if len(what) <= _SERIAL:
        return [each for start in starts for each in some(start)]
    found = list[Read]()
    with (
        tqdm(desc=title, total=len(what), leave=False, disable=no_bar()) as bar,
        ThreadPoolExecutor(at_once) as threads,
    ):
        for read in threads.map(some, starts):
            found += read
            bar.update(len(read))
    return found


def reason_of(failure: InputError) -> str:
    """Return why a sound cannot be read, without its name, which stands elsewhere."""
    return str(failure).partition(" cannot be read as a sound: ")[2].removesuffix(".")
