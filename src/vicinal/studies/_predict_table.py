"""What a net that was trained on a table says of the rows of another one."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be, unknown
from vicinal.data import Encoding, RawTable, read_table
from vicinal.training import inputs_of, trained_net

AT_ONCE = 10_000
"""Rows that are computed together."""
_SAID = ("prediction", "probability")


@dataclass(frozen=True, eq=False)
class TableAnswers:
    """What is said of N rows.

    Args:
        raw: the rows as they stand in the file.
        answers: the class's name, or the number, of each.
        probability: of that class, in [0, 1], of shape (N,); None where a number is predicted.
        notes: what was guessed of the file, and what of it the net could not take.
    """

    raw: RawTable
    answers: list[Any]
    probability: NDArray[np.float64] | None
    notes: tuple[str, ...]

    def rows(self, keep: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """Return a row an answer: columns of the file that are kept, the prediction, its probability.

        Raises:
            InputError: the file has no such column, or it is called as what is said of it.
        """
        for name in keep:
            if name in _SAID:
                raise InputError(must_be("--keep", f"of columns that are not called {' or '.join(_SAID)}, as the "
                                         "answers are", f'"{name}"', "Rename it in the file"))  # fmt: skip
            if name not in self.raw.columns.columns:
                raise InputError(unknown(f"column of {self.raw.name}", name, self.raw.columns.columns))
        kept = {name: self.raw.columns[name].to_list() for name in keep}
        told = {**kept, "prediction": self.answers}
        if self.probability is not None:
            told["probability"] = np.round(self.probability, 6).tolist()
        return [dict(zip(told, values, strict=True)) for values in zip(*told.values(), strict=True)]


def is_of_table(run: Path) -> bool:
    """Tell whether a folder holds a net that was trained on a table."""
    return "encoding" in inputs_of(run)


def _whole(raw: RawTable) -> RawTable:
    """Return a table with its empty columns, in which everything is missing: a net may have been trained on them."""
    return replace(raw, columns=raw.columns.with_columns(pl.lit(None, pl.String).alias(name) for name in raw.empty))


def predict_table(run: Path, file: Path, *, encoding: str | None = None, header: bool | None = None) -> TableAnswers:
    """Return what a net says of every row of a file.

    Args:
        run: the folder of a trial on a table.
        file: a table with the columns that the net was trained on, in any order; it need not have the target.
        encoding: of a text file; found out if not given.
        header: whether a text file has one; found out if not given.

    Raises:
        InputError: the file cannot be read or lacks a column, or the folder holds no such net.
    """
    inputs, net = inputs_of(run), trained_net(run)
    raw = _whole(read_table(file, encoding=encoding, header=header))
    taken = Encoding.of(inputs["encoding"]).encoded(raw)
    with torch.inference_mode():
        outputs = torch.cat([net(part) for part in torch.from_numpy(taken.x).split(AT_ONCE)])
    notes = (*raw.notes, *taken.notes)
    if not inputs["classes"]:
        values = inputs["target"]["mean"] + inputs["target"]["sd"] * outputs[:, 0].double()
        return TableAnswers(raw, values.tolist(), None, notes)
    probability, best = outputs.double().softmax(1).max(1)
    return TableAnswers(raw, [inputs["classes"][k] for k in best.tolist()], probability.numpy(), notes)
