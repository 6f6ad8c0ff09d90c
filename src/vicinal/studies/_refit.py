"""The net that a comparison ends with: the winning method, trained on all rows."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from vicinal._numbers import count
from vicinal._steps import step
from vicinal.data import Data, Table
from vicinal.experiments import Comparison, MethodRow
from vicinal.models import MLP, hidden_units
from vicinal.studies._methods import Method
from vicinal.studies._own import Own
from vicinal.training import (
    OUTCOME,
    Engine,
    Finished,
    Progress,
    Stopped,
    Trial,
    begun,
    environment,
    failure_in,
    fit,
    identity,
    load,
    run,
    save,
    save_failure,
    start_over,
    table_inputs,
)
from vicinal.vicinity import vicinity

MODEL = "model"
"""The folder of that net, in that of the comparison, or of the trial that said how well such a net does."""


def net_in(folder: Path) -> Path:
    """Return the folder of the net: of a comparison the one that it ended with, else the folder itself."""
    return folder / MODEL if (folder / MODEL / OUTCOME).is_file() else folder


def forget_whole(folder: Path) -> None:
    """Let the net that was trained on all rows be none any more, since what it followed from is trained again."""
    start_over(folder / MODEL)


def learned_from(own: Own) -> str:
    """Return in words which examples the net that is kept is trained on."""
    return f"all {count(own.told.rows, 'row' if own.table is not None else 'example')}"


def winner(found: Comparison) -> str:
    """Return in words how the net that is kept is trained: by mixup at one α where it helps, else by plain training."""
    row = _won(found)
    how = f"mixup α = {found.chosen.alpha:g}" if row is found.picked and found.chosen else "plain training (ERM)"
    return f"{how}, {count(row.epochs or 1, 'epoch')}"


def _won(found: Comparison) -> MethodRow:
    helps = found.verdict == "helps" and found.chosen is not None
    return found.picked if helps and found.picked else found.erm


def refit(
    own: Own,
    methods: Sequence[Method],
    found: Comparison,
    out: Path,
    *,
    engine: Engine | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Progress = lambda share, text: None,  # noqa: ARG005
) -> str:
    """Train mixup, where it helps, at the α and length that validation chose most often, else ERM, and keep the net.

    It is trained on all that there is, see :func:`learned_from`. A net that is there already, trained in the same way,
    stays, unless :func:`forget_whole` was called; one of photos or sounds goes on from its checkpoint.

    Args:
        own: what is learned, all of it, where a sample was compared.
        methods: that were compared.
        found: what came of it.
        out: the folder of the comparison.
        engine: where and how to train; one CPU if not given.
        stop: asked now and then whether to stop.
        progress: told the share that is done.

    Returns:
        A sentence where it failed, and no net is there; "" where it is.

    Raises:
        Stopped: ``stop`` said so.
    """
    engine = engine or Engine()
    row = _won(found)
    alpha = found.chosen.alpha if row is found.picked and found.chosen else None
    name = next(method.vicinity for method in methods if method.alpha == alpha and not method.changes)
    task = replace(own.task, epochs=row.epochs or 1)
    with step(f"the net to keep, {name}"):
        if own.table is not None:
            return keep_whole(Trial(task, name, 0), own.table, out, engine=engine, stop=stop, progress=progress)
        data, divided = replace(own, task=task).whole()
        trial = Trial(divided, name, 0)

        def train() -> Finished:
            return run([trial], data, engine=engine, folder=out / MODEL, stop=stop, progress=progress)[0]

        return _kept(trial, data, out, train, engine=engine)


def keep_whole(
    trial: Trial,
    table: Table,
    out: Path,
    *,
    engine: Engine,
    stop: Callable[[], bool] = lambda: False,
    progress: Progress = lambda share, text: None,  # noqa: ARG005
) -> str:
    """Train on all rows of a table as a trial trains on its part of them, and keep the net in ``model``.

    Args:
        trial: on that table.
        table: its data.
        out: the folder that ``model`` is in.
        engine: where and how to train.
        stop: asked after every epoch whether to stop.
        progress: told then which share is done.

    Returns:
        A sentence where it failed, and no net is there; "" where it is.

    Raises:
        Stopped: ``stop`` said so; nothing is kept.
    """
    whole = replace(trial, task=replace(trial.task, rows=len(table), valid=0.0))
    return _kept(whole, table, out, lambda: _on_all_rows(whole, table, engine, stop, progress), engine=engine)


def _kept(trial: Trial, data: Data, out: Path, train: Callable[[], Finished], *, engine: Engine) -> str:
    """See that the net of a trial is in its folder, or say why there is none: what failed would fail again."""
    folder, mine = out / MODEL, identity(trial, data.fingerprint)
    if begun(folder) == mine:
        if load(folder, trial) is not None:
            return ""
        if failure := failure_in(folder, engine=engine):
            return failure
    else:
        start_over(folder)  # of another trial, whose checkpoint is none of this one's
    entry = train()
    if entry.failure:
        save_failure(folder, entry, fingerprint=data.fingerprint, engine=engine)
    else:
        save(folder, entry, fingerprint=data.fingerprint)
    return entry.failure


def _on_all_rows(trial: Trial, table: Table, engine: Engine, stop: Callable[[], bool], progress: Progress) -> Finished:
    started, parts, task = time.perf_counter(), table.whole(), trial.task
    x, y = (torch.from_numpy(each).unsqueeze(0).to(engine.device) for each in (parts.x_train, parts.y_train))
    sizes = [x.shape[2], *(hidden_units(task.net) or ()), len(parts.classes) or 1]
    net = MLP(sizes, seeds=[trial.seed]).to(engine.device)
    entry = Finished(trial)

    def after_epoch(epoch: int, loss: Tensor, broken: Tensor) -> None:
        step = int(broken[0])
        if step >= 0 and not entry.failure:
            entry.failure = f"{trial}, on all rows: the loss was not finite in epoch {epoch + 1}, step {step + 1}."
        entry.curve.append({"epoch": epoch + 1, "train_loss": float(loss[0])})
        progress((epoch + 1) / task.epochs, f"{trial} · training loss {float(loss[0]):.3g}")
        if stop():
            raise Stopped

    fit(
        net,
        x,
        y,
        vicinity=vicinity(trial.vicinity),
        seeds=[trial.seed],
        batch=task.batch,
        epochs=task.epochs,
        learning_rate=task.optimiser.learning_rate,
        weight_decay=task.optimiser.weight_decay,
        after_epoch=after_epoch,
    )
    if not entry.failure:
        entry.conclude(net.replica(0).state_dict(), {"rows_train": x.shape[1]})
        entry.inputs = table_inputs(table, parts)
        entry.environment = environment(engine, time.perf_counter() - started)
    return entry
