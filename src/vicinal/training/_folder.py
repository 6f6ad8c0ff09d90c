"""A trial's folder: what its files are called, and which trial it is of."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vicinal._errors import InputError
from vicinal._files import write
from vicinal.training._trial import Trial

BEGUN = "settings.json"
"""The file that says what a folder's trial is; it is there from the beginning of a trial that keeps checkpoints."""
CURVE, OUTCOME, WEIGHTS, MEASURED = "curve.csv", "outcome.json", "weights.safetensors", "measure-{}.json"
KEPT = "kept.safetensors"
"""Tensors for pictures, where a trial has any."""

Identity = Mapping[str, Any]
"""Everything that decides a trial's result, as plain data in the form in which JSON gives it back."""


def identity(trial: Trial, fingerprint: str) -> Identity:
    """Return what a trial on data of this fingerprint is known by."""
    return json.loads(json.dumps({**trial.settings(), "data_fingerprint": fingerprint}))


def begin(folder: Path, mine: Identity) -> None:
    """Write into a folder which trial it is of; what was the outcome of one that finished before is none any more."""
    (folder / OUTCOME).unlink(missing_ok=True)
    write(folder / BEGUN, json.dumps(mine, indent=1))


def begun(folder: Path) -> Identity | None:
    """Return which trial a folder is of, None where it does not say."""
    try:
        found = json.loads((folder / BEGUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def check_same(folder: Path, found: Identity, mine: Identity) -> None:
    """See that what was found in a folder is of one's own trial.

    Raises:
        InputError: it is of another one.
    """
    other = sorted(key for key in found.keys() | mine.keys() if found.get(key) != mine.get(key))
    if other:
        text = f"{folder} holds a trial with another {' and '.join(other)}"
        raise InputError(f"{text}. Name another --out, or begin anew with --fresh.")
