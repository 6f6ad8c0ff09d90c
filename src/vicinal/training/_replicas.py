"""A stack of trials of one small net, trained as replicas."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import InputError, must_be
from vicinal.data import Data, Parts, Tabular
from vicinal.models import MLP, hidden_units
from vicinal.training._engine import Engine
from vicinal.training._finished import Finished, environment
from vicinal.training._fit import fit
from vicinal.training._loop import Stopped
from vicinal.training._task import Task
from vicinal.training._trial import Trial
from vicinal.vicinity import Latent, Outside, members_of, vicinity


def run_stack(
    trials: Sequence[Trial],
    data: Data,
    *,
    engine: Engine,
    stop: Callable[[], bool],
    progress: Callable[[float, str], None],
) -> list[Finished]:
    """Train trials that differ in the seed only; a loss that is not finite fails its trial, not the others.

    Raises:
        InputError: the data are no table, or task or vicinity ask for what stacks do not have.
        Stopped: ``stop`` said so; nothing is kept, since a stack takes seconds.
    """
    if not isinstance(data, Tabular):
        raise InputError(must_be(f"the data of {trials[0].task.net}", "a table", data.name))
    task, name = trials[0].task, trials[0].vicinity
    drawn = vicinity(name)
    _check_stackable(task, drawn)
    started = time.perf_counter()
    parts = [data.parts(seed=trial.seed, raw=task.raw) for trial in trials]
    sizes = [parts[0].x_train.shape[1], *(hidden_units(task.net) or ()), len(parts[0].classes)]
    net = MLP(sizes, seeds=[trial.seed for trial in trials]).to(engine.device)
    finished = [Finished(trial) for trial in trials]
    test, valid = _part(parts, "test", engine.device), _part(parts, "valid", engine.device)

    def after_epoch(epoch: int, loss: Tensor, broken: Tensor) -> None:
        figures = {"train_loss": loss, **_errors(net, *test, "test"), **_errors(net, *valid, "valid")}
        columns = {key: values.tolist() for key, values in figures.items()}
        for r, (entry, step) in enumerate(zip(finished, broken.tolist(), strict=True)):
            entry.curve.append({"epoch": epoch + 1, **{key: values[r] for key, values in columns.items()}})
            if step >= 0 and not entry.failure:
                where = f"in epoch {epoch + 1}, step {step + 1}, at learning rate {task.optimiser.learning_rate:g}"
                entry.failure = f"{entry.trial}: the loss was not finite {where}."
        mean = sum(columns["test_error"]) / len(trials)
        progress((epoch + 1) / task.epochs, f"{task} · {name} · test error {mean:.1f} %")
        if stop():
            raise Stopped

    x, y = _part(parts, "train", engine.device)
    fit(
        net,
        x,
        y,
        vicinity=drawn,
        seeds=[trial.seed for trial in trials],
        batch=task.batch,
        epochs=task.epochs,
        learning_rate=task.optimiser.learning_rate,
        after_epoch=after_epoch,
    )
    seconds = (time.perf_counter() - started) / len(trials)
    for r, (entry, part) in enumerate(zip(finished, parts, strict=True)):
        if not entry.failure:
            rows = {f"rows_{which}": len(getattr(part, f"y_{which}")) for which in ("train", "valid", "test")}
            entry.conclude(net.replica(r).state_dict(), rows)
            entry.environment = environment(engine, seconds, stack=len(trials))
    return finished


def _check_stackable(task: Task, drawn: Any) -> None:
    """See that nothing is asked for that small nets on tables do not have and would leave out in silence."""
    for what in ("dropout", "label_smoothing", "label_noise"):
        if found := getattr(task, what):
            raise InputError(must_be(what.replace("_", " "), f"0 for {task.net}, a small net on a table", found))
    for each in members_of(drawn):
        if isinstance(each, Latent | Outside):
            raise InputError(must_be(f"the vicinity of {task.net}, a small net on a table,",
                                     "one that mixes the inputs of a batch with each other", repr(each)))  # fmt: skip


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
