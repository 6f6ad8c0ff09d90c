"""Trials in, outcomes out: the only place that trains."""

import math
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import must_be
from vicinal._version import __version__
from vicinal.data import Data, Parts
from vicinal.measure import MEASURES
from vicinal.models import MLP
from vicinal.training._fit import fit
from vicinal.training._task import Task
from vicinal.training._trial import Trial
from vicinal.vicinity import vicinity

Progress = Callable[[float, str], None]
"""Called with the share done in [0, 1] and the figure of the moment."""


@dataclass
class Finished:
    """What training left of one trial; ``failure`` is empty where it went well."""

    trial: Trial
    figures: dict[str, float] = field(default_factory=dict)
    curve: list[dict[str, float]] = field(default_factory=list)
    weights: dict[str, Tensor] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    failure: str = ""


def run(
    trials: Sequence[Trial], data: Data, *, device: str = "cpu", progress: Progress | None = None
) -> list[Finished]:
    """Train one trial, or a stack: several that differ in the seed only.

    Args:
        trials: of one task and one vicinity.
        data: the task's data, loaded.
        device: where to train.
        progress: told after each epoch.

    Returns:
        One entry a trial, in their order. A loss that is not finite fails its trial, not the others.
    """
    task, name = trials[0].task, trials[0].vicinity
    if any(trial.task != task or trial.vicinity != name for trial in trials):
        raise ValueError(must_be("a stack", "trials that differ in the seed only", "other trials"))
    started = time.perf_counter()
    parts = [data.parts(seed=trial.seed, raw=task.raw) for trial in trials]
    sizes = [parts[0].x_train.shape[1], *task.hidden, len(parts[0].classes)]
    net = MLP(sizes, seeds=[trial.seed for trial in trials]).to(device)
    finished = [Finished(trial) for trial in trials]
    test, valid = _part(parts, "test", device), _part(parts, "valid", device)

    def after_epoch(epoch: int, loss: Tensor, broken: Tensor) -> None:
        figures = {"train_loss": loss, **_errors(net, *test, "test"), **_errors(net, *valid, "valid")}
        columns = {key: values.tolist() for key, values in figures.items()}
        for r, (entry, step) in enumerate(zip(finished, broken.tolist(), strict=True)):
            entry.curve.append({"epoch": epoch + 1, **{key: values[r] for key, values in columns.items()}})
            if step >= 0 and not entry.failure:
                entry.failure = (
                    f"{entry.trial}: the loss was not finite in epoch {epoch + 1}, step {step + 1}, "
                    f"at learning rate {task.learning_rate:g}."
                )
        if progress is not None:
            mean = sum(columns["test_error"]) / len(trials)
            progress((epoch + 1) / task.epochs, f"{task.data} · {name} · test error {mean:.1f} %")

    x, y = _part(parts, "train", device)
    fit(
        net,
        x,
        y,
        vicinity=vicinity(name),
        seeds=[trial.seed for trial in trials],
        batch=task.batch,
        epochs=task.epochs,
        learning_rate=task.learning_rate,
        after_epoch=after_epoch,
    )
    seconds = time.perf_counter() - started
    for r, (entry, part) in enumerate(zip(finished, parts, strict=True)):
        if not entry.failure:
            _conclude(entry, net, r, part, task)
            entry.environment = _environment(device, seconds / len(trials), len(trials))
    return finished


def _conclude(entry: Finished, net: MLP, r: int, parts: Parts, task: Task) -> None:
    """Fill in the final figures, the measures and the weights of replica ``r``."""
    single = net.replica(r).eval()
    entry.figures = {key: value for key, value in entry.curve[-1].items() if key != "epoch"}
    entry.figures |= {f"rows_{which}": len(getattr(parts, f"y_{which}")) for which in ("train", "valid", "test")}
    for measure in task.measures:
        entry.figures.update(MEASURES[measure](single))
    entry.weights = {key: value.contiguous() for key, value in single.state_dict().items()}


def _part(parts: Sequence[Parts], which: str, device: str) -> tuple[Tensor, Tensor]:
    x = torch.stack([torch.from_numpy(getattr(part, f"x_{which}")) for part in parts])
    y = torch.stack([torch.from_numpy(getattr(part, f"y_{which}")) for part in parts])
    return x.to(device), y.to(device)


@torch.no_grad()
def _errors(net: MLP, x: Tensor, y: Tensor, which: str) -> dict[str, Tensor]:
    """Return each replica's error in per cent and its negative log-likelihood in nats; nothing for an empty part."""
    if not y.numel():
        return {}
    logits = net.eval()(x)
    net.train()
    nll = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="none").unflatten(0, y.shape)
    return {f"{which}_error": 100 * (logits.argmax(2) != y).float().mean(1), f"{which}_nll": nll.mean(1)}


def _environment(device: str, seconds: float, stack: int) -> dict[str, Any]:
    return {
        "vicinal": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "device": torch.cuda.get_device_name() if device == "cuda" else device,
        "seconds": round(seconds, 3) if math.isfinite(seconds) else None,
        "stack": stack,
    }
