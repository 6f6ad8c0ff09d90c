"""Trials in, outcomes out: the only place that trains."""

from collections.abc import Callable, Sequence
from pathlib import Path

from vicinal._errors import must_be
from vicinal.data import Data
from vicinal.training._answers import check_read_at
from vicinal.training._engine import Engine
from vicinal.training._finished import Finished
from vicinal.training._gan import run_gan
from vicinal.training._replicas import run_stack
from vicinal.training._single import run_single
from vicinal.training._trial import Trial

Progress = Callable[[float, str], None]
"""Called with what is done, the share of a run in [0, 1] or the trials of a study in fractions; and its last figure."""


def run(
    trials: Sequence[Trial],
    data: Data,
    *,
    engine: Engine | None = None,
    folder: Path | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Progress = lambda share, text: None,  # noqa: ARG005
) -> list[Finished]:
    """Train one trial, or a stack: several of one task.

    Args:
        trials: of one task; more than one only where the task says that its trials stack. Their vicinities may differ
            where all are ERM, mixup or cmixup.
        data: the task's data, loaded.
        engine: where and how to train; one CPU if not given.
        folder: the trial's, for its settings, checkpoints and the curve so far; a stack keeps none.
        stop: asked after every step (of a stack: every epoch) whether to stop.
        progress: told as training goes on.

    Returns:
        One entry a trial, in their order. A loss that is not finite fails its trial, not the others.

    Raises:
        InputError: the data, the engine or the vicinities do not fit, an epoch is to be read off that there is not, or
            the folder holds another trial's checkpoint.
        Stopped: ``stop`` said so; what the folder holds is gone on from by the next call.
    """
    first = trials[0]
    if any(trial.task != first.task for trial in trials):
        raise ValueError(must_be("a stack", "trials of one task", "other trials"))
    check_read_at(first.task)
    engine = engine or Engine()
    if first.task.stacks:
        return run_stack(trials, data, engine=engine, stop=stop, progress=progress)
    if len(trials) > 1:
        raise ValueError(must_be(f"trials of {first.task.net}", "run one at a time", f"{len(trials)} at once"))
    run_one = run_gan if first.task.is_gan else run_single
    return [run_one(first, data, engine=engine, folder=folder, stop=stop, progress=progress)]
