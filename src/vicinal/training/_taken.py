"""What a measure of a trained net gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vicinal.training._outcome import Row


@dataclass(frozen=True)
class Taken:
    """What a measure gave: figures by name, and rows where it is taken along a line."""

    figures: Mapping[str, float]
    series: Sequence[Row] = ()
