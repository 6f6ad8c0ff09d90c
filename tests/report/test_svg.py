"""Figures that stand inside a page."""

import re
from xml.etree import ElementTree as ET

import pytest

from vicinal.evidence import Effect
from vicinal.experiments import Gain, Gains, Results
from vicinal.report import draw
from vicinal.report._style import LIGHT
from vicinal.report._svg import svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=[0, 1, 2, 3], ids=["planes", "gains", "curves", "mixes"])
def text(request: pytest.FixtureRequest, results: Results) -> str:
    picture = [*(each for result in results.experiments for each in result.pictures), results.opening][request.param]
    assert picture is not None
    return svg(draw(picture), prefix="p-1", title="A <b>title</b>", description='"&"')


def test_ids_begin_with_the_prefix_and_are_all_used(text: str) -> None:
    root = ET.fromstring(text)
    ids = [element.get("id", "") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(each.startswith("p-1-") for each in ids)
    assert set(ids) == set(re.findall(r"#(p-1-\d+)", text)) | {"p-1-title", "p-1-text"}


def test_it_holds_nothing_that_reaches_beyond_it(text: str) -> None:
    root = ET.fromstring(text)
    assert {element.tag for element in root.iter()}.isdisjoint({f"{SVG}style", f"{SVG}script", f"{SVG}metadata"})
    assert set(re.findall(r'href="([^#"][^"]{0,14})', text)) <= {"data:image/png;"}


def test_it_says_what_it_is(text: str) -> None:
    root = ET.fromstring(text)
    named = {element.get("id"): element.text for element in root if element.tag in (f"{SVG}title", f"{SVG}desc")}
    assert root.get("role") == "img"
    assert [named[name] for name in root.get("aria-labelledby", "").split()] == ["A <b>title</b>", '"&"']


def test_text_is_text_in_the_font_of_the_page(text: str) -> None:
    words = {element.text for element in ET.fromstring(text).iter(f"{SVG}text")}
    shown = (
        {"p(class 1)", "mixup α=1"},
        {"Abalone", "mixup α=0.1"},
        {"misses, %", "mixup α=1", "0.75"},
        {"λ = 0.73", "Coat"},
    )
    assert any(words >= each for each in shown)
    assert "font-family" not in text


def test_colours_are_the_pages(text: str) -> None:
    bare = re.findall(r"(?<!, )#[0-9a-f]{6}\b", text)
    assert not set(bare) & set(LIGHT.values())
    assert re.search(r"fill: var\(--quiet, #5f6267\)", text)


@pytest.mark.parametrize("name", ["質量", "a\x00b\x1b[0m\n", "🙂"])
def test_any_name_can_be_drawn(name: str) -> None:
    drawn = svg(
        draw(Gains((Gain("g", name, None, Effect(1, 1, 5)),), "", "points")), prefix="x", title="", description=""
    )
    assert any((element.text or "").startswith(name[0]) for element in ET.fromstring(drawn).iter(f"{SVG}text"))


def test_hostile_names_are_text() -> None:
    name = "</text><script>alert(1)</script>"
    drawn = svg(
        draw(Gains((Gain(name, name, None, Effect(1, 1, 5)),), "", name), 2000),
        prefix="x",
        title=name,
        description=name,
    )
    assert "<script" not in drawn
    assert [element.text for element in ET.fromstring(drawn).iter(f"{SVG}text")].count(name) == 2
