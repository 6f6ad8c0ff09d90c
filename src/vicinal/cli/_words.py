"""The kinds of words that commands take, each with what it must be."""

from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

Experiments = Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="EXPERIMENT")]
Vicinities = Annotated[tyro.conf.UseAppendAction[tuple[str, ...]], tyro.conf.arg(metavar="VICINITY")]
Folder = Annotated[Path, tyro.conf.arg(metavar="DIR")]
FirstFolder = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]
FirstData = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="DATA")]
Files = Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
MaybeFolder = Annotated[Path | None, tyro.conf.arg(metavar="DIR")]
MaybeFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]
Scale = Literal["smoke", "laptop", "paper"]
Device = Literal["auto", "cpu", "cuda", "mps"]


def _integer(least: int) -> Any:
    """Return how an integer at or above ``least`` is read; None may be its default."""

    def read(words: list[str]) -> int:
        if not words[0].isdecimal() or int(words[0]) < least:
            raise ValueError(f"an integer ≥ {least}")
        return int(words[0])

    return tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="N",
        instance_from_str=read,
        is_instance=lambda value: value is None or isinstance(value, int),
        str_from_instance=lambda value: ["automatic" if value is None else str(value)],
    )


def _positive(words: list[str]) -> float:
    """Read a number above 0, or say what it must be."""
    try:
        number = float(words[0])
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError("a number > 0")
    return number


def _number(words: list[str]) -> float:
    """Read a number at or above 0, or say what it must be."""
    try:
        return 0.0 if float(words[0]) == 0 else _positive(words)
    except ValueError:
        raise ValueError("a number ≥ 0") from None


def _real(read: Any) -> Any:
    return tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="X",
        instance_from_str=read,
        is_instance=lambda value: value is None or isinstance(value, float),
        str_from_instance=lambda value: ["automatic" if value is None else f"{value:g}"],
    )


Count = Annotated[int, _integer(1)]
MaybeCount = Annotated[int | None, _integer(1)]
CountFromZero = Annotated[int, _integer(0)]
MaybeSide = Annotated[int | None, _integer(8)]
"""Pixels: no net takes fewer than eight on a side."""
MaybeAlpha = Annotated[float | None, _real(_number)]
Minutes = Annotated[float, _real(_positive)]
MaybeRate = Annotated[float | None, _real(_positive)]
