"""From outcomes to results: every experiment's claims judged by what has finished of its trials."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from vicinal._numbers import count
from vicinal._version import __version__
from vicinal.experiments import (
    EXPERIMENTS,
    Counts,
    Experiment,
    ExperimentResult,
    Figures,
    Mixes,
    Results,
    Setup,
)
from vicinal.studies._plan import Ending, Plan, plan
from vicinal.studies._shard import WHOLE, Shard
from vicinal.studies._study import Study, taken
from vicinal.training import Outcome, Trial


def judge_all(
    asked: Plan, study: Study, ending: Ending, *, opening: Mixes | None = None, shard: Shard = WHOLE
) -> Results:
    """Return the results of all experiments that were asked for, in the order of the report.

    Args:
        asked: of each experiment, and what is to be said of its data.
        study: what became of their trials.
        ending: where and how long they ran.
        opening: what was mixed.
        shard: the share that was run last.
    """
    trials = plan(asked.setups)
    judged = (
        judged_one(EXPERIMENTS[name], each, trials[name], study, asked.notes) for name, each in asked.setups.items()
    )
    share = "" if shard == WHOLE else str(shard)
    return Results(__version__, ending.machine, ending.seconds, tuple(judged), opening, share, ending.summed)


def judged_one(
    experiment: Experiment,
    setup: Setup,
    trials: Sequence[Trial],
    study: Study,
    notes: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> ExperimentResult:
    """Return what one experiment found; notes are sentences on its data, by the data sets' names."""
    mine = {trial: study.outcomes[trial] for trial in trials if trial in study.outcomes}
    failures = {trial: study.failures[trial] for trial in trials if trial in study.failures}
    for each in experiment.measurements(setup):  # a study that was stopped may have trained and not measured
        if each in study.unmeasured:
            failures.setdefault(each.trial, study.unmeasured[each])
        if each.trial in mine and not taken(each, study.outcomes):
            del mine[each.trial]
    figures = Figures(mine)
    said = [sentence for data in dict.fromkeys(trial.task.data for trial in trials) for sentence in notes.get(data, ())]
    return ExperimentResult(
        name=experiment.name,
        title=experiment.title,
        section=experiment.section,
        question=experiment.question,
        differs=experiment.differing(setup) + _asked(experiment, setup) + _fewer(experiment, setup),
        scale=setup.scale,
        seeds=experiment.number(setup),
        repetition=experiment.repetition,
        command=command(experiment.name, setup, mine.values()),
        seconds=sum(float(outcome.environment["seconds"]) for outcome in mine.values()),
        counts=Counts(
            done=sum(trial in study.trained for trial in mine),
            failed=len(failures),
            reused=sum(trial not in study.trained for trial in mine),
        ),
        table=experiment.table(setup, figures),
        findings=tuple(claim.judged(setup, figures) for claim in experiment.claims),
        pictures=experiment.pictures(setup, figures),
        settings={str(trial.task): trial.task.settings() for trial in trials},
        files=tuple(outcome.folder.name for outcome in mine.values()),
        failures=tuple(dict.fromkeys(failures.values())),
        warnings=(
            *said,
            *_warnings(mine, missing=len(trials) - len(mine) - len(failures)),
            *experiment.warnings(setup, figures),
        ),
    )


def _asked(experiment: Experiment, setup: Setup) -> str:
    """Say which of the experiment's own options were asked for."""
    given = ((option, value) for option, value in setup.options.items() if value)
    # what a switch does is said; what was named speaks for itself
    return "".join(
        f" With {_flag(option, value)}{f': {experiment.options[option]}' if value is True else ''}."
        for option, value in given
    )


def _flag(option: str, value: object) -> str:
    """Return an option as it is given: its name, with the word that is chosen where there is a choice."""
    return f"--{option} {value}" if isinstance(value, str) else f"--{option}"


def _fewer(experiment: Experiment, setup: Setup) -> str:
    """Say where fewer repetitions were asked for than the paper scale has."""
    asked, own = setup.number(experiment.seeds), experiment.seeds.get("paper")
    return "" if own is None or asked >= own else f" {experiment.repeated(asked)} instead of {own}."


def command(name: str, setup: Setup, outcomes: Collection[Outcome] = ()) -> str:
    """Return the command line that asks for this setup, in the way in which its outcomes were computed."""
    words = ["vicinal", "reproduce", name, "--scale", setup.scale]
    words += [] if setup.seeds is None else ["--seeds", str(setup.seeds)]
    words += [word for vicinity in setup.also for word in ("--also", vicinity)]
    for option, value in setup.options.items():
        words += [f"--{option}", *([] if value is True else [str(value)])] if value else []
    precisions, compiled = (_told_of(key, outcomes) for key in ("precision", "compiled"))
    words += ["--precision", *precisions] if len(precisions) == 1 and precisions != ["32"] else []
    words += ["--compile"] if compiled == ["True"] else []
    return shlex.join(words)


def _told_of(key: str, outcomes: Collection[Outcome]) -> list[str]:
    """Return what outcomes tell of their environment, each once, in order; stacks do not tell everything."""
    return sorted({str(outcome.environment[key]) for outcome in outcomes if key in outcome.environment})


def _warnings(outcomes: Mapping[Trial, Outcome], *, missing: int) -> list[str]:
    """Say what is missing, and where outcomes come from different versions or devices: their last digits differ."""
    verb = "has" if missing == 1 else "have"
    said = [f"{count(missing, 'trial')} {verb} not been run yet."] if missing else []
    for key in ("torch", "device", "vicinal", "precision", "lanes", "compiled"):
        values = _told_of(key, outcomes.values())
        if len(values) > 1:
            said.append(f"The trials come from different versions, devices or engines ({key}: {', '.join(values)}).")
        elif key == "precision" and values not in ([], ["32"]):
            said.append(f"The nets were computed in {values[0]}.")
    return said
