"""Without its library an adapter says in one sentence what to install."""

import importlib
import importlib.util
import sys

import pytest

LIBRARIES = {"lightning": ("lightning", "pytorch_lightning"), "timm": ("timm",), "torchvision": ("torchvision",)}


@pytest.mark.parametrize("adapter", LIBRARIES)
def test_an_adapter_without_its_library_says_what_to_install(adapter, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in LIBRARIES[adapter] else found(name))
    module = f"vicinal.integrations.{adapter}"
    for name in [name for name in sys.modules if name.startswith(module)]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match=rf'^{module} needs .*, which is not installed: pip install "{adapter}>='):
        importlib.import_module(module)
