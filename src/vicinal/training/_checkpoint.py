"""Checkpoints: trial, counters, net, optimiser; a kill at any moment of their writing leaves one to go on from."""

import os
import pickle
import warnings
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import torch

CURRENT, BEFORE = "checkpoint.pt", "checkpoint-before.pt"


class BrokenCheckpoint(UserWarning):
    """A checkpoint cannot be read: the one before it is taken, or training starts anew."""


def keep(folder: Path, write: Callable[[Path], None], *, first: bool = True) -> None:
    """Put a checkpoint into a trial's folder; the one that was there stays beside it as the one before.

    Args:
        folder: the trial's.
        write: writes the file; every process of the trial calls it.
        first: whether this is the process that moves files.
    """
    partial, current = folder / f".{CURRENT}", folder / CURRENT
    write(partial)
    if first:
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        if current.exists():
            current.replace(folder / BEFORE)
        partial.replace(current)


def last_kept(folder: Path, names: Collection[str]) -> Path | None:
    """Return the newest checkpoint in a folder that can be read and holds all these names, None where there is none."""
    for path in (folder / CURRENT, folder / BEFORE):
        if not path.exists():
            continue
        if _is_whole(path, names):
            return path
        text = f"{path} cannot be read: the checkpoint before it is taken, or training starts anew."
        warnings.warn(text, BrokenCheckpoint, stacklevel=2)
    return None


def _is_whole(path: Path, names: Collection[str]) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:  # torch.load does not look at the check sums of tensors
                return False
        return set(names) <= set(torch.load(path, map_location="cpu", weights_only=True))
    except (OSError, EOFError, RuntimeError, TypeError, ValueError, pickle.UnpicklingError, zipfile.BadZipFile):
        return False


def trial_of(path: Path) -> dict[str, Any]:
    """Return the identity of the trial that a checkpoint is of; the weights in it are not read."""
    return torch.load(path, map_location="cpu", weights_only=True, mmap=True)["trial"]


def forget(folder: Path) -> None:
    """Remove the checkpoints of a folder, and one that was not written to its end."""
    for name in (CURRENT, BEFORE, f".{CURRENT}"):
        (folder / name).unlink(missing_ok=True)
