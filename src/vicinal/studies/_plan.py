"""What was asked of a folder, kept beside the trials, so that its report can be made again without its data."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from vicinal._errors import InputError, must_be
from vicinal.experiments import EXPERIMENTS, Setup
from vicinal.training import Trial

NAME = "plan.json"
FORMAT = 1


def plan(setups: Mapping[str, Setup]) -> dict[str, list[Trial]]:
    """Return the trials of every experiment by its name; a trial that several share stands with each of them."""
    return {name: EXPERIMENTS[name].trials(setup) for name, setup in setups.items()}


def write_plan(out: Path, setups: Mapping[str, Setup], places: Mapping[Trial, Path]) -> None:
    """Keep what was asked, and which folder belongs to which trial."""
    out.mkdir(parents=True, exist_ok=True)
    asked = {name: asdict(setup) for name, setup in setups.items()}
    folders = {name: [places[trial].name for trial in trials] for name, trials in plan(setups).items()}
    partial = out / f".partial-{os.getpid()}-{NAME}"
    partial.write_text(json.dumps({"format": FORMAT, "setups": asked, "folders": folders}, indent=1), encoding="utf-8")
    partial.replace(out / NAME)


def read_plan(out: Path) -> tuple[dict[str, Setup], dict[Trial, Path]]:
    """Return what was asked of a folder last, and the trials' folders.

    Raises:
        InputError: the folder holds no plan that this version can read.
    """
    try:
        document = json.loads((out / NAME).read_text(encoding="utf-8"))
        assert document["format"] == FORMAT
        setups = {
            name: Setup(asked["scale"], asked["seeds"], tuple(asked["also"]), asked["options"])
            for name, asked in document["setups"].items()
        }
        places = {
            trial: out / folder
            for name, trials in plan(setups).items()
            for trial, folder in zip(trials, document["folders"][name], strict=True)
        }
    except (OSError, ValueError, KeyError, TypeError, AssertionError):
        found = "no plan.json that can be read"
        raise InputError(must_be(str(out), "the --out folder of a vicinal reproduce", found)) from None
    return setups, places
