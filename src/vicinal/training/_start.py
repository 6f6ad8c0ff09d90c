"""What a trial starts from: its net with the first weights, drawn by the seed, published, or from a file."""

import warnings
from pathlib import Path

from torch import nn

from vicinal._errors import InputError
from vicinal.data import Feed
from vicinal.models import FreshLayer, build, load_weights
from vicinal.training._trial import Trial


def starting_net(trial: Trial, feed: Feed) -> nn.Module:
    """Return a trial's net with the weights that it starts from.

    Where they are of a net with other classes its last layer is left fresh, of which a
    :class:`vicinal.models.FreshLayer` warns.

    Raises:
        InputError: no net is called so, the weights cannot be had or do not fit, or a last layer that would be left
            fresh is never trained, since the trial has no epochs.
    """
    if trial.task.epochs:
        return _made(trial, feed)
    with warnings.catch_warnings():
        warnings.simplefilter("error", FreshLayer)
        try:
            return _made(trial, feed)
        except FreshLayer as told:
            raise InputError(f"{told} It would not be trained: give a net of the same classes.") from None


def _made(trial: Trial, feed: Feed) -> nn.Module:
    task, (channels, *size) = trial.task, feed.shape
    start, pretrained = task.start, task.start == "pretrained"
    net = build(
        task.net,
        classes=len(feed.classes),
        channels=channels,
        size=(size[0], size[1]),
        seed=trial.seed,
        dropout=task.dropout,
        pretrained=pretrained,
    )
    if start and not pretrained:
        load_weights(net, Path(start))
    return net
