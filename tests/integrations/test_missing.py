"""Without its library an adapter says in one sentence what to install, and every adapter says it in the same one."""

import importlib
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from vicinal import integrations

FOLDERS = [Path(folder) for folder in integrations.__path__]
ADAPTERS = sorted(file.parent.name for folder in FOLDERS for file in folder.glob("*/__init__.py"))
MISSING = {
    "lightning": [("lightning", "pytorch_lightning")],
    "sklearn": [("sklearn",)],
    "timm": [("timm",)],
    "torchvision": [("torchvision",)],
    "transformers": [("transformers",), ("accelerate",)],
}
"""Of every adapter that needs more than torch, what it cannot do without."""


def test_every_adapter_is_looked_at():
    assert sorted([*MISSING, "collate"]) == ADAPTERS


@pytest.mark.parametrize(("adapter", "gone"), [(adapter, gone) for adapter in MISSING for gone in MISSING[adapter]])
def test_an_adapter_without_its_library_says_what_to_install(adapter, gone, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in gone else found(name))
    module = f"vicinal.integrations.{adapter}"
    for name in [name for name in sys.modules if name.startswith(module)]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError) as told:
        importlib.import_module(module)
    sentence = rf'{module} needs [\w-]+, which is not installed: pip install "[\w\[\]>=.]+"\.'
    assert re.fullmatch(sentence, str(told.value))


@pytest.mark.parametrize("gone", ["lightning", "pytorch_lightning"])
def test_one_name_of_lightning_is_enough(gone, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == gone else found(name))
    module = "vicinal.integrations.lightning"
    for name in [name for name in sys.modules if name.startswith(module)]:
        monkeypatch.delitem(sys.modules, name)
    importlib.import_module(module)
