"""A try of somebody's vicinity on a few rows, before anything is trained with it."""

import traceback
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import InputError, must_be
from vicinal.data import Data, Pictures, Points
from vicinal.vicinity import LatentDraw, OutsideDraw, discriminator_loss, tell_epoch, vicinity

ROWS = 4  # or all of them, where there are fewer


def rehearse(name: str, data: Data, few: tuple[Tensor, Tensor] | None = None) -> None:
    """Draw, mix and take a loss once.

    Args:
        name: the vicinity's name.
        data: what it is to be used on.
        few: some of its examples, where somebody has them: preparing them takes as long as preparing all.

    Raises:
        InputError: something fails, or what is returned is no mixed batch.
    """
    x, y = few or data.few(ROWS)
    with torch.random.fork_rng(devices=()):
        try:
            made = vicinity(name)
            tell_epoch(made, 0)
            draw = made.draw(len(y), y=y, device=x.device)
            for method in ("mix", "targets"):
                if not callable(getattr(draw, method, None)):
                    raise InputError(
                        must_be("what draw(n) returns", "something with mix(x) and targets(y)", repr(draw))
                    )
            mixed, targets = _mixed(draw, x, y, pictures=isinstance(data, Pictures))
            if not isinstance(mixed, Tensor) or mixed.shape != x.shape:
                found = f"shape {tuple(mixed.shape)}" if isinstance(mixed, Tensor) else repr(mixed)
                raise InputError(must_be("what mix(x) returns", f"a tensor of the shape of x, {tuple(x.shape)}", found))
            if not callable(getattr(targets, "loss", None)):
                raise InputError(
                    must_be("what targets(y) returns", "something with loss(criterion, output)", repr(targets))
                )
            if y.is_floating_point():
                targets.loss(F.mse_loss, torch.zeros(len(y)))
            else:
                targets.loss(F.cross_entropy, torch.zeros(len(y), len(data.classes)))
            if isinstance(data, Points):  # which a discriminator sees mixed with generated ones
                discriminator_loss(lambda points: points.sum(1), x, x, made.draw(len(y), y=y, device=x.device))
        except InputError as error:
            raise InputError(f"{name} cannot be used: {error}") from None
        except Exception as error:
            reason = f"{type(error).__name__}: {error}{place(error)}"
            raise InputError(f"{name} cannot be used on {data.name}: {reason}") from None


def _mixed(draw: Any, x: Tensor, y: Tensor, *, pictures: bool) -> tuple[Any, Any]:
    """Return what a draw makes of inputs and labels; trainers of nets for pictures mix layers and fetch partners."""
    if pictures and isinstance(draw, OutsideDraw):
        return draw.mix(x, x.flip(0)), draw.targets(y, y.flip(0))
    return x if pictures and isinstance(draw, LatentDraw) else draw.mix(x), draw.targets(y)


def place(error: Exception) -> str:
    """Say where somebody else's code raised, in brackets; our own errors say what is wrong."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    ours = Path(frame.filename).is_relative_to(Path(__file__).parents[1])
    return "" if ours else f" ({frame.filename}, line {frame.lineno})"
