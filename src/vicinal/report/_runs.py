"""Judged runs in a terminal: a table of figures, and a sentence a method; ``runs-schema.json`` says their JSON."""

from collections.abc import Iterator
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from vicinal.evidence import Gain, GainWord, JudgedRuns, MethodRuns
from vicinal.report._numbers import interval, number, precision
from vicinal.report._schema import schema_in
from vicinal.report._terminal import plain, wrapped

_SHAPES: Final[dict[GainWord, str]] = {
    "helps": "●",
    "hurts": "◆",
    "no difference that matters": "=",
    "no evidence": "○",
}
_STYLES: Final[dict[GainWord, str]] = {
    "helps": "bold green",
    "hurts": "bold red",
    "no difference that matters": "bold",
    "no evidence": "bold",
}
_INDENT: Final = 2


def show_runs(judged: JudgedRuns, console: Console) -> None:
    """Print what runs say: figures of every method, then its verdict, then what was guessed or left out.

    Args:
        judged: what was found.
        console: where to print.
    """
    better = "lower" if judged.lower_is_better else "higher"
    for line in wrapped(f"{judged.score}, {better} is better; gains are over {judged.baseline.name}", console.width):
        console.print(line)
    console.print()
    console.print(_table(judged))
    console.print()
    for line in _verdicts(judged, console.width):
        console.print(line)
    for note in judged.notes:
        for line in wrapped(note, console.width, "dim"):
            console.print(line)


def runs_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) that the document of all judged runs keeps."""
    return schema_in("runs-schema.json")


def _table(judged: JudgedRuns) -> Table:
    several = len(judged.methods) > 1
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("method")
    for name in ("n", "mean ± sd", "gain [95 %]", *(("all together", "p") if several else ("p",))):
        table.add_column(name, justify="right")
    digits = max((precision(each.gain.estimate) for each in judged.methods if each.gain), default=1)
    for each in (judged.baseline, *judged.methods):
        spread = "" if each.n == 1 else f" ± {number(each.sd, digits)}"
        cells = [each.name, f"{each.n}", f"{number(each.mean, digits)}{spread}"]
        table.add_row(*map(plain, cells + _gain(each, digits, several=several)))
    return table


def _gain(method: MethodRuns, digits: int, *, several: bool) -> list[str]:
    gain: Gain | None = method.gain
    if gain is None:
        return [""] * (3 if several else 2)
    mean, low, high = interval(gain.estimate, digits)
    _, least, most = interval(gain.simultaneous, digits)
    p = "–" if gain.p is None else "< 0.001" if gain.p < 0.001 else f"{gain.p:.3f}"
    together = [f"[{least}, {most}]" if least else ""] if several else []
    return [f"{mean} [{low}, {high}]" if low else mean, *together, p]


def _verdicts(judged: JudgedRuns, width: int) -> Iterator[Text]:
    for each in judged.methods:
        for place, line in enumerate(wrapped(each.sentence, width - _INDENT)):
            yield Text.assemble(" " * _INDENT if place else (f"{_SHAPES[each.word]} ", _STYLES[each.word]), line)
