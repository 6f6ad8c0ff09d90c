"""Why a trial failed, kept in its folder: trained again in the same way it would fail again."""

import json
from pathlib import Path
from typing import Any

import torch

from vicinal._files import write
from vicinal._version import __version__
from vicinal.training._engine import Engine
from vicinal.training._finished import Finished
from vicinal.training._folder import FAILED, begin, identity


def save_failure(folder: Path, finished: Finished, *, fingerprint: str, engine: Engine) -> None:
    """Write why a trial failed; an outcome that it had before is none any more, and its checkpoints stay.

    Args:
        folder: the trial's.
        finished: what training left of it: a failure.
        fingerprint: of its data.
        engine: where and how it was trained.
    """
    begin(folder, identity(finished.trial, fingerprint))
    write(folder / FAILED, json.dumps({"failure": finished.failure, "computed": _computed(engine)}, indent=1))


def failure_in(folder: Path, *, engine: Engine) -> str:
    """Return why a folder's trial failed; "" where it did not, or where it may end otherwise with this engine."""
    try:
        document = json.loads((folder / FAILED).read_text(encoding="utf-8"))
        return str(document["failure"]) if document["computed"] == _computed(engine) else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _computed(engine: Engine) -> dict[str, Any]:
    """Return on what it depends whether numbers are finite, beside the trial itself."""
    how = {"device": engine.device.partition(":")[0], "precision": engine.precision, "compile": engine.compile}
    return {"vicinal": __version__, "torch": torch.__version__, **how}
