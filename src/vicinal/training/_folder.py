"""A trial's folder: what its files are called, and which trial it is of."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vicinal._errors import InputError
from vicinal._files import write
from vicinal.training._differs import differences
from vicinal.training._trial import Trial

BEGUN = "settings.json"
"""The file that says what a folder's trial is; it is there from the beginning of a trial that keeps checkpoints."""
OUTCOME = "outcome.json"
"""The file that marks a trial as finished; it is written last."""
CURVE, LABELS, WEIGHTS = "curve.csv", "labels.csv", "weights.safetensors"
KEPT = "kept.safetensors"
"""Tensors for pictures, where a trial has any."""
MEASURED = "measure-{}.json"

Identity = Mapping[str, Any]
"""Everything that decides a trial's result, as plain data in the form in which JSON gives it back."""

FAILED = "failure.json"
"""The file that says why a trial failed."""


def identity(trial: Trial, fingerprint: str) -> Identity:
    """Return what a trial on data of this fingerprint is known by."""
    return json.loads(json.dumps({**trial.settings(), "data_fingerprint": fingerprint}))


def begin(folder: Path, mine: Identity) -> None:
    """Write into a folder which trial it is of; how one ended before is of no account any more."""
    for name in (OUTCOME, FAILED):
        (folder / name).unlink(missing_ok=True)
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
    if told := differences(found, mine):
        remedy = "Name another --out, or begin anew with --fresh."
        raise InputError(f"{folder} holds a trial with other settings ({told}). {remedy}")
