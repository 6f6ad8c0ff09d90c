"""What one process of a study does, and the sentence for each of its trials where something goes wrong."""

import signal
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vicinal._errors import InputError
from vicinal.studies._rehearse import place
from vicinal.training import Engine, Measurement, Stopped, Trial, load, measure, run, save, save_failure


@dataclass(frozen=True)
class Job:
    """What one process does: it trains trials, one or a stack, or takes a measure of nets that have been trained.

    Args:
        trials: of one data set.
        folders: where their outcomes go, or are.
        data_dir: where data files are looked for first.
        engine: where and how to compute.
        measure: name of what is to be measured of each trial's net; "": train.
        sources: for each trial another one, with its folder, whose net makes the examples that it is measured on; empty
            where the measure needs none.
    """

    trials: tuple[Trial, ...]
    folders: tuple[Path, ...]
    data_dir: Path | None
    engine: Engine
    measure: str = ""
    sources: tuple[tuple[Trial, Path], ...] = ()

    def measurement(self, trial: Trial) -> Measurement:
        """Return what is measured of a trial's net."""
        source = self.sources[self.trials.index(trial)][0] if self.sources else None
        return Measurement(self.measure, trial, source)


@contextmanager
def flagged(signals: Collection[signal.Signals]) -> Iterator[Callable[[], bool]]:
    """Yield what tells whether one of the signals has come, which do nothing else as long as the block runs."""
    asked: list[int] = []
    before = {each: signal.signal(each, lambda number, _: asked.append(number)) for each in signals}
    try:
        yield lambda: bool(asked)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def attempted(job: Job, *, stop: Callable[[], bool], tell: Callable[[float, str], None]) -> dict[Trial, str]:
    """Do a job in this process, as :func:`done` does it; whatever goes wrong is returned, not raised."""
    try:
        return done(job, stop=stop, tell=tell)
    except Exception as error:
        return failed(job, job.trials, why(job, error))


def done(job: Job, *, stop: Callable[[], bool], tell: Callable[[float, str], None]) -> dict[Trial, str]:
    """Do a job in this process and return a sentence for each trial that failed.

    Args:
        job: what is done.
        stop: asked now and then whether to stop.
        tell: told the share that is done and the figure of the moment.

    Raises:
        Stopped: ``stop`` said so.
        Exception: all of the job failed; see :func:`why`.
    """
    return _measured(job, stop) if job.measure else _trained(job, stop, tell)


def failed(job: Job, trials: Sequence[Trial], reason: str) -> dict[Trial, str]:
    """Return the same sentence for some trials of a job."""
    first, last = trials[0], trials[-1]
    seeds = f"seed {first.seed}" if first is last else f"seeds {first.seed} to {last.seed}"
    names = " and ".join(dict.fromkeys(trial.vicinity for trial in trials))
    what = f"{job.measure} could not be measured: " if job.measure else ""
    return dict.fromkeys(trials, f"{first.task} · {names} · {seeds}: {what}{reason}")


def why(job: Job, error: Exception) -> str:
    """Return in words what ended a job; its parent would not ask where it is what stops it."""
    if isinstance(error, Stopped):
        keeps = not job.measure and not job.trials[0].task.stacks
        remedy = "Run the command again"
        return f"it was stopped by a signal. {remedy}{': it goes on from the checkpoint' if keeps else ''}."
    said = " ".join(str(error).split())
    return said if isinstance(error, InputError) else f"{type(error).__name__}: {said}{place(error)}"


def _trained(job: Job, stop: Callable[[], bool], tell: Callable[[float, str], None]) -> dict[Trial, str]:
    data = _data(job)
    if all(load(folder, trial) is not None for trial, folder in zip(job.trials, job.folders, strict=True)):
        return {}  # another command has trained them meanwhile
    folder = None if job.trials[0].task.stacks else job.folders[0]
    finished = run(job.trials, data, engine=job.engine, folder=folder, stop=stop, progress=tell)
    _check_unchanged(job, data.fingerprint)
    for entry, folder in zip(finished, job.folders, strict=True):
        if not entry.failure:
            save(folder, entry, fingerprint=data.fingerprint)
        elif load(folder, entry.trial) is None:
            save_failure(folder, entry, fingerprint=data.fingerprint, engine=job.engine)
    return {entry.trial: entry.failure for entry in finished if entry.failure}


def _measured(job: Job, stop: Callable[[], bool]) -> dict[Trial, str]:
    """Take the measure of each net; where that fails for one, the others are measured all the same."""
    data, failures, shared = _data(job), {}, {}
    sources = [load(folder, trial) for trial, folder in job.sources] or [None] * len(job.trials)
    for trial, folder, source in zip(job.trials, job.folders, sources, strict=True):
        if stop():
            raise Stopped
        outcome = load(folder, trial)
        assert outcome is not None
        try:
            measure(job.measurement(trial), outcome, data, engine=job.engine, source=source, shared=shared)
        except Exception as error:
            failures |= failed(job, [trial], why(job, error))
    return failures


def _data(job: Job) -> Any:
    """Return the data of a job's trials, which are still those that the folders are named for."""
    import torch

    from vicinal.data import OtherContent, named

    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OtherContent)  # the parent has said it
        data = named(job.trials[0].task.data, job.data_dir, check=False).load(job.data_dir)
    _check_unchanged(job, data.fingerprint)
    return data


def _check_unchanged(job: Job, fingerprint: str) -> None:
    """See that data and own files are still those that the folders are named for."""
    if [trial.folder_name(fingerprint) for trial in job.trials] != [folder.name for folder in job.folders]:
        raise InputError("its data or the file of its vicinity changed while it ran. Run the command again.")
