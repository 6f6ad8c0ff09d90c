"""The page in a real browser: quiet, drawn, and no wider than its window."""

import dataclasses
import itertools
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from _chromium import Chromium

from vicinal.evidence import Effect, Part, all_of, judge
from vicinal.experiments import Comparison, Film, Results, Sampled, Scenario, Sheet, Stages
from vicinal.report import write_comparison, write_page, write_sheet

WINDOWS = [(390, False), (390, True), (1280, False), (1280, True)]


@pytest.fixture(scope="module")
def path(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_page(results, tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture(params=WINDOWS, ids=lambda each: f"{each[0]}-{'dark' if each[1] else 'light'}")
def opened(request: pytest.FixtureRequest, chromium: Chromium, path: Path) -> Chromium:
    width, dark = request.param
    chromium.open(path, width=width, dark=dark)
    return chromium


def test_browser_has_nothing_to_complain_about_and_fetches_nothing(opened: Chromium) -> None:
    assert opened.messages == []


def test_page_is_never_wider_than_its_window(opened: Chromium) -> None:
    opened.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert opened.value("document.documentElement.scrollWidth - innerWidth") <= 0


def test_figures_are_drawn(opened: Chromium) -> None:
    sizes = opened.value(
        "[...document.querySelectorAll('figure svg')].map(e => e.getBoundingClientRect())"
        ".filter(box => box.width).map(box => [box.width, box.height])"
    )
    assert len(sizes) == 4
    assert all(width > 300 and height > 170 for width, height in sizes)


def test_words_of_a_figure_neither_meet_nor_leave_it(opened: Chromium) -> None:
    assert check_words(opened) == 4


def check_words(opened: Chromium) -> int:
    """Check the words of every figure that is seen, and return how many there are."""
    figures = opened.value(
        "[...document.querySelectorAll('figure svg')].map(svg => [svg, ...svg.querySelectorAll('text')]"
        ".map(e => [e.tagName === 'svg' ? '' : e.textContent, e.getBoundingClientRect()])"
        ".filter(([_, box]) => box.width)"
        ".map(([text, box]) => [text, box.left, box.right, box.top, box.bottom])).filter(found => found.length)"
    )
    for (_, left, right, top, bottom), *words in figures:
        assert len(words) > 5
        for text, *box in words:
            inside = left - 1 <= box[0] and box[1] <= right + 1 and top - 1 <= box[2] and box[3] <= bottom + 1
            assert inside, text
        for (one, *a), (other, *b) in itertools.combinations(words, 2):
            across, down = min(a[1], b[1]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[2], b[2])
            assert across <= 0 or down <= 3, (one, other)  # a line's box reaches above its letters and below them
    return len(figures)


def test_images_of_the_figures_can_be_decoded(opened: Chromium) -> None:
    sizes = opened.value(
        "Promise.all([...document.querySelectorAll('figure image')].map(async element => {"
        " const image = new Image(); image.src = element.getAttribute('href');"
        " await image.decode(); return image.width; }))"
    )
    assert len(sizes) == 8 + 2 * 3 * 6
    assert min(sizes) >= 28


def test_all_text_stands_out_from_the_ground(opened: Chromium) -> None:
    assert check_contrast(opened) > 100


def check_contrast(opened: Chromium) -> int:
    """Check the contrast of every piece of text, and return how many there are."""
    pairs = opened.value(
        "[...document.querySelectorAll('main *')].filter(e => e.innerText && !e.children.length)"
        ".map(e => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor])"
    )
    for text, ground in {tuple(pair) for pair in pairs}:
        low, high = sorted(luminance(colour) for colour in (text, ground))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)
    return len(pairs)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2 of ``rgb(r, g, b)``."""
    shares = [int(part) / 255 for part in re.findall(r"\d+", colour)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_of_the_figures_can_be_read(opened: Chromium) -> None:
    heights = opened.value(
        "[...document.querySelectorAll('figure text')].map(e => e.getBoundingClientRect().height).filter(h => h)"
    )
    assert min(heights) >= 10


def test_every_row_leads_to_its_section(opened: Chromium) -> None:
    tops = opened.value(
        "[...document.querySelectorAll('a.row')].map(e => { e.click();"
        " return document.querySelector(e.getAttribute('href')) === document.querySelector(':target') })"
    )
    assert len(tops) == 12
    assert all(tops)


def test_colours_follow_the_readers_preference(opened: Chromium, request: pytest.FixtureRequest) -> None:
    dark = "dark" in request.node.name
    ground = opened.value("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    text = opened.value("getComputedStyle(document.querySelector('figure .wide text')).fill.match(/\\d+/g).map(Number)")
    assert (sum(ground) < sum(text)) == dark


def test_hostile_names_are_shown_and_not_run(opened: Chromium) -> None:
    assert opened.value("document.scripts.length") == 0
    assert "<script>alert(1)</script>" in opened.value("document.body.innerText")


@pytest.mark.parametrize("width", [390, 1280])
def test_longest_names_stay_within_the_window(chromium: Chromium, results: Results, tmp_path: Path, width: int) -> None:
    long, first = "x" * 300, results.experiments[0]
    finding = dataclasses.replace(first.findings[0], id=long, sentence=long, statistic=long, unit=long)
    parts = judge(all_of([Part(long, Effect(1, 1, 5)), Part(long + "y", None)]))
    hit = dataclasses.replace(
        first,
        **dict.fromkeys(("name", "title", "section", "question", "differs", "command"), long),
        table=dataclasses.replace(first.table, rows=({**first.table.rows[0], "method": long},)),
        findings=(finding, dataclasses.replace(finding, verdict=parts, id="other")),
        failures=(long,),
        warnings=(long,),
        files=(long,),
        settings={long: {long: long}, "b": {}},
    )
    machine = dataclasses.replace(results.machine, processor=long, device=long, torch=long)
    told = dataclasses.replace(results, machine=machine, experiments=(hit,))
    chromium.open(write_page(told, tmp_path / "long.html"), width=width)
    chromium.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert chromium.value("document.documentElement.scrollWidth - innerWidth") <= 0


def test_check_can_fail(chromium: Chromium, path: Path, tmp_path: Path) -> None:
    source = path.read_text(encoding="utf-8").replace(
        "<main>", '<main><p style="width: 2000px">.</p><script>0</script>'
    )
    broken = tmp_path / "broken.html"
    broken.write_text(source, encoding="utf-8")
    chromium.open(broken, width=390)
    assert chromium.value("document.documentElement.scrollWidth - innerWidth") > 0
    assert any("Content Security Policy" in message for message in chromium.messages)


def test_print_shows_what_is_folded(chromium: Chromium, path: Path) -> None:
    chromium.open(path, width=1280, media="print")
    assert chromium.value("document.querySelector('details pre').checkVisibility({contentVisibilityAuto: true})")


@pytest.mark.parametrize(("width", "dark"), WINDOWS)
def test_a_sheet_is_drawn_as_the_report_is(
    chromium: Chromium, sheet: Sheet, tmp_path: Path, width: int, dark: bool
) -> None:
    chromium.open(write_sheet(sheet, tmp_path / "diagnosis.html"), width=width, dark=dark)
    chromium.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert chromium.messages == []
    assert chromium.value("document.documentElement.scrollWidth - innerWidth") <= 0
    assert check_words(chromium) == 3
    assert check_contrast(chromium) > 20
    assert chromium.value("document.scripts.length") == 0
    assert chromium.value("document.body.innerText").count("<script>alert(1)</script>") == 8


@pytest.mark.parametrize("width", [390, 1280])
def test_longest_names_of_a_sheet_stay_within_the_window(
    chromium: Chromium, sheet: Sheet, tmp_path: Path, width: int
) -> None:
    long = "x" * 300
    facts = (dataclasses.replace(sheet.facts[0], name=long, figure="1.23 %", remark=long),)
    words = dict.fromkeys(("circumstances", "provenance", "doubts", "headline"), (long,))
    told = dataclasses.replace(sheet, facts=facts, command=long, settings={long: long}, **words)
    chromium.open(write_sheet(told, tmp_path / "long.html"), width=width)
    chromium.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert chromium.value("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("reduced", [False, True], ids=["moving", "still"])
def test_a_film_plays_or_shows_its_end(chromium: Chromium, results: Results, tmp_path: Path, reduced: bool) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (5, 9, 2)).astype(np.float32)
    stages = Stages("Ring", (1, 2, 3, 4, 5), (Sampled("ERM", samples),), samples[0], (-2, 2, -2, 2), "moves")
    first = dataclasses.replace(results.experiments[0], pictures=(Film(stages),))
    told = dataclasses.replace(results, experiments=(first,), opening=None)
    chromium.open(write_page(told, tmp_path / "film.html"), width=390)
    wish = {"name": "prefers-reduced-motion", "value": "reduce" if reduced else "no-preference"}
    chromium.call("Emulation.setEmulatedMedia", features=[wish])
    assert chromium.messages == []
    assert chromium.value("document.documentElement.scrollWidth - innerWidth") <= 0
    shown = {kind: chromium.value(f"getComputedStyle(document.querySelector('path.film-{kind}')).display")
             for kind in ("still", "moving")}  # fmt: skip
    assert (shown["still"] == "none", shown["moving"] == "none") == (not reduced, reduced)
    if not reduced:
        moved = chromium.value(
            "(async () => { const path = document.querySelector('path.film-moving');"
            " const place = () => JSON.stringify(path.getBBox(), ['x', 'y', 'width', 'height']), first = place();"
            " for (let turn = 0; turn < 50 && place() === first; turn++)"
            " await new Promise(done => setTimeout(done, 100)); return place() !== first; })()"
        )
        assert moved


@pytest.mark.parametrize(("width", "dark"), WINDOWS)
def test_a_comparison_is_drawn_as_the_report_is(
    chromium: Chromium, compared: Callable[..., Comparison], tmp_path: Path, width: int, dark: bool
) -> None:
    noise = Scenario("20 % of the labels replaced", "noise", 0.2, compared(Effect(3.1, 0.7, 10, 0.2)))
    found = compared(scenarios=(noise,))
    chromium.open(write_comparison(found, tmp_path / "comparison.html"), width=width, dark=dark)
    chromium.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert chromium.messages == []
    assert chromium.value("document.documentElement.scrollWidth - innerWidth") <= 0
    assert check_words(chromium) == 5
    assert check_contrast(chromium) > 100
    assert chromium.value("document.scripts.length") == 0
    assert chromium.value("document.body.innerText").count("<script>alert(1)</script>") == 8
    shown = "[...document.querySelectorAll('figure svg')].filter(e => e.getBoundingClientRect().width)"
    said = f"{shown}.some(e => [...e.querySelectorAll('text')].some(t => t.textContent.includes('<script>')))"
    assert chromium.value(said)


def test_the_methods_take_the_room_that_the_window_has(
    chromium: Chromium, compared: Callable[..., Comparison], tmp_path: Path
) -> None:
    base = compared()
    told = dataclasses.replace(base, rows=base.rows[:-1])
    chromium.open(write_comparison(told, tmp_path / "comparison.html"), width=1280)
    hidden, left, right = chromium.value(
        "(e => [e.scrollWidth - e.clientWidth, e.getBoundingClientRect().left, innerWidth"
        " - e.getBoundingClientRect().right])(document.querySelector('.methods .scroll'))"
    )
    assert hidden <= 0
    assert left == pytest.approx(right, abs=20)


@pytest.mark.parametrize("width", [390, 1280])
def test_longest_names_of_a_comparison_stay_within_the_window(
    chromium: Chromium, compared: Callable[..., Comparison], tmp_path: Path, width: int
) -> None:
    long = "x" * 300
    base = compared()
    data = dataclasses.replace(base.data, name=long, target=long, notes=(long,), warnings=(long,))
    rows = (dataclasses.replace(base.rows[-1], method=long),)
    told = dataclasses.replace(
        base, data=data, rows=rows, failures=(long,), command=long, settings={long: long}, files=(long,),
        also=(long,), sentence=long, metric=dataclasses.replace(base.metric, name=long), reliability=(),
    )  # fmt: skip
    chromium.open(write_comparison(told, tmp_path / "long.html"), width=width)
    chromium.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert chromium.value("document.documentElement.scrollWidth - innerWidth") <= 0
