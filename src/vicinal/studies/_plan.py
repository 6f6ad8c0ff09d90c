"""What was asked of a folder and how it went, kept beside the trials, so that its report can be made again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from vicinal._errors import InputError, must_be
from vicinal._files import write
from vicinal.experiments import EXPERIMENTS, Machine, Setup
from vicinal.studies._shard import WHOLE, Shard
from vicinal.training import Measurement, Trial

NAME, OF_SHARE = "plan.json", "plan-{}-of-{}.json"
"""Each share of a study keeps in a file of its own how it ended, so that those that end at once lose nothing."""
FORMAT = 1


@dataclass(frozen=True)
class Ending:
    """How a study went: its wall-clock seconds, its machine, one sentence a trial or a measurement that failed.

    Where some of its trials had been trained before, ``seconds`` are those of all its trials, ``summed`` up.
    """

    seconds: float
    machine: Machine
    failures: Mapping[Trial, str] = field(default_factory=dict)
    unmeasured: Mapping[Measurement, str] = field(default_factory=dict)
    summed: bool = False


@dataclass(frozen=True)
class Plan:
    """What was asked of a folder last, the trials' folders, and how it ended; None where it was stopped.

    Where its shares were run one by one, their endings together are its ending. ``notes`` are sentences on what was
    done to the content of data sets, by their names.
    """

    setups: Mapping[str, Setup]
    places: Mapping[Trial, Path]
    ending: Ending | None = None
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)


def plan(setups: Mapping[str, Setup]) -> dict[str, list[Trial]]:
    """Return the trials of every experiment by its name; a trial that several share stands with each of them."""
    return {name: list(dict.fromkeys(EXPERIMENTS[name].trials(setup))) for name, setup in setups.items()}


def write_plan(out: Path, plan: Plan, shard: Shard = WHOLE) -> None:
    """Keep a plan in the folder that holds its trials; how an earlier one ended is forgotten.

    Args:
        out: the folder.
        plan: what is asked of it; that of a share is the whole's.
        shard: the share that has ended, where one has; endings of other shares of as many stay.
    """
    share, own = shard != WHOLE, OF_SHARE.format(shard.number, shard.of)
    ended = share and plan.ending is not None
    for other in out.glob(OF_SHARE.format("*", "*")):
        if not share or not other.match(OF_SHARE.format("*", shard.of)) or (other.name == own and not ended):
            other.unlink(missing_ok=True)
    write(out / (own if ended else NAME), _document(plan))


def _document(plan: Plan) -> str:
    ending = plan.ending
    document = {
        "format": FORMAT,
        "setups": {name: asdict(setup) for name, setup in plan.setups.items()},
        "folders": [place.name for place in plan.places.values()],
        "notes": {name: list(sentences) for name, sentences in plan.notes.items()},
        "ending": ending
        and {
            "seconds": ending.seconds,
            "summed": ending.summed,
            "machine": asdict(ending.machine),
            "failures": {plan.places[trial].name: sentence for trial, sentence in ending.failures.items()},
            "unmeasured": [
                [plan.places[each.trial].name, each.measure, sentence, each.source and plan.places[each.source].name]
                for each, sentence in ending.unmeasured.items()
            ],
        },
    }
    return json.dumps(document, indent=1)


def read_plan(out: Path) -> Plan:
    """Return the plan that a folder holds.

    Raises:
        InputError: it holds none that this version can read.
    """
    found = _read(out / NAME)
    if found is None:
        expected = "the --out folder of a vicinal reproduce"
        raise InputError(must_be(str(out), expected, "no plan.json that can be read"))
    if found.ending is not None:
        return found
    shares = [_read(path) for path in sorted(out.glob(OF_SHARE.format("*", "*")))]
    endings = [each.ending for each in shares if each and each.ending and replace(each, ending=None) == found]
    return replace(found, ending=_together(endings)) if endings else found


def _together(endings: Sequence[Ending]) -> Ending:
    """Return how several shares ended: the time of all of them, the first one's machine, and all that failed."""
    return Ending(
        sum(each.seconds for each in endings),
        endings[0].machine,
        {trial: text for each in endings for trial, text in each.failures.items()},
        {measurement: text for each in endings for measurement, text in each.unmeasured.items()},
        any(each.summed for each in endings),
    )


def _read(path: Path) -> Plan | None:
    """Return the plan that a file holds, None where there is none that this version can read."""
    out = path.parent
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
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
            summed = told.get("summed", False)  # which a plan of before does not say
            ending = Ending(told["seconds"], Machine(**told["machine"]), failures, unmeasured, summed)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, AssertionError):
        return None
    return Plan(setups, places, ending, notes)
