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
ROOT = Path(vicinal.__file__).parent
PARTS = [".".join(("vicinal", *file.parent.relative_to(ROOT).parts)) for file in sorted(ROOT.glob("*/**/__init__.py"))]
"""Every package but vicinal itself, whose names stand in the first page."""


def exports(part: str, found: object, name: str) -> bool:
    """Tell whether a part has this very thing among its public names; two may have one name, as Mixup has."""
    module = importlib.import_module(part)
    return name in module.__all__ and getattr(module, name) is found


@pytest.mark.parametrize("part", PARTS)
def test_every_public_name_has_one_entry(part: str):
    entries = [entry.rpartition(".")[2] for entry in ENTRIES if entry.rpartition(".")[0] == part]
    assert sorted(entries) == sorted(importlib.import_module(part).__all__)


def test_every_name_of_the_package_itself_is_in_the_first_page():
    for name in dir(vicinal):
        if name == "__version__":
            assert "`__version__`" in TEXT["index"]
            continue
        home = next((part for part in PARTS if exports(part, getattr(vicinal, name), name)), "vicinal")
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
