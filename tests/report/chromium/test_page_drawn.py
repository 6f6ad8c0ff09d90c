"""The page in a real browser: quiet, drawn, and no wider than its window."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vicinal.experiments._result import Results
from vicinal.report import write_page

if TYPE_CHECKING:
    from conftest import Chromium  # pyright: ignore[reportMissingImports]

WINDOWS = [(390, False), (390, True), (1280, False), (1280, True)]


@pytest.fixture(scope="module")
def path(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_page(results, tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture(params=WINDOWS, ids=lambda each: f"{each[0]}-{'dark' if each[1] else 'light'}")
def opened(request: pytest.FixtureRequest, chromium: "Chromium", path: Path) -> "Chromium":
    width, dark = request.param
    chromium.open(path, width=width, dark=dark)
    return chromium


def test_browser_has_nothing_to_complain_about_and_fetches_nothing(opened: "Chromium") -> None:
    assert opened.messages == []


def test_page_is_never_wider_than_its_window(opened: "Chromium") -> None:
    opened.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert opened.value("document.documentElement.scrollWidth - innerWidth") <= 0


def test_figures_are_drawn(opened: "Chromium") -> None:
    sizes = opened.value(
        "[...document.querySelectorAll('figure svg')].map(e => e.getBoundingClientRect())"
        ".filter(box => box.width).map(box => [box.width, box.height])"
    )
    assert len(sizes) == 2
    assert all(width > 300 and height > 200 for width, height in sizes)
    images = opened.value(
        "Promise.all([...document.querySelectorAll('figure image')].map(e => fetchless(e)))"
        .replace("fetchless(e)", "new Promise(done => { const i = new Image(); i.onload = () => done(i.width);"
        " i.onerror = () => done(0); i.src = e.getAttribute('href') })")
    )  # fmt: skip
    assert len(images) == 8
    assert min(images) > 50


def test_text_of_the_figures_can_be_read(opened: "Chromium") -> None:
    heights = opened.value(
        "[...document.querySelectorAll('figure text')].map(e => e.getBoundingClientRect().height).filter(h => h)"
    )
    assert min(heights) >= 10


def test_every_row_leads_to_its_section(opened: "Chromium") -> None:
    tops = opened.value(
        "[...document.querySelectorAll('a.row')].map(e => { e.click();"
        " return document.querySelector(e.getAttribute('href')) === document.querySelector(':target') })"
    )
    assert len(tops) == 12
    assert all(tops)


def test_colours_follow_the_readers_preference(opened: "Chromium", request: pytest.FixtureRequest) -> None:
    dark = "dark" in request.node.name
    ground = opened.value("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    text = opened.value("getComputedStyle(document.querySelector('figure .wide text')).fill.match(/\\d+/g).map(Number)")
    assert (sum(ground) < sum(text)) == dark


def test_hostile_names_are_shown_and_not_run(opened: "Chromium") -> None:
    assert opened.value("document.scripts.length") == 0
    assert "<script>alert(1)</script>" in opened.value("document.body.innerText")


def test_check_can_fail(chromium: "Chromium", path: Path, tmp_path: Path) -> None:
    source = path.read_text(encoding="utf-8").replace(
        "<main>", '<main><p style="width: 2000px">.</p><script>0</script>'
    )
    broken = tmp_path / "broken.html"
    broken.write_text(source, encoding="utf-8")
    chromium.open(broken, width=390)
    assert chromium.value("document.documentElement.scrollWidth - innerWidth") > 0
    assert any("Content Security Policy" in message for message in chromium.messages)


def test_print_shows_what_is_folded(chromium: "Chromium", path: Path) -> None:
    chromium.open(path, width=1280, media="print")
    assert chromium.value("document.querySelector('details pre').checkVisibility({contentVisibilityAuto: true})")
