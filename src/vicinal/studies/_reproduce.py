"""Reproducing the paper: the trials of the experiments that were asked for, their claims judged."""

import os
import platform
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from vicinal._version import __version__
from vicinal.experiments import (
    EXPERIMENTS,
    Counts,
    Experiment,
    ExperimentResult,
    Figures,
    Machine,
    Results,
    Setup,
)
from vicinal.studies._plan import plan, read_plan, write_plan
from vicinal.studies._study import Progress, Study, finished, folders, study
from vicinal.training import Outcome, Trial


def reproduce(
    setups: Mapping[str, Setup],
    *,
    out: Path,
    data_dir: Path | None = None,
    device: str = "cpu",
    processes: int = 1,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Results:
    """Run experiments and judge their claims; arguments and errors as for :func:`vicinal.studies.study`.

    Args:
        setups: what is asked of each experiment, by its name, in the order of the report.
        out: the folder that holds a folder a trial.
        data_dir: where data files are looked for first.
        device: where to train.
        processes: how many stacks are trained at a time, one thread each.
        fresh: train every trial again.
        progress: told as trials advance, over all experiments together.
    """
    started = time.perf_counter()
    together = list(dict.fromkeys(trial for trials in plan(setups).values() for trial in trials))
    places = folders(together, out, data_dir)
    write_plan(out, setups, places)
    done = study(
        together,
        places,
        data_dir=data_dir,
        device=device,
        processes=processes,
        fresh=fresh,
        progress=progress,
    )
    return results(setups, done, device=device, seconds=time.perf_counter() - started)


def retold(out: Path) -> Results:
    """Judge again what :func:`reproduce` left in a folder, without training and without the data.

    Raises:
        InputError: the folder holds no plan.
    """
    setups, places = read_plan(out)
    outcomes = finished(places)
    devices = {str(outcome.environment["device"]) for outcome in outcomes.values()}
    seconds = sum(float(outcome.environment["seconds"]) for outcome in outcomes.values())
    done = Study(outcomes, reused=frozenset(outcomes))
    return results(setups, done, device=", ".join(sorted(devices)) or "cpu", seconds=seconds)


def results(setups: Mapping[str, Setup], study: Study, *, device: str, seconds: float) -> Results:
    """Judge the claims of every experiment by what has finished."""
    machine = Machine(
        cores=os.cpu_count() or 1,
        processor=platform.processor() or platform.machine(),
        device=device,
        platform=platform.platform(terse=True),
        python=platform.python_version(),
        torch=torch.__version__,
    )
    trials = plan(setups)
    judged = (result(EXPERIMENTS[name], setup, trials[name], study) for name, setup in setups.items())
    return Results(__version__, machine, seconds, tuple(judged))


def result(experiment: Experiment, setup: Setup, trials: Sequence[Trial], study: Study) -> ExperimentResult:
    """Judge one experiment's claims by what has finished of its trials."""
    mine = {trial: study.outcomes[trial] for trial in trials if trial in study.outcomes}
    figures = Figures(mine)
    counts = Counts(
        done=sum(trial in study.done for trial in trials),
        failed=sum(trial not in study.outcomes for trial in trials),
        reused=sum(trial in study.reused for trial in trials),
    )
    return ExperimentResult(
        name=experiment.name,
        title=experiment.title,
        section=experiment.section,
        question=experiment.question,
        differs=experiment.differs[setup.scale],
        scale=setup.scale,
        seeds=setup.number(experiment.seeds),
        command=command(experiment.name, setup),
        seconds=sum(float(outcome.environment["seconds"]) for outcome in mine.values()),
        counts=counts,
        table=experiment.table(setup, figures),
        findings=tuple(claim.judged(setup, figures) for claim in experiment.claims),
        picture=experiment.picture(setup, figures),
        settings={trial.task.data: trial.task.settings() for trial in trials},
        files=tuple(outcome.folder.name for outcome in mine.values()),
        failures=tuple(text for text in study.failures if _concerns(text, trials)),
        warnings=_warnings(mine),
    )


def command(name: str, setup: Setup) -> str:
    """Return the command line that asks for this setup."""
    words = ["vicinal", "reproduce", name, "--scale", setup.scale]
    words += [] if setup.seeds is None else ["--seeds", str(setup.seeds)]
    words += [word for vicinity in setup.also for word in ("--also", f"'{vicinity}'")]
    words += [f"--{option}" for option, value in setup.options.items() if value]
    return " ".join(words)


def _concerns(failure: str, trials: Sequence[Trial]) -> bool:
    return any(failure.startswith(str(trial)) for trial in trials)


def _warnings(outcomes: Mapping[Trial, Outcome]) -> tuple[str, ...]:
    """Say where outcomes come from different versions or devices, since their last digits then differ."""
    mixed = []
    for key in ("torch", "device", "vicinal"):
        values = sorted({str(outcome.environment[key]) for outcome in outcomes.values()})
        if len(values) > 1:
            mixed.append(f"The trials come from different versions or devices ({key}: {', '.join(values)}).")
    return tuple(mixed)


def tidy(out: Path) -> list[dict[str, object]]:
    """Return one flat row a finished trial: experiment, settings, figures, versions.

    Raises:
        InputError: the folder holds no plan.
    """
    setups, places = read_plan(out)
    outcomes = finished(places)
    return [
        {
            "experiment": name,
            "data": trial.task.data,
            "vicinity": trial.vicinity,
            "seed": trial.seed,
            **outcomes[trial].figures,
            **outcomes[trial].environment,
            "folder": places[trial].name,
        }
        for name, trials in plan(setups).items()
        for trial in trials
        if trial in outcomes
    ]
