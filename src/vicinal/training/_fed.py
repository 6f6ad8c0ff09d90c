"""The feed that a trial asks its data for; nets that have been trained are measured on the same one."""

from typing import Any

import torch

from vicinal._errors import InputError, must_be
from vicinal.data import CorruptedFeed, Feed, FewerTested, Pictures, RelabelledFeed, Sounds, chosen, corrupt_labels
from vicinal.training._trial import Trial
from vicinal.vicinity import seed_of


def fed(trial: Trial, data: Pictures, *, device: str | torch.device, workers: int = 0) -> Feed:
    """Return the feed of a trial; trials of one seed have the same parts, and labels that are corrupted alike.

    Parts are divided first, then rows are drawn to train on, then labels are corrupted.

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
    shares = {name: share for name, share in (("valid", task.valid), ("test", task.test)) if share}
    feed = data.feed(
        seed=trial.seed,
        rows=task.rows,
        size=task.size,
        pad=task.pad,
        flip=task.flip,
        device=device,
        workers=workers,
        **shares,
        **sounds,
    )
    if task.test_rows is not None:
        feed = FewerTested(feed, chosen(data.name, feed.labels("test"), task.test_rows, trial.seed, "test"))
    if not task.label_noise:
        return feed
    options = {"classes": torch.arange(len(feed.classes)), "symmetric": task.symmetric_noise}
    train = corrupt_labels(feed.labels("train"), task.label_noise, seed=trial.seed, **options)
    if not task.valid:
        return CorruptedFeed(feed, train.labels, train.replaced)
    seed = seed_of("valid", trial.seed)  # who has noisy labels chooses by noisy labels, as of a table
    valid = corrupt_labels(feed.labels("valid"), task.label_noise, seed=seed, **options)
    return RelabelledFeed(feed, {"train": train.labels, "valid": valid.labels})
