"""Reproducing the paper: run the trials of the experiments that were asked for, judge their claims; or judge again."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vicinal.data import named
from vicinal.experiments import EXPERIMENTS, Results, Setup
from vicinal.studies._judge import judge_all
from vicinal.studies._machine import this_machine
from vicinal.studies._opening import opening, read_opening, write_opening
from vicinal.studies._plan import Ending, Plan, plan, read_plan, write_plan
from vicinal.studies._rehearse import rehearse
from vicinal.studies._shard import WHOLE, Shard
from vicinal.studies._study import Study, folders, kept, study, taken
from vicinal.studies._workers import Crew
from vicinal.training import Engine, Outcome, Progress, Trial


def reproduce(
    setups: Mapping[str, Setup],
    *,
    out: Path,
    data_dir: Path | None = None,
    engine: Engine | None = None,
    processes: int = 1,
    crew: Crew | None = None,
    fresh: bool = False,
    shard: Shard = WHOLE,
    progress: Progress | None = None,
) -> Results:
    """Run experiments and judge their claims.

    Args:
        setups: what is asked of each experiment, by its name, in the order of the report.
        out: the folder that holds a folder a trial.
        data_dir: where data files are looked for first.
        engine: where and how to train; one CPU if not given.
        processes: how many stacks are trained at a time, one thread each.
        crew: trains in their place, a cluster for example.
        fresh: train every trial again, those that failed too.
        shard: which share of the trials is run; what the others have left in the folder is judged with it.
        progress: told as trials advance, over all experiments together.

    Raises:
        InputError: a data set is not here and cannot be fetched or is malformed, or a further vicinity does not work.
        KeyboardInterrupt: passed on; what has finished stays and is reused by the next call.
    """
    started = time.perf_counter()
    engine = engine or Engine()
    trials = list(dict.fromkeys(trial for each in plan(setups).values() for trial in each))
    notes: dict[str, Sequence[str]] = {}
    places = folders(trials, out, data_dir, tell=notes.__setitem__)
    for name in dict.fromkeys(name for setup in setups.values() for name in setup.also):
        for data in dict.fromkeys(trial.task.data for trial in trials if trial.vicinity == name):
            rehearse(name, named(data, data_dir).load(data_dir))
    asked = Plan(setups, places, notes=notes)
    write_plan(out, asked, shard)
    write_opening(out, opening(setups, data_dir))
    done = study(
        trials,
        places,
        measurements=[each for name, setup in setups.items() for each in EXPERIMENTS[name].measurements(setup)],
        data_dir=data_dir,
        engine=engine,
        processes=processes,
        crew=crew,
        fresh=fresh,
        shard=shard,
        progress=progress,
    )
    mine = set(shard.trials(trials))
    failures = {trial: text for trial, text in done.failures.items() if trial in mine}  # each share tells of its own
    own = {trial: outcome for trial, outcome in done.outcomes.items() if trial in mine}
    summed = bool(own.keys() - done.trained)  # to look into a folder is quick, and says nothing of what is in it
    seconds = _training(own) if summed else time.perf_counter() - started
    ending = Ending(seconds, this_machine(engine.device), failures, done.unmeasured, summed)
    write_plan(out, replace(asked, ending=ending), shard)
    return judge_all(asked, done, ending, opening=read_opening(out), shard=shard)


def retold(out: Path) -> Results:
    """Judge again what :func:`reproduce` left in a folder, without training and without the data.

    Raises:
        InputError: the folder holds no plan.
    """
    asked = read_plan(out)
    outcomes = _told(asked)
    ending = asked.ending or Ending(0.0, this_machine("cpu"), summed=True)
    if ending.summed:
        ending = replace(ending, seconds=_training(outcomes))
    # what one share could not measure another one may have measured since
    unmeasured = {each: text for each, text in ending.unmeasured.items() if not taken(each, outcomes)}
    done = Study(outcomes, failures=ending.failures, unmeasured=unmeasured)
    return judge_all(asked, done, ending, opening=read_opening(out))


def tidy(out: Path) -> list[dict[str, object]]:
    """Return one flat row a finished trial: experiment, settings, figures, versions.

    Raises:
        InputError: the folder holds no plan.
    """
    asked = read_plan(out)
    outcomes = _told(asked)
    return [
        {
            "experiment": name,
            "data": trial.task.data_name,
            "net": trial.task.net,
            "vicinity": trial.vicinity,
            "seed": trial.seed,
            **outcomes[trial].figures,
            **outcomes[trial].environment,
            "folder": asked.places[trial].name,
        }
        for name, trials in plan(asked.setups).items()
        for trial in trials
        if trial in outcomes
    ]


def _training(outcomes: Mapping[Trial, Outcome]) -> float:
    """Return the seconds that trials took to train, all together."""
    return sum(float(outcome.environment["seconds"]) for outcome in outcomes.values())


def _told(asked: Plan) -> dict[Trial, Outcome]:
    """Return the outcomes that a plan tells of: not those of trials that were trained afresh since and failed."""
    failed = asked.ending.failures if asked.ending else {}
    return {trial: outcome for trial, outcome in kept(asked.places).items() if trial not in failed}
