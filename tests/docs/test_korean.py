"""Korean: both READMEs say the same commands, code and figures; the glossary's figures move and say what they show."""

import difflib
import html
import io
import json
import re
import shutil
import subprocess
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGLISH, KOREAN = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md"))
PAGE, GLOSSARY = ((ROOT / "docs" / "ko" / name).read_text(encoding="utf-8") for name in ("index.md", "glossary.md"))
SCRIPT = ROOT / "docs" / "ko" / "glossary.js"
NUMBER = re.compile(r"[+−]?\d[\d,]*(?:\.\d+)?")
TOML = (ROOT / "src" / "vicinal" / "report" / "korean.toml").read_text(encoding="utf-8")
FOUND = {page.stem: page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "experiments").glob("*.md")}
UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SPELLED = {word: str(value) for value, word in enumerate(UNITS, 1)}
SPELLED |= {"thirty": "30", "half": "1/2", "third": "1/3", "quarter": "1/4", "tenth": "1/10"}
"""Numbers that English writes as words, and Korean as digits or as words."""
IN_PROSE = re.compile(rf"(?<![\w.,/-])[+−]?\d+(?:[.,/]\d+)*|\b(?:{'|'.join(SPELLED)})\b")
"""Numbers, but not those of names, such as VGG-11."""
WORDS = {
    "말소리": "음성",
    "훈련기": "Trainer",
    "부드러운 레이블": "소프트 레이블",
    "신뢰도 그림": "신뢰도 다이어그램",
    "찍기": "무작위 추측",
    "얌전": "안정적",
    "조각 바서슈타인": "슬라이스드 바서슈타인",
    "두 가지 시점": "두 가지 뷰(view)",
    "붙인 쪽": "붙인 페이지",
    "이 쪽의": "이 페이지의",
    "한 쪽입니다": "한 페이지입니다",
}
"""Words that nobody says of these things in Korean, and what is said instead."""


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[str]:
    """Return the lines of all console blocks, without comments; each block begins with a line of its own."""
    found = []
    for number, block in enumerate(blocks(text, "console"), 1):
        found += [f"console block {number}", *(re.sub(r"\s+# .*", "", line) for line in block.splitlines())]
    return found


def code(text: str) -> list[str]:
    """Return the lines of all Python blocks, without comments; each block begins with a line of its own."""
    found = []
    for number, block in enumerate(blocks(text, "python"), 1):
        lines = block.splitlines()
        for token in tokenize.generate_tokens(io.StringIO(block).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column]
        found += [f"python block {number}", *(line.rstrip() for line in lines if line.strip())]
    return found


def figures(text: str) -> list[str]:
    """Return of every row of every table the figures of its middle columns: neither the name nor the paper's."""
    rows = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("|")]
    return [" | ".join(" ".join(NUMBER.findall(cell)) for cell in row[1:-1]) for row in rows]


def shape(text: str) -> list[str]:
    """Return the levels of the headings and the targets of the links below the first, in their order."""
    plain = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)]+)\)|^(#+) ", plain[plain.index("![") :], re.MULTILINE)
    return [link or level for link, level in links]


@pytest.mark.parametrize("taken", [commands, code, figures, shape])
def test_both_readmes_say_the_same(taken) -> None:
    """The message shows with − what README.md says and README.ko.md does not, with + the reverse."""
    lines = difflib.unified_diff(taken(ENGLISH), taken(KOREAN), "README.md", "README.ko.md", lineterm="", n=1)
    difference = "\n".join(lines)
    assert not difference, f"carry over ({taken.__name__}):\n{difference}"


def numbers(text: str) -> list[list[str]]:
    """Return the numbers of prose and tables in their order, a list for each section; words stay as they are."""
    plain = re.sub(r"^```.*?^```|<!--.*?-->|\]\([^)]*\)", "", text, flags=re.MULTILINE | re.DOTALL)
    plain = re.sub(r"(\d+)분의 (\d+)", r"\2/\1", plain)  # a fraction, its denominator first
    return [IN_PROSE.findall(section) for section in re.split(r"^#+ ", plain, flags=re.MULTILINE)]


def same_numbers(english: list[str], korean: list[str]) -> bool:
    """Tell whether the numbers are the same in the same order; what English spells Korean may spell as well."""
    pattern = "".join(f"(?:{SPELLED[each]} )?" if each in SPELLED else f"{re.escape(each)} " for each in english)
    return re.fullmatch(pattern, "".join(f"{each} " for each in korean)) is not None


def test_both_readmes_say_the_same_numbers() -> None:
    for english, korean in zip(numbers(ENGLISH), numbers(KOREAN), strict=True):
        assert same_numbers(english, korean), f"carry over:\n{' '.join(english)}\n{' '.join(korean)}"


@pytest.mark.parametrize(
    ("english", "korean", "same"),
    [
        ("3 % instead of 33 %, a tenth", "33 %가 아니라 3 %, 10분의 1", False),
        ("3 % instead of 33 %, a tenth", "3 %, 33 %의 10분의 1", True),
        ("two cores, 64 minutes", "코어 2개로 64분", True),
        ("two cores, 64 minutes", "두 코어로 64분", True),
        ("two cores, 64 minutes", "코어 3개로 64분", False),
        ("VGG-11, torch 2.14.1, 1,000 steps", "VGG-11, torch 2.14.1, 1,000단계", True),
        ("torch 2.14.1", "torch 2.14", False),
        ("−0.3 to +0.7", "−0.3에서 0.7", False),
    ],
)
def test_another_number_is_found(english: str, korean: str, same: bool) -> None:
    assert same_numbers(*numbers(english), *numbers(korean)) is same


def test_words_are_those_that_are_said() -> None:
    for text in (KOREAN, PAGE, GLOSSARY, TOML):
        assert {wrong: right for wrong, right in WORDS.items() if wrong in text} == {}


def test_a_difference_is_found() -> None:
    assert commands("```console\n$ a b  # c\n```\n") == ["console block 1", "$ a b"]
    assert commands("```console\n$ a b\n```\n") != commands("```console\n$ a c\n```\n")
    assert code('```python\nx = "# no comment"  # 하나\n\n# 둘\n```\n') == ["python block 1", 'x = "# no comment"']
    assert code("```python\nx = 1\n```\n") != code("```python\nx = 2\n```\n")
    assert figures("| a 1 | 2.0 ± 0.1 | b | 3 |") == ["2.0 0.1 | "]


@pytest.mark.parametrize("text", [KOREAN, PAGE, GLOSSARY], ids=["README.ko.md", "index.md", "glossary.md"])
def test_pages_are_in_korean(text: str) -> None:
    prose = re.sub(r"^```.*?^```|<!--.*?-->|\$\$.*?\$\$|`[^`]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    for paragraph in prose.split("\n\n"):
        words = re.sub(r"\([^)]*\)|^\|.*$|<[^>]*>", "", paragraph, flags=re.MULTILINE)
        assert len(re.findall("[가-힣]", words)) >= len(re.findall("[A-Za-z]", words)) / 2 or len(words) < 140, words


def test_figures_of_the_page_are_those_of_the_readme() -> None:
    """Means with their spread and gains with their interval are README's or those of the experiments' pages."""
    lines = [line for line in PAGE.splitlines() if line.startswith("|")]
    told = [each for line in lines for each in re.findall(r"[\d.]+ ± [\d.]+|[+−]?[\d.]+ \[[^\]]*\]", line)]
    assert len(told) > 40
    assert [each for each in told if not any(each in text for text in (ENGLISH, *FOUND.values()))] == []


def test_the_page_has_the_papers_sections_in_their_order() -> None:
    titles = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    order = ["들어가며", "ERM에서 mixup으로", "그림들", "ImageNet", "CIFAR", "음성", "손상된 레이블", "적대적 예제"]
    assert titles[:11] == [*order, "표 데이터", "GAN", "절제 실험"]


def test_every_claim_stands_beside_its_verdict() -> None:
    """Beside it: in its row of a table, or in its sentence."""
    from vicinal.experiments import EXPERIMENTS

    prose = re.sub(r"^\|.*$", "", PAGE, flags=re.MULTILINE).replace("\n\n", ".\n").replace("\n", " ")
    places = [*re.findall(r"^\|.*$", PAGE, re.MULTILINE), *re.split(r"(?<=\D)\. ", prose)]
    judged = [place for place in places if re.search("지지됨|반박됨|미결정|미실행", place)]
    claims = [claim.id for experiment in EXPERIMENTS.values() for claim in experiment.claims]
    assert [name for name in claims if not any(f"`{name}`" in place for place in judged)] == []


def test_every_experiment_has_its_picture_and_says_of_which_scale() -> None:
    from vicinal.experiments import EXPERIMENTS

    for name in EXPERIMENTS.keys() - {"decision-boundary"}:  # whose picture is the one of the README
        scale = re.search(r"^\*(\w+) scale, ", FOUND[name], re.MULTILINE)
        assert scale is not None, name
        caption = rf"^!\[.+\]\(\.\./figures/{name}-1\.svg\)\n\n\*{scale[1].lower()} 규모, .*/{name}\.md\)"
        assert re.search(caption, PAGE, re.MULTILINE), name


def test_every_link_into_the_glossary_leads_somewhere() -> None:
    places = set(re.findall(r"\{ #(\w+) \}", GLOSSARY))
    links = set(re.findall(r"\(#(\w+)\)", GLOSSARY))
    assert links == places
    assert set(re.findall(r"glossary\.md#(\w+)", PAGE)) <= places


def test_every_term_has_a_figure_and_every_figure_is_shown() -> None:
    shown = re.findall(r'<div class="live" data-figure="(\w+)"></div>', GLOSSARY)
    assert shown == re.findall(r"\{ #(\w+) \}", GLOSSARY)
    assert sorted(shown) == sorted(re.findall(r'^    "(\w+)": \{$', SCRIPT.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_term_is_said_in_english_once() -> None:
    sections = re.split(r"^## ", GLOSSARY, flags=re.MULTILINE)[1:]
    said = [re.findall(r"^[A-Z][^\n]*\.\n\{ lang=en \}$", section, re.MULTILINE) for section in sections]
    assert [len(each) for each in said] == [1] * GLOSSARY.count("data-figure")


def test_the_script_needs_nothing_else() -> None:
    source = SCRIPT.read_text(encoding="utf-8")
    assert not re.search(r"https?:|import\b|require\(|fetch\(|XMLHttpRequest|eval\(", source)


PROBE = """
<script>
const errors = [], said = {};
addEventListener("error", (event) => errors.push(event.message));
addEventListener("load", () => {
  for (const place of document.querySelectorAll(".live")) {
    const [inputs, told] = [[...place.querySelectorAll("input")], new Set()];
    for (const input of inputs) for (const end of [input.min, input.max]) {
      const before = input.value;
      input.value = end;
      input.dispatchEvent(new Event("input"));
      const text = place.querySelector("svg").innerHTML + place.querySelector("output").textContent;
      if (/NaN|Infinity|undefined|null/.test(text)) errors.push(`${place.dataset.figure}: ${end}`);
      told.add(text);
      input.value = before;
    }
    said[place.dataset.figure] = {
      moves: told.size === 2 * inputs.length,
      labelled: inputs.every((input) => input.labels.length === 1 && input.labels[0].textContent.trim()),
      seen: place.querySelector("svg[role=img]").getAttribute("aria-label"),
    };
  }
  document.body.innerHTML = "";
  document.body.append(JSON.stringify({ errors, said }));
});
</script>
"""


def test_figures_move_with_their_sliders_to_either_end(tmp_path: Path) -> None:
    """Takes three seconds: a browser starts."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine")
    divs = "".join(re.findall(r"<div class=.live.*?</div>", GLOSSARY))
    page = tmp_path / "page.html"
    script = f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>"
    page.write_text(f'<!doctype html><meta charset="utf-8"><body>{PROBE}{divs}{script}', encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run(
        [program, *flags, "--dump-dom", page.as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    told = re.search(r"<body>(\{.*\})</body>", done.stdout)
    assert told is not None, done.stdout
    found = json.loads(html.unescape(told[1]))
    assert found["errors"] == []
    assert len(found["said"]) == GLOSSARY.count("data-figure")
    assert [name for name, each in found["said"].items() if not all(each.values())] == []
