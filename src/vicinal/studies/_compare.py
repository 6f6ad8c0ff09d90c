"""Does mixup help on somebody's own data? The trials are made from the data, and judged as those of the paper are."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from vicinal._errors import InputError
from vicinal._numbers import count, duration
from vicinal._steps import step
from vicinal.experiments import Comparison, Scenario
from vicinal.studies._baselines import Figures, baselines, commonest
from vicinal.studies._begun import Run, Setting
from vicinal.studies._interim import Interim
from vicinal.studies._machine import this_machine
from vicinal.studies._refit import forget_whole, learned_from, winner
from vicinal.studies._sentence import with_sentence
from vicinal.studies._slots import slots
from vicinal.studies._study import kept, study
from vicinal.studies._verdict import with_baselines
from vicinal.studies._workers import Crew
from vicinal.training import Engine, Trial


def finished(
    run: Run,
    *,
    engine: Engine | None = None,
    processes: int | None = None,
    crew: Crew | None = None,
    fresh: bool = False,
    progress: Callable[[float, str], None] | None = None,
    command: str = "",
) -> Comparison:
    """Train what has not been trained yet, and return the comparison with its sentences.

    An interrupt ends the training; what has finished is then compared, as a partial comparison.

    Args:
        run: what was begun.
        engine: where and how to train; one CPU if not given.
        processes: that train at a time; one a core, or a GPU, if not given.
        crew: trains in their place, a cluster for example.
        fresh: train all of it again; what there was is gone from the beginning, the net that was kept too.
        progress: told how many trials are done, and the gain so far.
        command: that makes the comparison again.

    Raises:
        KeyboardInterrupt: it came before anything could be compared; it says what is kept.
        InputError: every net of ERM or of mixup failed.
    """
    started, engine, places = time.perf_counter(), engine or Engine(), run.places
    failures: Mapping[Trial, str] = {}
    others: Figures = [], ()
    interrupt: KeyboardInterrupt | None = None
    try:
        run.own.save()
        if fresh:
            forget_whole(run.out)
        done = study(
            list(places),
            places,
            engine=engine,
            processes=processes or slots(engine.device),
            crew=crew,
            fresh=fresh,
            progress=Interim(run, progress).tell,
        )
        outcomes, failures = done.outcomes, done.failures
        if run.own.table is None:
            others = commonest(run.own, range(run.splits), run.score)
        else:
            with step("linear learner and trees, on the same splits"):
                others = baselines(run.own.table, range(run.splits), run.score)
    except KeyboardInterrupt as asked:
        outcomes, interrupt = kept(places), asked
    machine = this_machine(engine.device)

    def judged(setting: Setting) -> tuple[Comparison | None, tuple[str, ...]]:
        return run.judged(outcomes, setting, machine=machine, partial=interrupt is not None)

    plain, unscored = judged(run.settings[0])
    if plain is None:
        if interrupt is not None:
            raise KeyboardInterrupt(_stopped(run, len(outcomes), fresh=fresh)) from interrupt
        raise InputError("nothing can be compared: " + " ".join((*dict.fromkeys(failures.values()), *unscored)))
    scenarios: dict[Setting, Comparison] = {}
    lost = [*unscored, *others[1]]
    for setting in run.settings[1:]:
        found, unscored = judged(setting)
        if found is not None:
            scenarios[setting] = found
        nothing = ("nothing can be compared.",) if found is None else ()
        lost += [f"{setting.label}: {each}" for each in (*nothing, *unscored)]
    trained = sum(float(outcome.environment["seconds"]) for outcome in outcomes.values())
    at_once = processes or slots(engine.device)
    kept_net = {} if interrupt else {"net that is kept": f"{winner(plain)}, on {learned_from(run.whole)}"}
    return with_sentence(
        replace(
            with_baselines(plain, others[0]),
            scenarios=tuple(_scenario(setting, found) for setting, found in scenarios.items()),
            failures=(*dict.fromkeys(failures.values()), *lost),
            failed=len(failures),
            # nets that were found finished took their time in another call
            seconds=max(time.perf_counter() - started, trained / at_once),
            command=command,
            settings=_told(run) | kept_net,
            files=tuple(places[trial].name for trial in outcomes),
        )
    )


def _stopped(run: Run, finished: int, *, fresh: bool) -> str:
    """Return what an interrupt came before, and what it leaves, as the end of "stopped ..."."""
    same = f"the same command{' without --fresh' if fresh else ''}"
    if finished:
        kept = f"{finished} of {count(len(run.places), 'net')} {'has' if finished == 1 else 'have'} finished"
        return f"before there was anything to compare; {kept}, and {same} goes on from there"
    if run.settings[0].tasks[0].stacks:
        return "before any net had finished; the same command begins anew"
    return f"before any net had finished; {same} goes on from where the nets are"


def _scenario(setting: Setting, found: Comparison) -> Scenario:
    kind: Any = setting.kind
    return Scenario(setting.label, kind, setting.share, found)


def _told(run: Run) -> dict[str, str]:
    """Return how it was made, by name."""
    task = run.settings[0].tasks[0]
    sample = "" if run.budget.rows is None else f", a sample that {duration(60 * run.asked.minutes)} are enough for"
    return {
        "net": task.net,
        "training": f"Adam, learning rate {task.optimiser.learning_rate:g}, minibatches of {task.batch}",
        "lengths": ", ".join(map(str, task.read_at)) + " epochs, chosen by validation",
        "methods": ", ".join(method.name for method in run.methods),
        "examples trained on": f"{task.rows or run.own.trained:,} a net{sample}",
    }
