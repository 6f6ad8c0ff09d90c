"""An outcome: what a trial left behind, in a folder of its own."""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from safetensors.torch import save as as_bytes
from torch import Tensor

from vicinal._files import sweep, write, write_with
from vicinal.training._checkpoint import forget
from vicinal.training._finished import Finished
from vicinal.training._folder import (
    BEGUN,
    CURVE,
    FAILED,
    KEPT,
    LABELS,
    MEASURED,
    OUTCOME,
    WEIGHTS,
    Identity,
    begin,
    begun,
    identity,
)
from vicinal.training._trial import Trial

FORMAT = 1

Row = Mapping[str, float]


@dataclass(frozen=True)
class Outcome:
    """The result of a finished trial.

    Args:
        trial: what was run.
        figures: final figures by name, errors in per cent, with those of every measure that was taken of the net.
        curve: one row an epoch, by name; of a GAN one row every so many steps.
        environment: versions, device and seconds; no part of the trial's identity.
        folder: where it is kept.
        inputs: how the net is to be fed: the names of its classes, the preparation of pictures.
        series: by the name of a measure, its rows, where it has any.
    """

    trial: Trial
    figures: Mapping[str, float]
    curve: Sequence[Row]
    environment: Mapping[str, Any]
    folder: Path
    inputs: Mapping[str, Any] = field(default_factory=dict)
    series: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    def weights(self) -> dict[str, Tensor]:
        """Return the trained weights, as the ordinary net of the task names them."""
        return load_file(self.folder / WEIGHTS)

    def kept(self) -> dict[str, Tensor]:
        """Return what else was kept, answers or what pictures are made of; nothing where there is nothing."""
        path = self.folder / KEPT
        return load_file(path) if path.is_file() else {}


def save(folder: Path, finished: Finished, *, fingerprint: str) -> None:
    """Write an outcome, its mark last: a folder without ``outcome.json`` holds a trial that has not finished.

    Checkpoints are removed, and whatever else lies in the folder stays. An outcome of the same trial stays as well:
    another command has trained it meanwhile, and may be reading there. To replace one, :func:`start_over` first.

    Args:
        folder: the trial's.
        finished: what training left of it.
        fingerprint: of its data.
    """
    mine = identity(finished.trial, fingerprint)
    if is_finished(folder, finished.trial, mine, rows=len(finished.curve)):
        forget(folder)
        return
    begin(folder, mine)
    for old in (folder / LABELS, *folder.glob(MEASURED.format("*"))):
        old.unlink(missing_ok=True)
    _write_curve(folder, finished.curve)
    if finished.labels:
        write(folder / LABELS, _csv(finished.labels))
    # safetensors' own way of writing leaves a file of its own name when it is killed
    write_with(folder / WEIGHTS, lambda path: path.write_bytes(as_bytes(finished.weights)))
    if finished.kept:
        write_with(folder / KEPT, lambda path: path.write_bytes(as_bytes(dict(finished.kept))))
    else:
        (folder / KEPT).unlink(missing_ok=True)
    document = {
        "format": FORMAT,
        "figures": _finite(finished.figures),
        "inputs": dict(finished.inputs),
        "environment": dict(finished.environment),
    }
    write(folder / OUTCOME, json.dumps(document, indent=1, allow_nan=False))
    forget(folder)
    sweep(folder, (BEGUN, CURVE, LABELS, WEIGHTS, KEPT, OUTCOME, MEASURED.format("*")))


def start_over(folder: Path) -> None:
    """Let a folder hold no outcome, no failure and no checkpoint any more: its trial begins anew."""
    for name in (OUTCOME, FAILED):
        (folder / name).unlink(missing_ok=True)
    forget(folder)


def is_finished(folder: Path, trial: Trial, mine: Identity, *, rows: int | None = None) -> bool:
    """Tell whether a folder holds the outcome of just this trial, with so many rows in its curve if they are given."""
    found = load(folder, trial) if begun(folder) == mine else None
    return found is not None and rows in (None, len(found.curve))


def write_progress(folder: Path, curve: Sequence[Row]) -> None:
    """Write the curve so far into a trial's folder, unless another command has finished the trial meanwhile."""
    if not (folder / OUTCOME).exists():
        _write_curve(folder, curve)


def load(folder: Path, trial: Trial) -> Outcome | None:
    """Return the outcome that is kept in ``folder``, or None where there is none that can be read."""
    try:
        document = json.loads((folder / OUTCOME).read_text(encoding="utf-8"))
        with (folder / CURVE).open(encoding="utf-8", newline="") as file:
            curve = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
        if document["format"] != FORMAT or not all((folder / name).is_file() for name in (BEGUN, WEIGHTS)):
            return None
        figures, series = _numbers(document["figures"]), {}
        for path in sorted(folder.glob(MEASURED.format("*"))):
            taken = json.loads(path.read_text(encoding="utf-8"))
            figures |= _numbers(taken["figures"])
            series[path.stem.removeprefix("measure-")] = [_numbers(row) for row in taken["series"]]
        return Outcome(trial, figures, curve, document["environment"], folder, document["inputs"], series)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def save_measured(
    folder: Path, name: str, *, version: int, figures: Mapping[str, float], series: Sequence[Row] = (), source: str = ""
) -> None:
    """Keep what was measured of a trained net beside it, under the measure's name.

    Args:
        folder: the trial's.
        name: the measure's.
        version: of its definition.
        figures: by name.
        series: rows of figures, where it has any.
        source: what another net that it was measured with is known by, where it was.
    """
    document = {
        "version": version,
        **({"source": source} if source else {}),
        "figures": _finite(figures),
        "series": [_finite(row) for row in series],
    }
    write(folder / MEASURED.format(name), json.dumps(document, indent=1, allow_nan=False))


def is_measured(folder: Path, name: str, *, version: int, source: str = "") -> bool:
    """Tell whether this version of a measure has been taken of the net in a folder, with this source."""
    try:
        kept = json.loads((folder / MEASURED.format(name)).read_text(encoding="utf-8"))
        return (kept["version"], kept.get("source", "")) == (version, source)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _write_curve(folder: Path, curve: Sequence[Row]) -> None:
    write(folder / CURVE, _csv(curve, columns=("epoch",)))


def _csv(rows: Sequence[Mapping[str, Any]], *, columns: Sequence[str] = ()) -> str:
    """Return rows as delimited text; the columns are those of the first row where there is one."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _finite(figures: Row) -> dict[str, float | None]:
    return {name: float(value) if math.isfinite(value) else None for name, value in figures.items()}


def _numbers(figures: Mapping[str, float | None]) -> dict[str, float]:
    return {name: math.nan if value is None else float(value) for name, value in figures.items()}
