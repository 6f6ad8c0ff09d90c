"""An outcome: what a trial left behind, in a folder of its own."""

import csv
import io
import json
import math
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from vicinal.training._partial import partial_folder
from vicinal.training._trial import Trial

FORMAT = 1


@dataclass(frozen=True)
class Outcome:
    """The result of a finished trial.

    Args:
        trial: what was run.
        figures: final figures by name, errors in per cent.
        curve: one row an epoch, by name.
        environment: versions, device and seconds; no part of the trial's identity.
        folder: where it is kept.
    """

    trial: Trial
    figures: Mapping[str, float]
    curve: Sequence[Mapping[str, float]]
    environment: Mapping[str, Any]
    folder: Path

    def weights(self) -> dict[str, Tensor]:
        """Return the trained weights, as the ordinary net of the task names them."""
        return load_file(self.folder / "weights.safetensors")


def save(
    folder: Path,
    trial: Trial,
    *,
    fingerprint: str,
    figures: Mapping[str, float],
    curve: Sequence[Mapping[str, float]],
    environment: Mapping[str, Any],
    weights: dict[str, Tensor],
    replace: bool = False,
) -> None:
    """Write an outcome so that its folder appears whole or not at all.

    An outcome that is there already stays as it is, unless ``replace`` is set. ``settings.json`` holds the trial's
    settings with the ``fingerprint`` of its data: all that the folder's name is made of.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_folder(folder.parent)
    aside = partial.with_name(f"{partial.name}-old")
    try:
        _write(partial / "settings.json", json.dumps({**trial.settings(), "data": fingerprint}, indent=1))
        _write(partial / "curve.csv", _as_csv(curve))
        document = {"format": FORMAT, "figures": _finite(figures), "environment": dict(environment)}
        _write(partial / "outcome.json", json.dumps(document, indent=1, allow_nan=False))
        save_file(weights, partial / "weights.safetensors")
        _sync(partial / "weights.safetensors")
        partial.chmod(0o755)
        if folder.exists() and (replace or load(folder, trial) is None):
            folder.rename(aside)
        try:
            partial.rename(folder)
        except OSError:  # somebody else's outcome stands there already: it stays if it is whole
            if load(folder, trial) is None:
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)


def load(folder: Path, trial: Trial) -> Outcome | None:
    """Return the outcome that is kept in ``folder``, or None where there is none that can be read."""
    try:
        document = json.loads((folder / "outcome.json").read_text(encoding="utf-8"))
        with (folder / "curve.csv").open(encoding="utf-8", newline="") as file:
            curve = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
        rest = (folder / "settings.json", folder / "weights.safetensors")
        if document["format"] != FORMAT or not all(path.is_file() for path in rest):
            return None
        figures = {name: math.nan if value is None else float(value) for name, value in document["figures"].items()}
        return Outcome(trial, figures, curve, document["environment"], folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _finite(figures: Mapping[str, float]) -> dict[str, float | None]:
    return {name: float(value) if math.isfinite(value) else None for name, value in figures.items()}


def _as_csv(rows: Sequence[Mapping[str, float]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else ["epoch"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    _sync(path)


def _sync(path: Path) -> None:
    """Wait until the file is on the disk, so that a machine that fails cannot leave a renamed folder of empty files."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
