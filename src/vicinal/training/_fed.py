"""The feed that a trial asks its data for; nets that have been trained are measured on the same one."""

from typing import Any

import torch

from vicinal._errors import InputError, must_be
from vicinal.data import CorruptedFeed, Feed, Pictures, Sounds, corrupt_labels, held_out
from vicinal.training._trial import Trial


def fed(trial: Trial, data: Pictures, *, device: str | torch.device, workers: int = 0) -> Feed:
    """Return the feed of a trial; the labels of trials of one seed are corrupted alike.

    Args:
        trial: what is trained.
        data: its data, loaded.
        device: where the batches are wanted.
        workers: processes that read files; 0 reads in this one.

    Raises:
        InputError: there are fewer examples than the task asks for, or what it asks for is meant for other data.
    """
    task = trial.task
    if task.mix == "waveform" and not isinstance(data, Sounds):
        raise InputError(must_be(f"the mix of {task}", "left out for pictures", "waveform"))
    sounds: dict[str, Any] = {"mix": task.mix} if isinstance(data, Sounds) else {}
    feed = data.feed(
        seed=trial.seed,
        rows=task.rows,
        size=task.size,
        pad=task.pad,
        flip=task.flip,
        device=device,
        workers=workers,
        **sounds,
    )
    if task.label_noise:
        classes = torch.arange(len(feed.classes))
        corrupted = corrupt_labels(
            feed.labels("train"), task.label_noise, seed=trial.seed, classes=classes, symmetric=task.symmetric_noise
        )
        feed = CorruptedFeed(feed, corrupted.labels, corrupted.replaced)
    return held_out(feed, task.valid, seed=trial.seed) if task.valid and not feed.size("valid") else feed
