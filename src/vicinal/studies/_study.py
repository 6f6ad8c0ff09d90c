"""A study: trials in, outcomes out, nothing trained twice."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from vicinal._numbers import count
from vicinal._steps import LOG, step
from vicinal.data import named
from vicinal.studies._job import Job
from vicinal.studies._shard import WHOLE, Shard
from vicinal.studies._workers import Crew, work
from vicinal.training import (
    Engine,
    Measurement,
    Outcome,
    Progress,
    Task,
    Trial,
    failure_in,
    load,
    measured,
    start_over,
)


@dataclass(frozen=True)
class Study:
    """What became of a list of trials.

    Args:
        outcomes: the trials that have finished, now or before.
        trained: those of them that were trained now.
        failures: one sentence for each trial that failed.
        unmeasured: one sentence for each measurement that failed; its trial is among the outcomes all the same.
    """

    outcomes: Mapping[Trial, Outcome] = field(default_factory=dict)
    trained: frozenset[Trial] = frozenset()
    failures: Mapping[Trial, str] = field(default_factory=dict)
    unmeasured: Mapping[Measurement, str] = field(default_factory=dict)


AT_ONCE = 6
"""Nets that one job measures with examples that others make: enough to share them, few enough for many processes."""


def folders(
    trials: Sequence[Trial],
    out: Path,
    data_dir: Path | None,
    *,
    tell: Callable[[str, Sequence[str]], None] = lambda name, notes: None,  # noqa: ARG005
) -> dict[Trial, Path]:
    """Return the folder of every trial.

    Args:
        trials: of a study.
        out: the folder of the study.
        data_dir: where data files are looked for first.
        tell: told the name of a data set and sentences on what was done to its content, where anything was.

    Raises:
        InputError: a data set is not here and cannot be fetched, or is malformed.
    """
    prints = {}
    for name in dict.fromkeys(trial.task.data for trial in trials):
        data = named(name, data_dir).load(data_dir)
        prints[name] = data.fingerprint
        if notes := getattr(data, "notes", ()):
            tell(name, notes)
    return {trial: out / trial.folder_name(prints[trial.task.data]) for trial in trials}


def kept(places: Mapping[Trial, Path]) -> dict[Trial, Outcome]:
    """Return the outcomes that are in their folders."""
    found = {trial: load(place, trial) for trial, place in places.items()}
    return {trial: outcome for trial, outcome in found.items() if outcome is not None}


def study(
    trials: Sequence[Trial],
    places: Mapping[Trial, Path],
    *,
    measurements: Sequence[Measurement] = (),
    data_dir: Path | None = None,
    engine: Engine | None = None,
    processes: int = 1,
    crew: Crew | None = None,
    fresh: bool = False,
    shard: Shard = WHOLE,
    progress: Progress | None = None,
) -> Study:
    """Bring a list of trials to their outcomes. A stack whose trials have all ended is not trained again.

    A trial that failed has ended: with the same engine it would fail again.

    A share of the list trains its own trials and tells of all that are there. It takes the measures of its own nets,
    and then those of others' whose nets have been trained and that nobody has taken: some of them need a net of one
    share and another net of another, and the share that trains its last net last finds all of them there. None waits.

    Args:
        trials: what is to be run; stacks are cut from this list.
        places: the folder of every trial; see :func:`folders`.
        measurements: what is to be measured of their nets, once they have been trained.
        data_dir: where data files are looked for first.
        engine: where and how to train; one CPU if not given.
        processes: how many stacks are trained at a time, one thread each.
        crew: trains in their place, a cluster for example.
        fresh: train every trial again, those that failed too; what there was of them is gone from the beginning.
        shard: which of them are run now; all if not given.
        progress: told the number of these trials done so far, in fractions, as they advance.

    Raises:
        KeyboardInterrupt: passed on; what has finished stays and is reused by the next call.
    """
    engine, do = engine or Engine(), crew or partial(work, processes=processes)
    mine = set(shard.trials(trials))
    for trial in mine if fresh else ():  # before any trains: what an interrupt leaves must not pass for new
        start_over(places[trial])
    before = kept(places)
    failed = _failed(mine, places, before, engine)
    jobs = [
        Job(stack, tuple(places[trial] for trial in stack), data_dir, engine)
        for stack in shard.stacks(trials)
        if not all(trial in before or trial in failed for trial in stack)
    ]
    LOG.info("%s of %s found finished; to train: %s", len(before), count(len(places), "trial"), count(len(jobs), "job"))
    shares = dict.fromkeys(jobs, 0.0)
    retried = {trial for job in jobs for trial in job.trials}
    failures = {trial: text for trial, text in failed.items() if trial not in retried}
    ended = mine & (before.keys() | failures.keys())
    with step(f"training, {processes} at a time"):
        for news in do(jobs):
            failures |= {trial: text for trial, text in news.failures.items() if trial not in before}
            shares[news.job] = news.share
            if progress is not None:
                progress(_done(ended, shares), news.text)
    found = kept(places)
    failures |= _failed(places.keys() - mine, places, found, engine)

    def but_failed(found: Mapping[Trial, Outcome]) -> dict[Trial, Outcome]:
        return {trial: outcome for trial, outcome in found.items() if trial not in failures}

    there = but_failed(found)
    unmeasured = dict(_without_source(measurements, there, never=mine | failures.keys()))
    own = [each for each in measurements if each.trial in mine]
    others = [each for each in measurements if each.trial not in mine]
    for some in filter(None, (own, others)):
        measuring = list(_measuring(some, there, data_dir, engine))
        with step(f"measuring, {count(len(measuring), 'job')}"):
            for news in do(measuring):
                told = {news.job.measurement(trial): text for trial, text in news.failures.items()}
                unmeasured |= {each: text for each, text in told.items() if not taken(each, there)}
                if progress is not None:
                    progress(len(mine & there.keys()), f"measured: {news.job.measure}")
        there = but_failed(kept(places))  # what was measured now, and what other shares have trained meanwhile
    return Study(there, frozenset(mine & (there.keys() - before.keys())), failures, unmeasured)


def taken(measurement: Measurement, outcomes: Mapping[Trial, Outcome]) -> bool:
    """Tell whether a measurement has been taken of an outcome that is here, with a source that is here."""
    trial, source = measurement.trial, measurement.source
    here = trial in outcomes and (source is None or source in outcomes)
    return here and measured(measurement, outcomes[trial], None if source is None else outcomes[source])


def _without_source(
    measurements: Sequence[Measurement], outcomes: Mapping[Trial, Outcome], *, never: Collection[Trial]
) -> Iterator[tuple[Measurement, str]]:
    """Yield each measurement whose net is here but not the one that makes its examples, and the sentence for it.

    Only of those that will ``never`` be there if they are not now: others may be on their way in another share.
    """
    for each in dict.fromkeys(measurements):
        if each.source in never and each.source not in outcomes and each.trial in outcomes:
            yield each, f"{each.trial}: {each.measure} could not be measured: it needs the net of {each.source}."


def _failed(
    some: Collection[Trial], places: Mapping[Trial, Path], before: Collection[Trial], engine: Engine
) -> dict[Trial, str]:
    """Return a sentence for each of some trials that failed with such an engine."""
    wanted = {trial: place for trial, place in places.items() if trial in some and trial not in before}
    told = {trial: failure_in(place, engine=engine) for trial, place in wanted.items()}
    return {trial: text for trial, text in told.items() if text}


def _measuring(
    measurements: Sequence[Measurement], outcomes: Mapping[Trial, Outcome], data_dir: Path | None, engine: Engine
) -> Iterator[Job]:
    """Yield a job for each task, vicinity and measure of which something is still to be measured.

    Where nets make examples for others, a job has a few seeds with all their vicinities: what one net makes, the next
    ones need.
    """
    groups: dict[tuple[Task, str, str], list[Measurement]] = {}
    for each in dict.fromkeys(measurements):
        trial, source = each.trial, each.source
        if trial in outcomes and (source is None or source in outcomes) and not taken(each, outcomes):
            vicinity = trial.vicinity if source is None else ""
            groups.setdefault((trial.task, vicinity, each.measure), []).append(each)
    for (_, vicinity, name), group in groups.items():
        by_seed = group if vicinity else sorted(group, key=lambda each: each.trial.seed)
        at_once = len(group) if vicinity else AT_ONCE
        for several in (by_seed[start : start + at_once] for start in range(0, len(group), at_once)):
            trials = tuple(each.trial for each in several)
            places = tuple(outcomes[trial].folder for trial in trials)
            sources = tuple((each.source, outcomes[each.source].folder) for each in several if each.source is not None)
            yield Job(trials, places, data_dir, engine, measure=name, sources=sources)


def _done(ended: Collection[Trial], shares: Mapping[Job, float]) -> float:
    to_train = {job: sum(trial not in ended for trial in job.trials) for job in shares}
    return len(ended) + sum(to_train[job] * share for job, share in shares.items())
