"""The first example of an adapter's page is a whole program: pasted into an empty folder, it runs.

All of a page runs from its first line on in the tests of pages; here it is seen that nothing stands before that example
which a reader does not paste.
"""

import ast
import re
from pathlib import Path
from textwrap import dedent

import pytest

PAGES = sorted((Path(__file__).parents[2] / "docs" / "adapters").glob("*.md"))
FENCE = re.compile(r"^```(\w*)", re.MULTILINE)
HIDDEN = re.compile(r"<!-- before\n(.*?)-->", re.DOTALL)


def silences(code: str) -> bool:
    """Tell whether code does no more than to silence warnings and logs, which a reader may see."""
    names = [alias.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import) for alias in node.names]
    return set(names) <= {"logging", "warnings"} and all(
        isinstance(node, ast.Import | ast.Expr) for node in ast.parse(code).body
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_first_example_needs_nothing_that_is_hidden(page: Path):
    text = page.read_text(encoding="utf-8")
    first = FENCE.search(text)
    assert first is not None
    assert first[1] == "python", "a block that does not run"
    assert all(silences(dedent(code)) for code in HIDDEN.findall(text[: first.start()]))


@pytest.mark.parametrize("code", ["model = 1", "import torch", "from logging import INFO", "def f(): ..."])
def test_more_than_silence_is_found(code: str):
    assert not silences(code)
