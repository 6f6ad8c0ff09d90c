"""A table kept in one file: its numbers as tensors, all else as JSON in the file's head."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from vicinal._errors import InputError, must_be
from vicinal._files import write_with
from vicinal.data._column import Column
from vicinal.data._picture import shown
from vicinal.data._prepare import MISSING, categories_of, coded
from vicinal.data._table import Table

ENDING = "table.safetensors"
"""How the name of such a file ends."""
FORMAT = 1
_OPTIONAL = ("groups", "times", "test")


def save_table(path: str | Path, table: Table) -> Path:
    """Write a table to a file, whose name must end in ``table.safetensors``, and return its path.

    Raises:
        InputError: the name ends otherwise.
    """
    place = Path(path)
    if not place.name.endswith(ENDING):
        raise InputError(must_be("the name of a table's file", f"one that ends in {ENDING}", place.name))
    categories = categories_of(table.categorical)
    tensors: dict[str, NDArray[Any]] = {
        "numeric": table.numeric,
        "categorical": coded(table.categorical, categories),
        "target": table.target,
    }
    tensors |= {name: given for name in _OPTIONAL if (given := getattr(table, name)) is not None}
    head = {
        "format": FORMAT,
        "name": table.name,
        "numeric_names": table.numeric_names,
        "categorical_names": table.categorical_names,
        "categories": categories,
        "classes": table.classes,
        "target_name": table.target_name,
        "columns": [column.settings() for column in table.columns],
        "notes": table.notes,
        "warnings": table.warnings,
    }
    contiguous = {name: np.ascontiguousarray(values) for name, values in tensors.items()}
    metadata = {"table": json.dumps(head)}
    return write_with(place, lambda partial: save_file(contiguous, partial, metadata=metadata))


def load_table(path: str | Path) -> Table:
    """Read a table that :func:`save_table` wrote; its fingerprint is the same.

    Raises:
        InputError: there is no such file, or it holds something else.
    """
    place = Path(path)
    try:
        with safe_open(place, framework="numpy") as file:
            head = json.loads((file.metadata() or {}).get("table", "null"))
            if not isinstance(head, dict) or head.get("format") != FORMAT:
                raise ValueError
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
        return _table(head, tensors)
    except FileNotFoundError:
        raise InputError(must_be(shown(place), "a table's file", "nothing")) from None
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, IndexError):
        raise InputError(must_be(shown(place), "a table's file", "something else", "Write it again")) from None


def _table(head: dict[str, Any], tensors: dict[str, NDArray[Any]]) -> Table:
    codes = tensors["categorical"]
    categorical = np.empty(codes.shape, dtype=object)
    for column, names in enumerate(head["categories"]):
        categorical[:, column] = np.array([*names, MISSING], dtype=object)[codes[:, column]]  # −1 is the last
    return Table(
        name=head["name"],
        numeric=tensors["numeric"],
        numeric_names=tuple(head["numeric_names"]),
        categorical=categorical,
        categorical_names=tuple(head["categorical_names"]),
        target=tensors["target"],
        classes=tuple(head["classes"]),
        target_name=head["target_name"],
        columns=tuple(map(Column.of, head["columns"])),
        notes=tuple(head["notes"]),
        warnings=tuple(head["warnings"]),
        **{name: tensors.get(name) for name in _OPTIONAL},
    )
