"""One micro-batch of a step: mixed on the device, through the net, to a loss. Nothing here waits for the device."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal.vicinity import LatentDraw, OutsideDraw, Targets, seed_of, send

Place = tuple[int, int, int, int]
"""Seed, epoch, step and number of the lane: all that a draw and a mask of dropout follow from."""


def lane_loss(
    net: Callable[[Tensor], Tensor],
    vicinity: Any,
    x: Tensor,
    y: Tensor,
    *,
    place: Place,
    finish: Callable[[Tensor], Tensor] = lambda x: x,
    partners: tuple[Tensor, Tensor] | None = None,
    layers: Sequence[nn.Module] = (),
    label_smoothing: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Return the mean loss and the expected accuracy under mixing of one lane, both of shape ().

    The draw and the net take what is random from torch's default generator, seeded before each of them, so that
    anybody's vicinity and net are reproducible; the caller puts its state back.

    Args:
        net: maps (N, C, H, W) to logits (N, K).
        vicinity: anything with ``draw(n, *, y, device)``.
        x: inputs, floating, of shape (N, ...), on the device; they may be overwritten.
        y: class indices, int64, of shape (N,), on the host.
        place: of the lane.
        finish: makes what the net takes of inputs that have been mixed; they are that already if not given.
        partners: inputs and classes of the same shapes for draws that mix with partners from outside the batch.
        layers: the modules whose outputs are mixed by draws for a layer, that of layer 1 first.
        label_smoothing: share of the uniform distribution that is mixed into every target, in [0, 1].
    """
    _seed(x.device, "draw", *place)
    draw = vicinity.draw(len(y), y=y, device=x.device)
    x, targets = _mixed(draw, x, y, partners)
    _seed(x.device, "net", *place)
    with _mixing(draw, layers):
        logits = net(channels_last(finish(x)))
    criterion = partial(F.cross_entropy, label_smoothing=label_smoothing) if label_smoothing else F.cross_entropy
    loss = targets.loss(criterion, logits)
    return loss, _accuracy(targets, logits.detach())


def _mixed(draw: Any, x: Tensor, y: Tensor, partners: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Any]:
    """Return the inputs of the net and their targets."""
    labels = send(y, x.device)
    if isinstance(draw, OutsideDraw) and partners is not None:
        other, classes = partners
        return draw.mix(x, other), draw.targets(labels, send(classes, x.device))
    return x if isinstance(draw, LatentDraw) else draw.mix(x), draw.targets(labels)


def _mixing(draw: Any, layers: Sequence[nn.Module]) -> AbstractContextManager[None]:
    """Return a block in which the net mixes where the draw is for one of its layers."""
    return draw.at(layers[draw.layer - 1]) if isinstance(draw, LatentDraw) else nullcontext()


def _seed(device: torch.device, *counters: int | str) -> None:
    """Seed what is drawn from here and on the device; torch.manual_seed takes 150 µs where there is no GPU."""
    seed = seed_of(*counters)
    torch.default_generator.manual_seed(seed)
    if device.type != "cpu":
        torch.get_device_module(device).manual_seed(seed)


def channels_last(x: Tensor) -> Tensor:
    """Return images with the channels of a pixel side by side: a step of the small net takes 0.78 of the time."""
    return x.contiguous(memory_format=torch.channels_last)


def _accuracy(targets: Any, logits: Tensor) -> Tensor:
    """Return the expected accuracy, NaN for targets that know of none."""
    if not hasattr(targets, "accuracy") or (isinstance(targets, Targets) and targets.major.is_floating_point()):
        return logits.new_full((), torch.nan)
    return targets.accuracy(logits)
