"""The report in a terminal of 80 columns or more; where output is no terminal it is plain text."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from vicinal._numbers import count
from vicinal.evidence import Word
from vicinal.experiments import ExperimentResult, Finding, Results
from vicinal.report._forest import Marks, figures, remark, shown
from vicinal.report._grid import grid
from vicinal.report._headline import headline
from vicinal.report._in_language import in_language
from vicinal.report._language import Lang, Language, language
from vicinal.report._layout import lay
from vicinal.report._lines import lines

_SHAPES: Final[dict[Word, str]] = {"supported": "●", "contradicted": "◆", "undecided": "○", "not run": "–"}
STYLES: Final[dict[Word, str]] = {
    "supported": "bold green",
    "contradicted": "bold red",
    "undecided": "bold",
    "not run": "bold",
}
_MARGIN: Final = 16
_LINE: Final = 23


def show(results: Results, console: Console, *, page: Path, lang: Lang = "en") -> None:
    """Print what the page tells, in the same order, and last where the page is.

    Args:
        results: what was found.
        console: where to print.
        page: the page that has been written.
        lang: the language, ``"en"`` or ``"ko"``.
    """
    say = language(lang)
    for line in _lines(in_language(results, say), console.width, say):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    console.print(Text(str(page)), soft_wrap=True)


def _lines(results: Results, width: int, say: Language) -> Iterator[Text]:
    claims, circumstances = map(say, headline(results))
    yield from wrapped(claims, width, "bold")
    unbroken = circumstances.replace(" ", "\xa0").replace("·\xa0", "· ")
    yield from wrapped(unbroken, width, "dim")
    yield Text()
    for result in results.experiments:
        for finding in result.findings:
            yield from _row(finding, width, say)
    for result in results.experiments:
        yield Text()
        yield from _section(result, width, say)
    yield Text()


def _row(finding: Finding, width: int, say: Language) -> Iterator[Text]:
    word, marks = finding.verdict.word, shown(finding)
    said = list(wrapped(finding.sentence, width - _MARGIN))
    if marks:
        said.append(Text.assemble((drawn(marks, word), STYLES[word]), "  ", plain(figures(finding))))
    said += wrapped(remark(finding), width - _MARGIN, "dim")
    verdict = Text(set_cell_size(f"{_SHAPES[word]} {say(word)}", _MARGIN), style=STYLES[word])
    for number, line in enumerate(said):
        yield Text.assemble(" " * _MARGIN if number else verdict, line)


def _section(result: ExperimentResult, width: int, say: Language) -> Iterator[Text]:
    yield Text.assemble((result.title, "bold"), (f"  {result.section}", "dim"))
    yield from wrapped(result.question, width)
    if result.differs:
        yield from wrapped(f"{say('Not the paper’s setting:')} {result.differs}", width, "italic")
    if result.failures:
        failed = say(f"{count(result.counts.failed, 'trial')} failed")
        yield Text(f"{failed}:", style="bold red")
    for failure in result.failures:
        yield from wrapped(failure, width, "red")
    for warning in result.warnings:
        yield from wrapped(warning, width, "yellow")
    yield Text()
    layout = lay(result.table)
    yield from map(plain, grid(layout, width))
    yield from wrapped(say(layout.legend), width, "dim")


def wrapped(text: str, width: int, style: str = "") -> Iterator[Text]:
    """Yield the lines of a text that is broken between words, not before a per cent sign."""
    return (plain(line, style) for line in lines(text.replace(" %", "\xa0%"), max(width, _LINE)))


def plain(text: str, style: str = "") -> Text:
    """Return text in which no character steers the terminal, since names come from users' files."""
    return Text("".join(letter if letter.isprintable() else " " for letter in text), style=style)


def drawn(marks: Marks, word: Word) -> str:
    """Return a dot with its interval against zero in characters, zero in their middle."""
    low, dot, high = (round(share * (_LINE - 1)) for share in (marks.low, marks.mean, marks.high))
    zero = _LINE // 2
    cells = [" "] * _LINE
    cells[low : high + 1] = ("━" if marks.bounded else "╌") * (high + 1 - low)
    cells[zero] = "┿" if low <= zero <= high else "│"
    cells[dot] = _SHAPES[word]
    return "".join(cells)
