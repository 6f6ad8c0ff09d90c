"""What a net was trained to take: how the columns of a later file become the numbers that it knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError, must_be
from vicinal.data._column import Column, brief, numbers, plain, words
from vicinal.data._prepare import MISSING, Categories, Scale, coded, encoded
from vicinal.data._raw_table import RawTable

FORMAT = 1
_NAMED = 5


@dataclass(frozen=True, eq=False)
class Encoded:
    """Rows of a file as a net takes them.

    Args:
        x: of shape (N, D).
        notes: cells that could not be taken for what they are, a sentence for each column.
    """

    x: NDArray[np.float32]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Encoding:
    """Columns in the order that a net takes them, with all that was fitted on the rows that it was trained on.

    Args:
        columns: P columns that become one number, then Q categories.
        scale: of the P.
        categories: of the Q.
    """

    columns: tuple[Column, ...]
    scale: Scale
    categories: Categories

    def settings(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        scale = {name: getattr(self.scale, name).tolist() for name in ("medians", "means", "deviations", "varies")}
        columns = [column.settings() for column in self.columns]
        return {"format": FORMAT, "columns": columns, **scale, "categories": [list(names) for names in self.categories]}

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Encoding":
        """Return the encoding of these settings.

        Raises:
            InputError: they are of another format.
        """
        if settings.get("format") != FORMAT:
            raise InputError(must_be("the encoding of a table", f"of format {FORMAT}", settings.get("format")))
        fitted = (np.array(settings[name], dtype=np.float64) for name in ("medians", "means", "deviations", "varies"))
        categories = tuple(tuple(names) for names in settings["categories"])
        return cls(tuple(map(Column.of, settings["columns"])), Scale(*fitted), categories)

    def rows(self, raw: RawTable) -> NDArray[np.float32]:
        """Return every row as the net takes it; see :meth:`encoded`, which also says what it could not take."""
        return self.encoded(raw).x

    def encoded(self, raw: RawTable) -> Encoded:
        """Return every row as the net takes it: shape (N, D).

        Columns are found by their names, in any order; others are passed over. A number that is missing, or is none, is
        the median of the rows trained on; a category that was not there is none of those that were.

        Raises:
            InputError: a column is missing.
        """
        missing = [column.name for column in self.columns if column.name not in raw.columns.columns]
        if missing:
            listed = ", ".join(map(brief, missing[:_NAMED])) + (
                f" and {len(missing) - _NAMED} more" * (len(missing) > _NAMED)
            )
            sentence = must_be("the table", "one with the columns that the net was trained on", f"none called {listed}")
            raise InputError(f"{raw.name}: {sentence}")
        numeric = np.empty((len(raw.columns), len(self.columns) - len(self.categories)))
        words_of = np.empty((len(raw.columns), len(self.categories)), dtype=object)
        for place, column in enumerate(self.columns):
            if place < numeric.shape[1]:
                numeric[:, place] = numbers(raw.columns[column.name], column)
            else:
                words_of[:, place - numeric.shape[1]] = words(raw.columns[column.name], column)
        codes = coded(words_of, self.categories)
        notes = tuple(self._told(raw, numeric, codes, words_of))
        return Encoded(encoded(numeric, codes, self.scale, self.categories), notes)

    def _told(
        self,
        raw: RawTable,
        numeric: NDArray[np.float64],
        codes: NDArray[np.int32],
        words_of: NDArray[np.object_],
    ) -> Iterator[str]:
        """Yield a sentence for each column that has cells which are there and could not be taken."""
        for place, column in enumerate(self.columns):
            if place < numeric.shape[1]:
                there = plain(raw.columns[column.name]).is_not_null().to_numpy()
                lost = np.isnan(numeric[:, place]) & there
                what = {
                    "number": "no numbers",
                    "boolean": f"neither of {', '.join(column.words)}",
                    "date": "no such dates",
                }
                taken = f"{what.get(column.kind)}: taken as missing"
            else:
                at = place - numeric.shape[1]
                lost = (codes[:, at] < 0) & (words_of[:, at] != MISSING)
                taken = "categories that were not there in training: taken as none of them"
            if lost.any():
                row = int(lost.argmax())
                first = f'the first: "{brief(str(raw.columns[column.name][row]))}"'
                cells = f"{int(lost.sum()):,} of {len(lost):,} cells of {brief(column.name)}"
                yield f"{cells} ({first}) are {taken}."
