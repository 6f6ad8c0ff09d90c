"""What was asked of a folder and how it went, kept beside the trials, so that its report can be made again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from vicinal._errors import InputError, must_be
from vicinal._files import write
from vicinal.experiments import EXPERIMENTS, Machine, Setup
from vicinal.training import Measurement, Trial

NAME = "plan.json"
FORMAT = 1


@dataclass(frozen=True)
class Ending:
    """How a study went: its wall-clock seconds, its machine, one sentence a trial or a measurement that failed."""

    seconds: float
    machine: Machine
    failures: Mapping[Trial, str] = field(default_factory=dict)
    unmeasured: Mapping[Measurement, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What was asked of a folder last, the trials' folders, and how it ended; None where it was stopped.

    ``notes`` are sentences on what was done to the content of data sets, by their names.
    """

    setups: Mapping[str, Setup]
    places: Mapping[Trial, Path]
    ending: Ending | None = None
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)


def plan(setups: Mapping[str, Setup]) -> dict[str, list[Trial]]:
    """Return the trials of every experiment by its name; a trial that several share stands with each of them."""
    return {name: list(dict.fromkeys(EXPERIMENTS[name].trials(setup))) for name, setup in setups.items()}


def write_plan(out: Path, plan: Plan) -> None:
    """Keep a plan in the folder that holds its trials."""
    ending = plan.ending
    document = {
        "format": FORMAT,
        "setups": {name: asdict(setup) for name, setup in plan.setups.items()},
        "folders": [place.name for place in plan.places.values()],
        "notes": {name: list(sentences) for name, sentences in plan.notes.items()},
        "ending": ending
        and {
            "seconds": ending.seconds,
            "machine": asdict(ending.machine),
            "failures": {plan.places[trial].name: sentence for trial, sentence in ending.failures.items()},
            "unmeasured": [
                [plan.places[each.trial].name, each.measure, sentence, each.source and plan.places[each.source].name]
                for each, sentence in ending.unmeasured.items()
            ],
        },
    }
    write(out / NAME, json.dumps(document, indent=1))


def read_plan(out: Path) -> Plan:
    """Return the plan that a folder holds.

    Raises:
        InputError: it holds none that this version can read.
    """
    try:
        document = json.loads((out / NAME).read_text(encoding="utf-8"))
        assert document["format"] == FORMAT
        setups = {
            name: Setup(asked["scale"], asked["seeds"], tuple(asked["also"]), asked["options"])
            for name, asked in document["setups"].items()
        }
        trials = dict.fromkeys(trial for each in plan(setups).values() for trial in each)
        places = {trial: out / name for trial, name in zip(trials, document["folders"], strict=True)}
        notes = {str(name): tuple(sentences) for name, sentences in document.get("notes", {}).items()}
        told = document["ending"]
        ending = None
        if told is not None:
            of = {place.name: trial for trial, place in places.items()}
            failures = {of[name]: sentence for name, sentence in told["failures"].items()}
            unmeasured = {
                Measurement(measure, of[name], of[source[0]] if any(source) else None): sentence
                for name, measure, sentence, *source in told["unmeasured"]  # a plan of before has no source
            }
            ending = Ending(told["seconds"], Machine(**told["machine"]), failures, unmeasured)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, AssertionError):
        found = "no plan.json that can be read"
        raise InputError(must_be(str(out), "the --out folder of a vicinal reproduce", found)) from None
    return Plan(setups, places, ending, notes)
