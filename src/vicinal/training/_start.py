"""What a trial starts from: its net with the first weights, drawn by the seed, published, or from a file."""

from pathlib import Path

from torch import nn

from vicinal.data import Feed
from vicinal.models import build, load_weights
from vicinal.training._trial import Trial


def starting_net(trial: Trial, feed: Feed) -> nn.Module:
    """Return a trial's net with the weights that it starts from.

    Raises:
        InputError: no net is called so, or the weights cannot be had or do not fit.
    """
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
