"""One trial that somebody asks for by itself, in this process; its folder is the one that is named."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vicinal._errors import InputError
from vicinal._steps import LOG
from vicinal.studies._rehearse import rehearse
from vicinal.training import (
    BEGUN,
    Engine,
    Outcome,
    Trial,
    begun,
    check_same,
    forget,
    identity,
    load,
    run,
    save,
    start_over,
)


def train(
    trial: Trial,
    data: Any,
    folder: Path,
    *,
    engine: Engine,
    resume: bool = False,
    fresh: bool = False,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[float, str], None] = lambda share, text: None,  # noqa: ARG005
) -> tuple[Outcome | None, str]:
    """Train a trial in a folder of its own, from its checkpoint where it is asked to go on.

    Args:
        trial: what is trained.
        data: its data, loaded.
        folder: the trial's; it is made if it is not there.
        engine: where and how.
        resume: go on from the checkpoint in the folder; where there is none, begin.
        fresh: begin anew whatever the folder holds.
        stop: asked after every step whether to stop.
        progress: told as training goes on.

    Returns:
        The outcome, or None and a sentence where the trial failed. In a process that is not the first of several, None
        and "".

    Raises:
        InputError: the folder holds another trial, or one that was stopped and ``resume`` is not set; or the vicinity
            does not work on these data.
        Stopped: ``stop`` said so; the folder holds a checkpoint.
    """
    finished = None if fresh else load(folder, trial)
    if not fresh:
        _check(folder, identity(trial, data.fingerprint), unfinished=finished is None, resume=resume)
    if finished is not None:
        LOG.info("found finished in %s", folder)
        return finished, ""
    rehearse(trial.vicinity, data)
    if engine.is_first and fresh:
        start_over(folder)
    elif engine.is_first and not resume:
        forget(folder)
    LOG.info("into %s, on %s", folder, engine.device)
    (entry,) = run([trial], data, engine=engine, folder=folder, stop=stop, progress=progress)
    if entry.failure or not engine.is_first:
        return None, entry.failure
    save(folder, entry, fingerprint=data.fingerprint)
    return load(folder, trial), ""


def untaught(outcome: Outcome, classes: int) -> str:
    """Return a sentence where a net is no better than chance, as far as its test part tells; "" where it is.

    Args:
        outcome: of a net for pictures or sounds.
        classes: how many it tells apart.
    """
    chance, n = 100 * (1 - 1 / classes), outcome.figures["rows_test"]
    if outcome.figures["test_error"] < chance - 2 * math.sqrt(chance * (100 - chance) / n):
        return ""
    said = f"Guessing among {classes} classes errs in {chance:.1f} %"
    return f"{said}: the net has learned next to nothing yet. Train longer, with more --epochs."


def _check(folder: Path, mine: Mapping[str, Any], *, unfinished: bool, resume: bool) -> None:
    """See that a folder holds nothing, this trial finished, or this trial and the wish to go on with it.

    Raises:
        InputError: it does not.
    """
    found = begun(folder)
    if found is None or not any(path.name != BEGUN and not path.name.startswith(".") for path in folder.iterdir()):
        return  # nothing was begun, or it got nowhere
    check_same(folder, found, mine)
    if unfinished and not resume:
        text = f"{folder} holds this trial, stopped before its end"
        raise InputError(f"{text}. Go on with --resume, or begin anew with --fresh.")
