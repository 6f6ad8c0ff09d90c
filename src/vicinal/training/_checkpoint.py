"""Checkpoints: trial, counters, net, optimiser; a kill at any moment of their writing leaves one to go on from."""

import pickle
import warnings
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import torch

from vicinal._files import sweep, write_with

CURRENT, BEFORE = "checkpoint.pt", "checkpoint-before.pt"


class BrokenCheckpoint(UserWarning):
    """A checkpoint cannot be read: the one before it is taken, or training starts anew."""


def keep(folder: Path, write: Callable[[Path], None], *, first: bool = True) -> None:
    """Put a checkpoint into a trial's folder; the one that was there stays beside it as the one before.

    Several commands may do so at a time: each writes a file of its own, and whichever is last has the newest.

    Args:
        folder: the trial's.
        write: writes the file; every process of the trial calls it, and the path that counts is the first one's.
        first: whether this is the process that moves files.
    """
    if first:
        write_with(folder / CURRENT, write, aside=folder / BEFORE)
    else:
        write(folder / CURRENT)


def last_kept(folder: Path, names: Collection[str]) -> Path | None:
    """Return the newest checkpoint in a folder that can be read and holds all these names, None where there is none."""
    found, broken = None, list[str]()
    for path in (folder / CURRENT, folder / BEFORE):
        try:
            if _is_whole(path, names):
                found = path
                break
        except FileNotFoundError:  # there is none, or another command has just moved it
            continue
        broken.append(path.name if broken else str(path))
    if broken:
        then = "training starts anew" if found is None else "the checkpoint before it is taken"
        warnings.warn(f"{' and '.join(broken)} cannot be read: {then}.", BrokenCheckpoint, stacklevel=2)
    return found


def _is_whole(path: Path, names: Collection[str]) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:  # torch.load does not look at the check sums of tensors
                return False
        return set(names) <= set(torch.load(path, map_location="cpu", weights_only=True))
    except FileNotFoundError:
        raise
    except (OSError, EOFError, RuntimeError, TypeError, ValueError, pickle.UnpicklingError, zipfile.BadZipFile):
        return False


def trial_of(path: Path) -> dict[str, Any]:
    """Return the identity of the trial that a checkpoint is of; the weights in it are not read."""
    return torch.load(path, map_location="cpu", weights_only=True, mmap=True)["trial"]


def forget(folder: Path) -> None:
    """Remove the checkpoints of a folder, and what a kill left of one, unless somebody may still be writing it."""
    for name in (CURRENT, BEFORE):
        (folder / name).unlink(missing_ok=True)
    sweep(folder, (CURRENT,))
