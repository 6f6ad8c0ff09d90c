"""What is told of one net: as a page like the report's, and in a terminal."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from vicinal._files import write
from vicinal._numbers import count, duration
from vicinal.experiments import Sheet
from vicinal.report._page import environment
from vicinal.report._style import DARK, LIGHT
from vicinal.report._terminal import plain, wrapped

_GAP: Final = "  "


def sheet_page(sheet: Sheet) -> str:
    """Return the whole page; whatever came from a user is escaped."""
    return (
        environment()
        .get_template("sheet.html.jinja")
        .render(sheet=sheet, circumstances=circumstances(sheet), light=LIGHT, dark=DARK)
    )


def write_sheet(sheet: Sheet, path: Path) -> Path:
    """Write the page, in one step, and return the path."""
    return write(path, sheet_page(sheet))


def show_sheet(sheet: Sheet, console: Console, *, page: Path) -> None:
    """Print what the page tells, in the same order, and last where the page is.

    Args:
        sheet: what was found.
        console: where to print; plain text where it is no terminal.
        page: the page that has been written.
    """
    for line in _lines(sheet, console.width):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    console.print(Text(str(page)), soft_wrap=True)


def circumstances(sheet: Sheet) -> tuple[str, ...]:
    """Return of what net, on what and where, in a few pieces."""
    machine = sheet.machine
    where = count(machine.cores, "core") if machine.device == "cpu" else machine.device
    torch = f"torch {machine.torch.partition('+')[0]}"
    return (*sheet.circumstances, f"{duration(sheet.seconds)} on {where}", torch)


def _lines(sheet: Sheet, width: int) -> Iterator[Text]:
    yield from wrapped(", ".join(sheet.headline), width, "bold")
    unbroken = " · ".join(circumstances(sheet)).replace(" ", "\xa0").replace("·\xa0", "· ")
    yield from wrapped(unbroken, width, "dim")
    for doubt in sheet.doubts:
        yield from wrapped(doubt, width, "yellow")
    yield Text()
    yield from _facts(sheet, width)
    yield Text()
    for sentence in sheet.provenance:
        yield from wrapped(sentence, width, "dim")


def _facts(sheet: Sheet, width: int) -> Iterator[Text]:
    """Yield a line for each figure: its name, the figure, what to compare it with, each in its column."""
    names, figures = (max(len(getattr(fact, column)) for fact in sheet.facts) for column in ("name", "figure"))
    margin = names + figures + 2 * len(_GAP)
    for fact in sheet.facts:
        first, *rest = textwrap.wrap(fact.remark, max(width - margin, 20)) or [""]
        yield Text.assemble(
            plain(fact.name.ljust(names)),
            _GAP,
            plain(fact.figure.rjust(figures), "bold"),
            *((_GAP, plain(first, "dim")) if first else ()),
        )
        for line in rest:
            yield plain(" " * margin + line, "dim")
