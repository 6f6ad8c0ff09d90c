"""The feed of a trial: its data, divided and prepared as its task asks for."""

from typing import Any

import torch

from vicinal._errors import InputError, must_be
from vicinal.data import Feed, Pictures, Sounds
from vicinal.training._trial import Trial


def feed_of(trial: Trial, data: Pictures, *, device: str | torch.device, workers: int = 0) -> Feed:
    """Return what gives a trial its batches.

    Args:
        trial: whose task and seed decide.
        data: the task's data, loaded.
        device: where the batches are wanted.
        workers: processes that read photos.

    Raises:
        InputError: there are fewer examples than are asked for, or what is asked for is meant for other data.
    """
    task = trial.task
    if task.mix == "waveform" and not isinstance(data, Sounds):
        raise InputError(must_be(f"the mix of {task}", "left out for pictures", "waveform"))
    sounds: dict[str, Any] = {"mix": task.mix} if isinstance(data, Sounds) else {}
    return data.feed(
        seed=trial.seed,
        rows=task.rows,
        size=task.size,
        pad=task.pad,
        flip=task.flip,
        device=device,
        workers=workers,
        **sounds,
    )
