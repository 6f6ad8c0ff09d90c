"""What is told of one net: page and terminal tell the same, whole and safe."""

import dataclasses
import io
import re
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console

from vicinal.experiments import Sheet
from vicinal.report import sheet_page, show_sheet, write_sheet

PAGE = Path("a folder with a name that is longer than a line of the terminal can ever hold/diagnosis.html")


def printed(sheet: Sheet, **options: object) -> str:
    file = io.StringIO()
    show_sheet(sheet, Console(file=file, **({"width": 80} | options)), page=PAGE)  # pyright: ignore[reportArgumentType]
    return file.getvalue()


def test_page_needs_nothing_else_and_runs_no_script(sheet: Sheet) -> None:
    source = sheet_page(sheet)
    assert set(re.findall(r"https?://[^\"'\s)]+", source)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in source
    assert "<script" not in source
    ids = re.findall(r'\bid="([^"]+)"', source)
    assert len(set(ids)) == len(ids)


def test_page_and_terminal_tell_everything(sheet: Sheet) -> None:
    source, text = sheet_page(sheet).replace("\u00a0", " "), " ".join(printed(sheet).replace("\u00a0", " ").split())
    both = (*sheet.headline, *sheet.circumstances, *sheet.doubts, *sheet.provenance)
    facts = [getattr(fact, name) for fact in sheet.facts for name in ("name", "figure")]
    for said in (*both, *facts, "1 min 1 s on 2 cores", "torch 2.14.1"):
        assert said.replace("<", "&lt;").replace(">", "&gt;") in source, said
        assert said in text, said
    assert sheet.facts[0].remark in text
    for chapter in sheet.chapters:
        assert f"{chapter.title}</h2>" in source
        assert chapter.question in source
        assert chapter.picture.caption.replace("<", "&lt;").replace(">", "&gt;") in source
    assert sheet.command.replace("<", "&lt;").replace(">", "&gt;") in source


def test_eighty_columns_are_enough(sheet: Sheet) -> None:
    *lines, last = printed(sheet).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert last == str(PAGE)


def test_figures_stand_below_figures(sheet: Sheet) -> None:
    lines = printed(sheet).splitlines()
    found = [(fact, line) for fact in sheet.facts for line in lines if line.startswith(f"{fact.name} ")]
    assert len(found) == len(sheet.facts)
    assert len({line.index(fact.figure) + len(fact.figure) for fact, line in found}) == 1


def test_piped_it_is_plain_text(sheet: Sheet) -> None:
    text = printed(sheet)
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert "\x1b[1m" in printed(sheet, force_terminal=True, color_system="standard")


def test_nothing_of_a_users_steers_the_terminal(sheet: Sheet) -> None:
    hit = dataclasses.replace(sheet, provenance=("a\x1b[31mb",), doubts=("[bold]c\rd",))
    text = printed(hit)
    assert "\x1b" not in text
    assert "\r" not in text
    assert "[bold]c d" in text


def test_a_sheet_without_doubts_and_attacks_is_a_page_as_well(sheet: Sheet, tmp_path: Path) -> None:
    fewer = dataclasses.replace(sheet, doubts=(), chapters=sheet.chapters[:1])
    source = write_sheet(fewer, tmp_path / "x.html").read_text(encoding="utf-8")
    assert source.count("<h2") == 1
    assert 'role="note"' not in source


def test_page_is_the_same_each_time(sheet: Sheet) -> None:
    assert sheet_page(sheet) == sheet_page(sheet)
