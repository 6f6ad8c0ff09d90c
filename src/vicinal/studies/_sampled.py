"""A table of which there is no time for all rows: a part of it, drawn class by class, stands for it."""

from dataclasses import replace

import numpy as np

from vicinal.data import Table, cut
from vicinal.studies._own import Own


def sampled(own: Own, rows: int) -> Own:
    """Return a table with so many rows to train on, and as many fewer to validate and to test on.

    The parts keep their proportions: an interval that is corrected for the overlap of the splits stays what it is.

    Args:
        own: a table and what is said of it.
        rows: that a net is trained on.
    """
    table = own.table
    assert table is not None
    n, every = len(table), np.arange(len(table))
    strata = np.zeros(n, dtype=np.int64) if table.is_regression else table.target.astype(np.int64)
    picked = cut(every, strata, max(1, round(rows / own.trained * n)), np.random.default_rng(0))[1]
    note = f"A sample of {len(picked):,} of the {n:,} rows is used, of every class its share: there is no time for all."
    fewer = replace(_of(table, picked), notes=(*table.notes, note))
    parts = fewer.targets(seed=0)
    told = replace(own.told, rows=len(fewer), notes=(*own.told.notes, note))
    return replace(own, data=fewer, told=told, trained=len(parts["train"]), tested=len(parts["test"]))


def _of(table: Table, rows: np.ndarray) -> Table:
    given = {name: getattr(table, name) for name in ("groups", "times", "test")}
    return replace(
        table,
        numeric=table.numeric[rows],
        categorical=table.categorical[rows],
        target=table.target[rows],
        **{name: each[rows] for name, each in given.items() if each is not None},
    )
