"""Whether mixup helps on somebody's data, told: as a page of its own, and in a terminal."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from vicinal._files import write
from vicinal._numbers import count, duration
from vicinal.evidence import Word, doubt
from vicinal.experiments import ComparedWord, Comparison
from vicinal.report._forest import marks
from vicinal.report._grid import grid
from vicinal.report._layout import lay
from vicinal.report._numbers import in_words
from vicinal.report._page import environment
from vicinal.report._pictured import alphas, gains, scenarios, unit
from vicinal.report._schema import schema_in
from vicinal.report._snippet import snippets
from vicinal.report._style import DARK, LIGHT
from vicinal.report._tabled import TOGETHER, table
from vicinal.report._terminal import STYLES, drawn, plain, wrapped

_LOOKS: Final[Mapping[ComparedWord, Word]] = {
    "helps": "supported",
    "hurts": "contradicted",
    "no difference that matters": "undecided",
    "no evidence": "undecided",
}
"""A claim's word that looks like a comparison's."""


def comparison_page(comparison: Comparison) -> str:
    """Return the whole page; whatever came from a user is escaped."""
    return (
        environment()
        .get_template("comparison.html.jinja")
        .render(
            comparison=comparison,
            look=_LOOKS[comparison.verdict],
            circumstances=list(_circumstances(comparison)),
            gains=gains(comparison),
            alphas=alphas(comparison),
            scenarios=scenarios(comparison),
            tabled={"title": "the methods", "table": table(comparison)},
            together=_together(comparison),
            snippets=snippets(comparison),
            light=LIGHT,
            dark=DARK,
        )
    )


def write_comparison(comparison: Comparison, path: Path) -> Path:
    """Write the page, in one step, and return the path."""
    return write(path, comparison_page(comparison))


def comparison_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) that the document of every comparison keeps."""
    return schema_in("comparison-schema.json")


def show_comparison(comparison: Comparison, console: Console, *, page: Path | None = None) -> None:
    """Print what the page tells, in the same order, and last where the page is.

    Args:
        comparison: what was found.
        console: where to print; plain text where it is no terminal.
        page: the page that has been written; None where there is none.
    """
    for line in _lines(comparison, console.width):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    if page is not None:
        console.print(Text(str(page)), soft_wrap=True)


def _circumstances(found: Comparison) -> Iterator[str]:
    """Yield on what, from how much and where, in a few pieces."""
    data, machine = found.data, found.machine
    yield data.name
    if data.kind != "code":
        noun = {"table": "row", "photos": "photo", "sounds": "sound"}[data.kind]
        columns = f" × {count(data.columns, 'column')}" if data.kind == "table" else ""
        yield f"{count(data.rows, noun)}{columns}"
        yield f"{len(data.classes)} classes" if data.classes else data.task or ""
    yield count(found.splits, found.repetition)
    where = count(machine.cores, "core") if machine.device == "cpu" else machine.device
    yield f"{duration(found.seconds)} on {where}"
    yield f"torch {machine.torch.partition('+')[0]}"


def _together(found: Comparison) -> str:
    return TOGETHER if any(row.simultaneous is not None for row in found.rows) else ""


def _lines(found: Comparison, width: int) -> Iterator[Text]:
    word = _LOOKS[found.verdict]
    yield from wrapped(found.sentence, width, STYLES[word])
    unbroken = " · ".join(_circumstances(found)).replace(" ", "\xa0").replace("·\xa0", "· ")
    yield from wrapped(unbroken, width, "dim")
    if found.gain is not None:
        figures = f"{in_words(found.gain)} {unit(found)}"
        if doubt(found.gain):
            yield plain(f"gain {figures}, positive is better")
        else:
            drawing = drawn(marks(found.gain), word)
            yield Text.assemble((drawing, STYLES[word]), "  ", plain(f"{figures}, better to the right"))
    for failure in found.failures:
        yield from wrapped(failure, width, "red")
    for warning in found.data.warnings:
        yield from wrapped(warning, width, "yellow")
    if found.also:
        yield Text()
    for sentence in found.also:
        yield from wrapped(sentence, width)
    yield Text()
    layout = lay(table(found))
    yield from map(plain, grid(layout, width))
    yield from wrapped(layout.legend, width, "dim")
    yield from wrapped(_together(found), width, "dim")
    yield Text()
    for note in found.data.notes:
        yield from wrapped(note, width, "dim")
