"""The kinds of words that commands take, each with what it must be."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from vicinal.cli._known import DATA_SETS, EXPERIMENT_NAMES, METHODS, NET_NAMES


@dataclass(frozen=True)
class Offers:
    """What a shell offers to complete an argument with, beside what its type says.

    Args:
        words: names that it may be.
        paths: whether it may be a file or a folder as well.
    """

    words: tuple[str, ...] = ()
    paths: bool = False


Experiments = Annotated[
    tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="[EXPERIMENT ...]"), Offers(EXPERIMENT_NAMES)
]
Vicinities = Annotated[tyro.conf.UseAppendAction[tuple[str, ...]], tyro.conf.arg(metavar="VICINITY"), Offers(METHODS)]
OneVicinity = Annotated[str, tyro.conf.arg(metavar="VICINITY"), Offers(METHODS)]
Folder = Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
FirstFolder = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")]
FirstRun = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN|WEIGHTS")]
SecondData = Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="[DATA]"), Offers(DATA_SETS, paths=True)]
FirstData = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="DATA"), Offers(DATA_SETS, paths=True)]
FirstOwnData = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="DATA"), Offers(paths=True)]
Files = Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="FILE [FILE ...]")]
FirstFile = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
Column = Annotated[str, tyro.conf.arg(metavar="COLUMN")]
MaybeColumn = Annotated[str | None, tyro.conf.arg(metavar="COLUMN")]
MaybeFolder = Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")]
MaybeFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]
MaybeNet = Annotated[str | None, tyro.conf.arg(metavar="NET"), Offers(NET_NAMES)]
MaybeMetric = Annotated[str | None, tyro.conf.arg(metavar="METRIC")]
MaybeMethod = Annotated[str | None, tyro.conf.arg(metavar="METHOD")]
MaybeRegex = Annotated[str | None, tyro.conf.arg(metavar="REGEX")]
MaybeEncoding = Annotated[str | None, tyro.conf.arg(metavar="ENCODING"), Offers(("utf-8", "cp949", "cp1252", "utf-16"))]
MaybeCheckpoints = Annotated[str | None, tyro.conf.arg(metavar="NAME=FILE,...")]
MaybeRows = Annotated[str | None, tyro.conf.arg(metavar="ROW,ROW")]
MaybePoints = Annotated[
    str | None, tyro.conf.arg(metavar="NAME|FILE"), Offers(("ring", "grid", "swiss-roll"), paths=True)
]
Strategy = Annotated[str, tyro.conf.arg(metavar="NAME"), Offers(("auto", "ddp", "fsdp"))]
MaybeHeader = Literal["yes", "no"] | None
Scale = Literal["smoke", "laptop", "paper"]
Lang = Literal["en", "ko"]
"""A language of the report."""
Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["32", "bf16-mixed", "16-mixed", "64"]


def _integer(least: int, most: float = math.inf) -> Any:
    """Return how an integer from ``least`` to ``most`` is read; None may be its default."""

    def read(words: list[str]) -> int:
        if not words[0].isdecimal() or int(words[0]) < least:
            raise ValueError(f"an integer ≥ {least}")
        if int(words[0]) > most:
            raise ValueError(f"an integer ≤ {most}")
        return int(words[0])

    return tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="N",
        instance_from_str=read,
        is_instance=lambda value: value is None or isinstance(value, int),
        str_from_instance=lambda value: ["automatic" if value is None else str(value)],
    )


def _one(what: str, good: Callable[[float], bool]) -> Callable[[list[str]], float]:
    """Return how a number that is good is read, or is told what it must be."""

    def read(words: list[str]) -> float:
        try:
            number = float(words[0])
        except ValueError:
            number = math.nan
        if not good(number):
            raise ValueError(what)
        return number

    return read


_positive = _one("a number > 0", lambda x: 0 < x < math.inf)
_throughput = _one("a number of examples a second, from 1e-6 to 1e12", lambda x: 1e-6 <= x <= 1e12)
"""No time that follows from it is endless."""


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


def _numbers(what: str, good: Callable[[float], bool]) -> Any:
    """Return how numbers with commas between them are read, each of which is good."""

    def read(words: list[str]) -> tuple[float, ...]:
        try:
            found = tuple(float(word) for word in words[0].split(","))
        except ValueError:
            found = ()
        if not found or not all(map(good, found)):  # NaN is good for nothing
            raise ValueError(f"{what} with commas between them")
        return found

    return tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="X,X",
        instance_from_str=read,
        is_instance=lambda value: value is None or isinstance(value, tuple),
        str_from_instance=lambda value: ["automatic" if value is None else ",".join(f"{each:g}" for each in value)],
    )


def _minutes(words: list[str]) -> float:
    """Read a length of time, or say what it must be."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(s|m|min|h)", words[0].strip().lower())
    minutes = float(found[1]) * {"s": 1 / 60, "m": 1, "min": 1, "h": 60}[found[2]] if found else 0.0
    if not minutes:
        raise ValueError("a length of time as 90s, 2m or 1h")
    return minutes


def _several(words: list[str]) -> tuple[str, ...]:
    """Read names with commas between them."""
    found = tuple(name for word in words[0].split(",") if (name := word.strip()))
    if not found:
        raise ValueError("names with commas between them")
    return found


def _share(words: list[str]) -> tuple[int, int]:
    """Read which share of how many, or say what it must be."""
    found = re.fullmatch(r"([0-9]+)/([0-9]+)", words[0])
    number, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= of:
        raise ValueError("K/N, the K-th of N shares, K from 1 to N")
    return number, of


def _address(words: list[str]) -> str:
    """Read where a cluster is, or say what it must be; nothing is as good."""
    if words and not re.fullmatch(r"[^\s:/]+:[0-9]+", words[0]):
        raise ValueError("followed by HOST:PORT, or by nothing, behind the names of what is asked for")
    return words[0] if words else ""


Count = Annotated[int, _integer(1)]
MaybeCount = Annotated[int | None, _integer(1)]
CountFromZero = Annotated[int, _integer(0)]
MaybeSide = Annotated[int | None, _integer(8, 4096)]
"""Pixels: no net takes fewer than eight on a side, and a minibatch of larger images than 4,096 fits no machine."""
MaybeAlpha = Annotated[float | None, _real(_number)]
Minutes = Annotated[float, _real(_positive)]
Sizes = Annotated[tuple[float, ...], _numbers("numbers from 0 to 255", lambda x: 0 <= x <= 255)]
"""Of changes to a picture, in shades of 255."""
MaybeMeans = Annotated[tuple[float, ...] | None, _numbers("numbers", math.isfinite)]
MaybeDeviations = Annotated[tuple[float, ...] | None, _numbers("numbers > 0", lambda x: 0 < x < math.inf)]
MaybeThroughput = Annotated[float | None, _real(_throughput)]
Alphas = Annotated[tuple[float, ...], _numbers("numbers > 0", lambda x: 0 < x < math.inf)]
Shares = Annotated[tuple[float, ...], _numbers("shares above 0, up to 1,", lambda x: 0 < x <= 1)]
MaybeAmount = Annotated[float | None, _real(_positive)]
Duration = Annotated[
    float,
    tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="TIME",
        instance_from_str=_minutes,
        is_instance=lambda value: isinstance(value, float),
        str_from_instance=lambda value: [f"{value:g}m"],
    ),
]
"""In minutes."""
MaybeShare = Annotated[
    tuple[int, int] | None,
    tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="K/N",
        instance_from_str=_share,
        is_instance=lambda value: value is None or isinstance(value, tuple),
        str_from_instance=lambda value: ["all" if value is None else "{}/{}".format(*value)],
    ),
]
MaybeAddress = Annotated[
    str | None,
    tyro.constructors.PrimitiveConstructorSpec(
        nargs=(0, 1),
        metavar="[HOST:PORT]",
        instance_from_str=_address,
        is_instance=lambda value: value is None or isinstance(value, str),
        str_from_instance=lambda value: ["none" if value is None else value],
    ),
]
"""Of a cluster, which is asked for with or without one."""
Columns = Annotated[
    tuple[str, ...],
    tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="NAME,NAME",
        instance_from_str=_several,
        is_instance=lambda value: isinstance(value, tuple),
        str_from_instance=lambda value: [",".join(value) or "none"],
    ),
]
