"""A stack of trials of one small net, trained as replicas."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data import Data, Parts, Table, Tabular
from vicinal.models import MLP, hidden_units
from vicinal.training._answers import called
from vicinal.training._engine import Engine
from vicinal.training._finished import Finished, environment
from vicinal.training._fit import fit
from vicinal.training._loop import Stopped
from vicinal.training._optimiser import Adam
from vicinal.training._schedule import Schedule
from vicinal.training._stack_part import StackPart
from vicinal.training._task import Task
from vicinal.training._trial import Trial
from vicinal.vicinity import Latent, Mixup, Outside, members_of, vicinity


def run_stack(
    trials: Sequence[Trial],
    data: Data,
    *,
    engine: Engine,
    stop: Callable[[], bool],
    progress: Callable[[float, str], None],
) -> list[Finished]:
    """Train trials of one task; a loss that is not finite fails its trial, not the others.

    Trials of one seed share its rows, whatever their vicinities.

    Raises:
        InputError: the data are no table, task or vicinity ask for what stacks do not have, or vicinities differ that
            cannot be trained in one stack.
        Stopped: ``stop`` said so; nothing is kept, since a stack takes seconds.
    """
    task = trials[0].task
    if not isinstance(data, Tabular):
        raise InputError(must_be(f"the data of {task.net}", "a table", data.name))
    names = list(dict.fromkeys(trial.vicinity for trial in trials))
    drawn = {name: vicinity(name) for name in names}
    _check_stackable(task, data, drawn.values())
    started = time.perf_counter()
    seeds = list(dict.fromkeys(trial.seed for trial in trials))
    sets = [seeds.index(trial.seed) for trial in trials]
    parts = [_parts(data, task, seed) for seed in seeds]
    train, valid, test = (
        StackPart.of(parts, part, sets=sets, device=engine.device) for part in ("train", "valid", "test")
    )
    judged = [part for part in (test, valid) if part.y.numel()]
    sizes = [train.x.shape[2], *(hidden_units(task.net) or ()), len(parts[0].classes) or 1]
    inputs = [table_inputs(data, part, raw=task.raw) for part in parts]
    del parts  # each part is stacked now, and a large table need not be there twice
    net = MLP(sizes, seeds=[trial.seed for trial in trials]).to(engine.device)
    finished = [Finished(trial) for trial in trials]
    kept: list[dict[str, Tensor]] = [{} for _ in trials]

    def after_epoch(epoch: int, loss: Tensor, broken: Tensor) -> None:
        figures = {"train_loss": loss}
        for part in judged:
            outputs = part.outputs(net)
            figures |= part.figures(outputs)
            if epoch + 1 in task.read_at:
                for mine, answers in zip(kept, part.answers(outputs), strict=True):
                    mine[called(part.name, epoch + 1)] = answers.clone()
        columns = {key: values.tolist() for key, values in figures.items()}
        for r, (entry, step) in enumerate(zip(finished, broken.tolist(), strict=True)):
            entry.curve.append({"epoch": epoch + 1, **{key: values[r] for key, values in columns.items()}})
            if step >= 0 and not entry.failure:
                where = f"in epoch {epoch + 1}, step {step + 1}, at learning rate {task.optimiser.learning_rate:g}"
                entry.failure = f"{entry.trial}: the loss was not finite {where}."
        progress((epoch + 1) / task.epochs, f"{task} · {_listed(names)} · {_shown(columns)}")
        if stop():
            raise Stopped

    fit(
        net,
        train.x,
        train.y,
        vicinity=[drawn[trial.vicinity] for trial in trials],
        seeds=[trial.seed for trial in trials],
        sets=sets,
        batch=task.batch,
        epochs=task.epochs,
        learning_rate=task.optimiser.learning_rate,
        weight_decay=task.optimiser.weight_decay,
        dropout=task.dropout,
        label_smoothing=task.label_smoothing,
        after_epoch=after_epoch,
    )
    seconds = (time.perf_counter() - started) / len(trials)
    for r, entry in enumerate(finished):
        if not entry.failure:
            rows = {f"rows_{part.name}": part.x.shape[1] for part in (train, valid, test)}
            entry.conclude(net.replica(r).state_dict(), rows)
            for part in judged if task.read_at else ():
                kept[r] |= part.told(r)
            entry.kept, entry.inputs = kept[r], inputs[sets[r]]
            entry.environment = environment(engine, seconds, stack=len(trials))
    return finished


def _check_stackable(task: Task, data: Tabular, vicinities: Any) -> None:
    """See that nothing is asked for that small nets on tables do not have and would leave out in silence."""
    small = f"{task.net}, a small net on a table"
    if not isinstance(task.optimiser, Adam):
        raise InputError(must_be(f"the optimiser of {small},", "Adam", type(task.optimiser).__name__))
    if task.schedule != Schedule():
        raise InputError(must_be(f"the schedule of {small},", "left out", repr(task.schedule)))
    if task.test_rows is not None:
        raise InputError(must_be(f"the rows tested on of {small},", "left out", task.test_rows))
    if task.symmetric_noise:
        raise InputError(must_be(f"the label noise of {small},", "of all classes", "of the others"))
    if (task.rows is not None or task.label_noise) and not isinstance(data, Table):
        raise InputError(must_be("the data of which rows or labels are changed", "a table of rows", data.name))
    numbers = not data.classes
    for what, found in (("label smoothing", task.label_smoothing), ("label noise", task.label_noise)):
        if numbers and found:
            raise InputError(must_be(what, f"0 for {data.name}, where a number is predicted", found))
    for each in (member for one in vicinities for member in members_of(one)):
        if isinstance(each, Latent | Outside):
            raise InputError(must_be(f"the vicinity of {small},",
                                     "one that mixes the inputs of a batch with each other", repr(each)))  # fmt: skip
        if numbers and isinstance(each, Mixup) and each.partner in ("other-class", "same-class"):
            raise InputError(must_be(f"the partners of {data.name}, where a number is predicted,",
                                     "drawn without a look at classes", repr(each)))  # fmt: skip


def _parts(data: Tabular, task: Task, seed: int) -> Parts:
    if isinstance(data, Table):
        return data.parts(seed=seed, raw=task.raw, rows=task.rows, label_noise=task.label_noise)
    return data.parts(seed=seed, raw=task.raw)


def table_inputs(data: Tabular, part: Parts, *, raw: bool = False) -> dict[str, Any]:
    """Return how a net is to be fed that was trained on these rows, and what its outputs mean."""
    inputs: dict[str, Any] = {"classes": list(part.classes)}
    if isinstance(data, Table) and not raw:
        inputs["encoding"] = data.encoding(part.rows_train).settings()
    if not part.classes:
        inputs["target"] = {"mean": part.target_mean, "sd": part.target_sd}
    return inputs


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} vicinities"


def _shown(columns: Mapping[str, Sequence[float]]) -> str:
    """Return the figure of the moment, a mean over the stack."""
    name = "test_rmse" if "test_rmse" in columns else "test_error"
    mean = sum(columns[name]) / len(columns[name])
    return f"test RMSE {mean:.3g}" if name == "test_rmse" else f"test error {mean:.1f} %"
