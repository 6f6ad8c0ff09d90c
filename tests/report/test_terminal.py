"""The same story in characters."""

import dataclasses
import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from vicinal.evidence import Effect
from vicinal.experiments import Results
from vicinal.report import headline, show
from vicinal.report._forest import marks
from vicinal.report._grid import grid
from vicinal.report._layout import lay
from vicinal.report._terminal import drawn

PAGE = Path("runs/a folder with a name that is longer than a line of the terminal can ever hold at once/report.html")


def printed(results: Results, **options: object) -> str:
    file = io.StringIO()
    show(results, Console(file=file, **({"width": 80} | options)), page=PAGE)  # pyright: ignore[reportArgumentType]
    return file.getvalue()


def test_eighty_columns_are_enough(results: Results) -> None:
    *lines, last = printed(results).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert last == str(PAGE)


@pytest.mark.parametrize("width", [80, 120])
def test_korean_letters_count_for_two_columns(results: Results, width: int) -> None:
    """Verdicts take sixteen columns, whatever their letters; figures of a column end below each other."""
    file = io.StringIO()
    show(results, Console(file=file, width=width), page=PAGE, lang="ko")
    *lines, last = file.getvalue().splitlines()
    assert last == str(PAGE)
    assert max(map(cell_len, lines)) <= width
    verdicts = [line for line in lines if line[:1] in "●◆○–" and line[2:5] in ("지지됨", "반박됨", "미결정", "미실행")]
    assert len(verdicts) == 12
    assert all(line[5:13] == " " * 8 and line[13] != " " for line in verdicts)
    ends = {cell_len(line.rstrip()) for line in lines if line.startswith("  mixup α=0.")}
    assert len(ends) <= 1


def test_piped_it_is_plain_text(results: Results) -> None:
    text = printed(results)
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_no_color_is_honoured(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[1;32m" in printed(results, force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;32m" not in printed(results, force_terminal=True, color_system="standard")


def test_story_is_told_in_its_order(results: Results) -> None:
    text, place = " ".join(printed(results).split()), 0
    for said in (
        *headline(results),
        *(finding.sentence for result in results.experiments for finding in result.findings),
        *(result.question for result in results.experiments),
    ):
        words = said.split()[:2] if len(said) > 60 else said.split()
        place = text.index(" ".join(words), place)


def test_bad_news_is_printed(results: Results) -> None:
    text = " ".join(printed(results).split())
    for result in results.experiments:
        for said in (*result.failures, *result.warnings):
            assert said in text
    assert "◆ contradicted" in text
    assert "2 trials failed" in text


def test_no_name_steers_the_terminal(results: Results) -> None:
    first = results.experiments[0]
    hit = dataclasses.replace(first, question="\x1b[2J\x07 [red]q[/red] \u202e :smile:", failures=("\x1b]0;x\x07",))
    text = printed(dataclasses.replace(results, experiments=(hit,)))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "[red]q[/red]" in text
    assert ":smile:" in text


@pytest.mark.parametrize("width", [20, 40, 56, 80, 120, 300])
def test_every_column_of_a_table_is_printed_once(results: Results, width: int) -> None:
    for result in results.experiments:
        layout = lay(result.table)
        lines = list(grid(layout, width))
        for laid in layout.columns[1:]:
            for figure, spread in laid.cells:
                assert figure.strip() in " ".join(lines)
                assert spread.replace("\u2007", " ").rstrip() in "\n".join(lines)
        widest = max(max(cell_len(a + b) for a, b in laid.cells) for laid in layout.columns[1:])
        assert max(map(cell_len, lines)) <= max(width, width // 2 + widest + 14)


@pytest.mark.parametrize(
    ("effect", "line"),
    [
        (Effect(0.0, 0.0, 5), "           ○"),
        (Effect(1.0, 0.0, 5), "           │         ○"),
        (Effect(-1.0, 0.0, 5), " ○         │"),
        (Effect(0.0, 1.0, 5), " ━━━━━━━━━━○━━━━━━━━━━"),
    ],
)
def test_little_lines(effect: Effect, line: str) -> None:
    assert drawn(marks(effect), "undecided").rstrip() == line


def test_opposite_effects_are_mirrored() -> None:
    for mean in (0.1, 0.5, 2.0):
        right, left = (drawn(marks(Effect(sign * mean, 0.7, 5)), "undecided") for sign in (1, -1))
        assert right == left[::-1]
        assert len(right) == 23
