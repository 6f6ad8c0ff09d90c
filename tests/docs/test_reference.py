"""Every public name has an entry in the reference, and every command its help."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

import vicinal
from vicinal.cli import COMMANDS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
TEXT = {page.stem: page.read_text(encoding="utf-8") for page in sorted(REFERENCE.glob("*.md"))}
ENTRIES = re.findall(r"^::: (\S+)$", "\n".join(TEXT.values()), re.MULTILINE)
INTEGRATIONS = Path(vicinal.__file__).parent / "integrations"
PARTS = [
    *(f"vicinal.{name}" for name in ("vicinity", "measure", "evidence", "data", "report")),
    *(f"vicinal.integrations.{folder.parent.name}" for folder in sorted(INTEGRATIONS.glob("*/__init__.py"))),
]


@pytest.mark.parametrize("part", PARTS)
def test_every_public_name_has_one_entry(part: str):
    entries = [entry.rpartition(".")[2] for entry in ENTRIES if entry.rpartition(".")[0] == part]
    assert sorted(entries) == sorted(importlib.import_module(part).__all__)


def test_every_name_of_the_package_itself_is_in_the_first_page():
    for name in dir(vicinal):
        if name == "__version__":
            assert "`__version__`" in TEXT["index"]
            continue
        home = next((part for part in PARTS if name in importlib.import_module(part).__all__), "vicinal")
        entry = f"{home}.{name}"
        assert entry in ENTRIES, name
        assert home == "vicinal" or f"[`{name}`][{entry}]" in TEXT["index"], name


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_is_there_and_says_what_it_is(entry: str):
    home, _, name = entry.rpartition(".")
    found = getattr(importlib.import_module(home), name)
    if inspect.isclass(found) or inspect.isroutine(found):
        assert found.__doc__


def test_every_command_has_its_help_in_the_order_of_the_help():
    assert re.findall(r"^## vicinal (\S+)\n\n<!-- help: \1 -->$", TEXT["commands"], re.MULTILINE) == list(COMMANDS)
