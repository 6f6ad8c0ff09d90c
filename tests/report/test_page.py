"""The page as text: whole, safe, and in the order of the story."""

import dataclasses
import math
import re
from html.parser import HTMLParser

import pytest

from vicinal.evidence import Effect, Part, judge
from vicinal.experiments import Finding, Gains, Results
from vicinal.report import headline, page

VOID = {"meta", "br", "img", "link", "hr", "input"}


class Reader(HTMLParser):
    """Collects ids, links, tags, attributes and text of an HTML page, and checks that elements close in their order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.attributes |= found.keys()
        self.ids += filter(None, [found.get("id")])
        self.links += filter(None, [found.get("href")])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def source(results: Results) -> str:
    return page(results)


@pytest.fixture(scope="module")
def reader(source: str) -> Reader:
    return Reader(source)


def test_ids_are_unique_and_every_link_leads_somewhere(reader: Reader) -> None:
    assert len(set(reader.ids)) == len(reader.ids)
    assert {link[1:] for link in reader.links if link.startswith("#")} <= set(reader.ids)


def test_page_needs_nothing_else(source: str, reader: Reader) -> None:
    assert set(reader.tags).isdisjoint({"script", "link", "iframe", "img", "base", "form"})
    assert all(link.startswith(("#", "data:image/png")) for link in reader.links)
    assert set(re.findall(r"https?://[^\"'\s)]+", source)) == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in source


def test_story_is_told_in_its_order(results: Results, reader: Reader) -> None:
    claims, circumstances = headline(results)
    steps = [claims, circumstances]
    steps += [finding.sentence for result in results.experiments for finding in result.findings]
    steps += [result.question for result in results.experiments]
    text, place = reader.text, 0
    text = text[text.index("</style>") if "</style>" in text else 0 :]
    for step in steps:
        place = text.index(step, place)


def test_every_section_says_what_differs_what_failed_and_how_to_make_it_again(results: Results, reader: Reader) -> None:
    for result in results.experiments:
        for said in (result.differs, *result.failures, *result.warnings, result.command, *result.files):
            assert said in reader.text
        for finding in result.findings:
            assert finding.verdict.why in reader.text
            assert finding.verdict.needs in reader.text
            assert all(
                judged.part.name in reader.text for judged in finding.verdict.parts if len(finding.verdict.parts) > 1
            )


def test_settings_speak_of_splits_where_there_are_splits(results: Results) -> None:
    text = page(dataclasses.replace(results, experiments=results.experiments[:2]))
    for said in (
        "Settings, seeds, files",
        "laptop scale, 5 seeds:",
        "Settings, splits, files",
        "laptop scale, 20 splits:",
    ):
        assert text.count(said) == 1


def test_user_text_is_text(source: str, reader: Reader) -> None:
    assert "<script" not in source
    assert "<script>alert(1)</script>" in reader.text


@pytest.mark.parametrize("hostile", ['"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "</style><b>", "' onclick='x"])
def test_hostile_text_is_text_wherever_it_stands(results: Results, hostile: str) -> None:
    first = results.experiments[0]
    finding = first.findings[0]
    hit = dataclasses.replace(
        first,
        name=hostile,
        **dict.fromkeys(("title", "section", "question", "differs", "command"), hostile),
        failures=(hostile,),
        warnings=(hostile,),
        files=(hostile,),
        settings={hostile: {hostile: hostile}},
        pictures=(),
        findings=(Finding(hostile, hostile, hostile, hostile, judge(Part(hostile, finding.effect)), finding.effect),),
    )
    machine = dataclasses.replace(results.machine, processor=hostile, platform=hostile, torch=hostile)
    assert results.opening is not None
    opening = dataclasses.replace(results.opening, names=((hostile, hostile),) * 6, caption=hostile)
    source = page(dataclasses.replace(results, machine=machine, experiments=(hit,), opening=opening))
    found = Reader(source)
    assert "img" not in found.tags
    assert not [name for name in found.attributes if name.startswith("on")]
    assert found.tags.count("b") == 3  # the scale's zero, "Not the paper's setting", the failures' sentence
    assert hostile in found.text


def test_published_figures_have_a_look_of_their_own(source: str) -> None:
    assert '<td class="published numeric">74.0</td>' in source
    assert '<td class="measured numeric">73.1<span class="spread"> ± 0.9</span></td>' in source


def test_nothing_unknown_is_printed(results: Results) -> None:
    first = results.experiments[0]
    effect = Effect(0.4, math.inf, 1)
    lone = Finding("a", "b", "c", "points", judge(Part("p", effect)), effect)
    bare = dataclasses.replace(
        first, pictures=(Gains((), "nothing", "points"),), findings=(lone,), settings={}, differs=""
    )
    text = Reader(page(dataclasses.replace(results, experiments=(bare,)))).text
    assert not re.search(r"\b(nan|inf|None)\b", text)
    assert "Not the paper’s setting" not in text


def test_opening_stands_between_the_verdicts_and_the_sections(results: Results, source: str) -> None:
    assert results.opening is not None
    assert source.index("</section>") < source.index(results.opening.caption) < source.index('class="experiment"')
    assert 'class="opening"' not in page(dataclasses.replace(results, opening=None))


def test_all_pictures_of_an_experiment_are_shown(results: Results) -> None:
    first, second, _ = results.experiments
    both = dataclasses.replace(first, pictures=(*first.pictures, Gains((), "nothing", "points"), *second.pictures))
    source = page(dataclasses.replace(results, opening=None, experiments=(both,)))
    assert source.count("<figure>") == 2
    assert len(set(Reader(source).ids)) == len(Reader(source).ids)


def test_page_is_the_same_each_time(results: Results, source: str) -> None:
    assert page(results) == source
