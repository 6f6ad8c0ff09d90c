"""Korean: everything that the report says has an entry, and no entry is left of what nobody says any more."""

import ast
import re
import string
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

import vicinal
from vicinal._numbers import duration
from vicinal.cli._words import Lang as Flag
from vicinal.evidence import Effect, Part, Word, all_of, at_least, judge
from vicinal.evidence._needs import Needs
from vicinal.experiments import EXPERIMENTS, SCALES, Machine, Results, Scale, Setup
from vicinal.experiments._table_5 import ROWS
from vicinal.report import document, page
from vicinal.report._language import Lang, Language, language
from vicinal.studies._judge import judged_one
from vicinal.studies._study import Study

ROOT = Path(vicinal.__file__).parent
TABLES = tomllib.loads((ROOT / "report" / "korean.toml").read_text(encoding="utf-8"))
ENTRIES = [(english, own) for table in TABLES.values() for english, own in table.items()]
KOREAN = language("ko")
NAMES = re.findall(
    r"\w+",
    "abalone accuracy all alpha arcene arrhythmia batch black both cifar cifar10 cifar100 classes commands cpu "
    "data densenet dirac erm example false fashion fgsm file files full gan gaussian gaussians grid half halves "
    "htru imagenet imagenette iris knn laptop learn lenet linux log method mixed mixup mlp mnist nat net paper "
    "phishing preact published python quarter resnet resnext ring roll rows scikit seed small smoke smote source "
    "speech swiss top torch vgg vicinal wide wrn",
)
"""Words that are names in every language: of methods, data sets, nets, scales, options."""


def sentences() -> list[str]:
    """Return what the experiments say before anything is run."""
    found = []
    for experiment in EXPERIMENTS.values():
        found += [experiment.title, experiment.section, experiment.question, *experiment.options.values()]
        found += [*experiment.differs.values(), *experiment.instead.values()]
        found += [text for claim in experiment.claims for text in (claim.sentence, claim.statistic, claim.unit)]
    return found


def english(text: str) -> list[str]:
    """Return the words of a text that are no names and are not Korean."""
    rest = " ".join(word for word in text.split() if word.strip(".,():") not in ROWS)
    return [word for word in re.findall(r"[A-Za-z]{3,}", rest) if word.lower() not in NAMES]


def not_run(scale: Scale) -> Results:
    """Return results of every experiment at a scale, of which nothing has been trained."""
    found = []
    for experiment in EXPERIMENTS.values():
        setup = Setup(scale)
        found.append(judged_one(experiment, setup, experiment.trials(setup), Study({})))
    return Results("0.1.0", Machine(2, "x86_64", "cpu", "Linux-6.1", "3.11.2", "2.14.1+cpu"), 6843.0, tuple(found))


# How an entry is found.

TINY = Language("xx", {"hello": "hej", "{n} of {n1} done": "{n1}: {n}", "see {what}": "{what}, titta", "left": "kvar"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hello", "hej"),
        ("Hello.", "hej."),
        ("goodbye", "goodbye"),
        ("3 of 1,000 done", "1,000: 3"),
        ("−0.5 of 2e-05 done", "2e-05: −0.5"),
        ("three of 4 done", "three of 4 done"),
        ("see hello", "hej, titta"),
        ("see 3 of 4 done.", "4: 3, titta."),
        ("hello, 1 of 2 done; left: X. Hello, Y · left", "hej, 2: 1; kvar: X. hej, Y · kvar"),
        ("", ""),
        ("{n} {0} %s", "{n} {0} %s"),
    ],
)
def test_an_entry_is_found_whole_or_in_pieces(text: str, told: str) -> None:
    assert TINY(text) == told


@pytest.mark.parametrize("text", ["hello", "3 of 4 done", "left, hello. Hello: left"])
def test_english_says_everything_as_it_stands(text: str) -> None:
    assert language("en")(text) == text


def test_the_command_line_knows_the_languages_that_there_are() -> None:
    assert get_args(Flag) == get_args(Lang)


# The table of Korean.


def test_no_sentence_has_two_entries() -> None:
    assert len(dict(ENTRIES)) == len(ENTRIES)


def test_verdicts_have_words_of_their_own() -> None:
    assert len({KOREAN(word) for word in get_args(Word)} - set(get_args(Word))) == len(get_args(Word))


@pytest.mark.parametrize(("text", "own"), ENTRIES)
def test_an_entry_is_korean_and_fills_its_own_holes(text: str, own: str) -> None:
    holes = {hole for _, hole, _, _ in string.Formatter().parse(own) if hole is not None}
    assert holes <= {hole for _, hole, _, _ in string.Formatter().parse(text) if hole is not None}
    assert english(re.sub(r"\{\w+\}|--\w+|\w+=FILE", "", own)) == []
    assert own.strip() == own != text
    assert not text.endswith(".")


def test_no_entry_is_left_of_a_sentence_that_nobody_says() -> None:
    """What stands between an entry's holes stands somewhere in the package, in code or in a template.

    Those of names, reasons and the page's own words are put together from shorter pieces; other tests ask for them.
    """
    said = [*sentences(), *(file.read_text(encoding="utf-8") for file in ROOT.rglob("*.jinja"))]
    for file in ROOT.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        said += [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    everything = "\n".join(said).lower()
    left = [
        (text, piece)
        for name in (
            "claims",
            "statistics",
            "units",
            "titles",
            "questions",
            "differs",
            "options",
            "columns",
            "captions",
        )
        for text in TABLES[name]
        for piece in re.split(r"\{\w+\}|\d[\d,]*", text)
        if len(piece.strip(" .:,;×")) > 3 and piece.strip().lower() not in everything
    ]
    assert left == []


def test_every_claim_heading_and_column_has_an_entry() -> None:
    told = {text: re.sub(r"--\w+|\w+=FILE", "", KOREAN(text)) for text in sentences()}
    assert [(text, words) for text, own in told.items() if (words := english(own))] == []


RULES = {
    "one": Part("gain", Effect(1.0, 0.5, 5)),
    "one below": Part("gain", Effect(-3.0, 0.5, 5), low=-0.5),
    "one within": Part("gain", Effect(0.1, 0.5, 5), low=-2, high=2),
    "one lone": Part("gain", Effect(1.0, float("inf"), 1)),
    "one of two": Part("gain", Effect(1.0, 0.1, 2)),
    "open": Part("gain", Effect(0.1, 1.5, 5)),
    "open for good": Part("gain", Effect(0.01, 30.0, 5, overlap=0.3)),
    "equal": Part("gain", Effect(1.0, 0.0, 5)),
    "not run": Part("gain", None),
    "several": all_of([Part("Iris: gain", Effect(1.0, 0.1, 5)), Part("Abalone: gain", Effect(0.0, 1.0, 5))]),
    "a gap": all_of([Part("larger net", Effect(1.0, 0.1, 5)), Part("longer run", None)]),
    "nested": all_of(
        [
            all_of([Part("Iris: no harm", Effect(0.0, 0.1, 5), low=-0.5)], name="no table is worse"),
            at_least(0.5, [Part(f"{n}: gain", Effect(n, 1.0, 5)) for n in (0, 9)], name="most tables are better"),
        ]
    ),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_reason_for_a_verdict_and_what_it_needs_have_entries(rule) -> None:
    verdict = judge(rule)
    assert english(KOREAN(verdict.why) + KOREAN(verdict.needs)) == []


@pytest.mark.parametrize("repetition", ["seed", "split"])
@pytest.mark.parametrize("repetitions", [None, 30])
@pytest.mark.parametrize("times", [None, 7.6])
@pytest.mark.parametrize("endless", [True, False])
def test_whatever_is_needed_has_an_entry(repetition, repetitions, times, endless) -> None:
    assert english(KOREAN(Needs(repetitions, times, endless, repetition).sentence)) == []


@pytest.mark.parametrize("seconds", [0.4, 48, 200, 6843, 1e6])
def test_durations_have_entries(seconds: float) -> None:
    assert english(KOREAN(duration(seconds))) == []


# The page.


class Words(HTMLParser):
    """Collects the language of a page and its words, but those of figures, code, settings, files and the last line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lang, self.words, self.left_out = "", list[str](), list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "html":
            self.lang = found["lang"] or ""
        self.words += [value or "" for name, value in attrs if name == "aria-label"]
        left_out = tag in ("style", "svg", "code", "dl", "footer") or found.get("class") == "files"
        if (self.left_out or left_out) and tag not in ("meta", "use", "path", "line", "rect", "circle"):
            self.left_out.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.left_out and tag == self.left_out[-1]:
            self.left_out.pop()

    def handle_data(self, data: str) -> None:
        self.words += [] if self.left_out else [data]


@pytest.mark.parametrize("scale", SCALES)
def test_nothing_of_a_page_is_left_in_english_but_names(scale: Scale) -> None:
    found = Words(page(not_run(scale), "ko"))
    assert found.lang == "ko"
    assert [(text, words) for text in found.words if (words := english(text))] == []


def test_an_english_page_says_so(results: Results) -> None:
    assert Words(page(results)).lang == "en-GB"


def test_names_from_users_are_told_as_they_are(results: Results) -> None:
    source = page(results, "ko")
    for result in results.experiments:
        assert all(failure.replace("<", "&lt;").replace(">", "&gt;") in source for failure in result.failures)
    assert "<script" not in source


def test_a_page_in_korean_changes_nothing_of_the_results(results: Results) -> None:
    before = document(results)
    page(results, "ko")
    assert document(results) == before
    assert {claim["verdict"] for each in before["experiments"].values() for claim in each["claims"]} <= set(
        get_args(Word)
    )
