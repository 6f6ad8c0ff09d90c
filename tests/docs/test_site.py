"""The documentation site as ``make docs`` builds it: no warning, no broken link, every page quiet, fit for a phone."""

import functools
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from _chromium import Chromium

ROOT = Path(__file__).parents[2]
PHONE, DESK = 390, 1280
SMALLEST, DRAWN = 12, 10
"""Pixels that the type of text and of figures has at least; what stands above or below a line is smaller, as it is in
formulas, and the numbers at the axes of a figure have 8 points, which a column narrower than the figure scales."""
FEW = (
    "",
    "theory/",
    "coming-from/",
    "experiments/corrupted-labels/",
    "reference/vicinity/",
    "reference/commands/",
    "ko/",
)
"""Pages with whatever a page can hold: code, formulas, tables, figures, docstrings, helps, Korean."""
SMALL = """
(() => {
  const small = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), place = walker.currentNode.parentElement;
    const seen = place.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!text || !seen || place.closest("math, sub, sup, script, style, title, desc")) continue;
    const drawn = place.closest("svg"), scale = drawn ? place.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(place).fontSize) * scale;
    if (size < (drawn ? LEAST_DRAWN : LEAST) - 0.05) small.push(`${size.toFixed(1)} px: ${text.slice(0, 40)}`);
  }
  return small;
})()
""".replace("LEAST_DRAWN", str(DRAWN)).replace("LEAST", str(SMALLEST))
HOME = "http://site/"
"""Where the pages stand while their links are followed: nothing else begins like this."""


class Marks(HTMLParser):
    """The places of a page that can be linked to, and what it links to and shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places, self.links = {"", "__top"}, list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key in ("id", "name") and value:
                self.places.add(value)
            elif key in ("href", "src") and value is not None:
                self.links.append(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, built once: it takes about 20 seconds, since every docstring is read."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    surroundings = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # of a later version, in a box of 20 lines
    done = subprocess.run(build, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Marks]:
    """Return every page by its address."""
    found = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.html"))}
    return {
        HOME + name.removesuffix("index.html"): Marks(path.read_text(encoding="utf-8"))
        for name, path in found.items()
        if name != "404.html"
    }


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site on this machine and return where."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        pass


def broken(pages: dict[str, Marks], site: Path) -> list[str]:
    """Return every link within the site that leads nowhere."""
    found = []
    for page, marks in pages.items():
        for link in marks.links:
            target, place = urldefrag(urljoin(page, link))
            if not target.startswith(HOME):
                continue
            there = target in pages or (site / unquote(target.removeprefix(HOME))).is_file()
            if not there or (target in pages and unquote(place) not in pages[target].places):
                found.append(f"{page}: {link}")
    return found


def test_no_link_is_broken(pages: dict[str, Marks], site: Path):
    assert len(pages) > 20
    assert broken(pages, site) == []


def test_a_broken_link_is_found(pages: dict[str, Marks], site: Path):
    added = Marks('<a href="nowhere/"></a><a href="theory/#nowhere"></a><img src="none.svg"><a href="theory/"></a>')
    assert len(broken({**pages, f"{HOME}": added}, site)) == 3


def test_nothing_is_fetched_from_elsewhere(pages: dict[str, Marks], site: Path):
    """Links may lead to other sites; scripts, styles and images come with the pages."""
    for path in site.rglob("*.html"):
        text = re.sub(r'"data:[^"]*"', '""', path.read_text(encoding="utf-8"))
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", text):
            assert "//" not in tag, (path, tag)


def complaints(chromium: Chromium, url: str, width: int) -> list[str]:
    """Return what is wrong with a page at a width: what the browser says, what lies beyond it, text that is small."""
    chromium.open(url, width=width)
    chromium.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    # not innerWidth: a phone zooms out until all can be seen, and calls that its width
    beyond = chromium.value("document.documentElement.scrollWidth") - width
    wide = [f"{beyond} px too wide"] if beyond > 0 else []
    return [*chromium.messages, *wide, *chromium.value(SMALL)]


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("page", FEW)
def test_a_page_is_quiet_fits_and_can_be_read(page: str, width: int, address: str, chromium: Chromium):
    assert complaints(chromium, address + page, width) == []


@pytest.mark.long
def test_so_is_every_page(pages: dict[str, Marks], address: str, chromium: Chromium):
    """All in one test, which takes a third of a second a page and width: the browser and the site are there once."""
    found = {
        (page, width): complaints(chromium, page.replace(HOME, address), width)
        for page in pages
        for width in (PHONE, DESK)
    }
    assert {place: said for place, said in found.items() if said} == {}


def test_small_text_and_what_is_too_wide_are_found(tmp_path: Path, chromium: Chromium):
    """Text of 12 px in a drawing that is shown at half its size is text of 6 px."""
    page = tmp_path / "page.html"
    drawing = '<svg viewBox="0 0 200 20" width="100"><text y="15" font-size="12">drawn</text></svg>'
    text = '<p style="font-size: 11px; width: 800px">small</p><p>large <sub style="font-size: 9px">sub</sub></p>'
    head = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    page.write_text(f"{head}<body>{text}{drawing}", encoding="utf-8")
    said = complaints(chromium, page.as_uri(), DESK)
    assert said == ["11.0 px: small", "6.0 px: drawn"]
    assert any("too wide" in each for each in complaints(chromium, page.as_uri(), PHONE))


def test_the_look_follows_the_readers_preference(address: str, chromium: Chromium):
    grounds = []
    for dark in (False, True):
        chromium.open(address, width=1280, dark=dark)
        ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
        grounds.append(sum(chromium.value(ground)))
    assert grounds[0] > grounds[1]


def test_formulas_are_drawn(address: str, chromium: Chromium):
    chromium.open(f"{address}theory/", width=PHONE)
    heights = chromium.value("[...document.querySelectorAll('math')].map(e => e.getBoundingClientRect().height)")
    assert len(heights) > 20
    assert min(heights) > 5


def test_search_finds_a_word_of_a_page(address: str, chromium: Chromium):
    chromium.open(address, width=1280)
    found = chromium.value(
        "new Promise(done => { const field = document.querySelector('.md-search__input');"
        " field.focus(); field.value = 'Chapelle'; field.dispatchEvent(new Event('input', {bubbles: true}));"
        " field.dispatchEvent(new KeyboardEvent('keyup', {bubbles: true}));"
        " const look = () => { const hits = document.querySelectorAll('.md-search-result__link');"
        " hits.length ? done([...hits].map(hit => hit.href)) : setTimeout(look, 100) }; look() })"
    )
    assert any("/theory/" in hit for hit in found)
    assert chromium.messages == []
