"""The net that a comparison ends with: the winning method, trained on all rows."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from vicinal.data import Table
from vicinal.experiments import Comparison
from vicinal.models import MLP, hidden_units
from vicinal.studies._methods import Method
from vicinal.studies._own import Own
from vicinal.training import OUTCOME, Engine, Finished, Trial, fit, run, save, table_inputs
from vicinal.vicinity import vicinity

MODEL = "model"
"""The folder of that net, in that of the comparison."""


def net_in(folder: Path) -> Path:
    """Return the folder of the net: of a comparison the one that it ended with, else the folder itself."""
    return folder / MODEL if (folder / MODEL / OUTCOME).is_file() else folder


def refit(own: Own, methods: Sequence[Method], found: Comparison, out: Path, *, engine: Engine | None = None) -> Path:
    """Train mixup, where it helps, at the α and length that validation chose most often, else ERM, and keep the net.

    A table is trained on whole; of a folder everything but its test part is.

    Args:
        own: what is learned.
        methods: that were compared.
        found: what came of it.
        out: the folder of the comparison.
        engine: where and how to train; one CPU if not given.

    Returns:
        The net's folder.
    """
    engine = engine or Engine()
    helps = found.verdict == "helps" and found.chosen is not None
    name = next(
        method.vicinity
        for method in methods
        if method.alpha == (found.chosen.alpha if helps and found.chosen else None) and not method.changes
    )
    row = found.picked if helps and found.picked else found.erm
    task = replace(own.task, epochs=row.epochs or 1, valid=0.0)
    folder = out / MODEL
    if own.table is not None:
        entry = _on_all_rows(Trial(replace(task, rows=len(own.table)), name, 0), own.table, engine)
    else:
        (entry,) = run([Trial(task, name, 0)], own.data, engine=engine)
    save(folder, entry, fingerprint=own.data.fingerprint)
    return folder


def _on_all_rows(trial: Trial, table: Table, engine: Engine) -> Finished:
    parts, task = table.whole(), trial.task
    x, y = (torch.from_numpy(each).unsqueeze(0).to(engine.device) for each in (parts.x_train, parts.y_train))
    sizes = [x.shape[2], *(hidden_units(task.net) or ()), len(parts.classes) or 1]
    net = MLP(sizes, seeds=[trial.seed]).to(engine.device)
    fit(
        net,
        x,
        y,
        vicinity=vicinity(trial.vicinity),
        seeds=[trial.seed],
        batch=task.batch,
        epochs=task.epochs,
        learning_rate=task.optimiser.learning_rate,
    )
    entry = Finished(trial)
    entry.conclude(net.replica(0).state_dict(), {"rows_train": x.shape[1]})
    entry.inputs = table_inputs(table, parts)
    return entry
