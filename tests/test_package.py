"""What importing the package does, and what it does not."""

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import vicinal
import vicinal.vicinity

FACTS = """
import json, random, sys, warnings
import numpy, torch

def state():
    return {
        "threads": [torch.get_num_threads(), torch.get_num_interop_threads()],
        "filters": repr(warnings.filters),
        "dtype": str(torch.get_default_dtype()),
        "device": str(torch.get_default_device()),
        "gradients": torch.is_grad_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "precision": torch.get_float32_matmul_precision(),
        "seeds": [torch.initial_seed(), torch.get_rng_state().tolist(), repr(random.getstate()),
                  repr(numpy.random.get_state())],
    }

before, modules = state(), set(sys.modules)
import vicinal.vicinity
for name in vicinal.__all__:
    getattr(vicinal, name)
after = state()
new = {name.partition(".")[0] for name in set(sys.modules) - modules}
print(json.dumps({"before": before, "after": after, "new": sorted(new)}))
"""


def run(code: str) -> str:
    """Run a program of its own, warnings as errors, and return what it prints."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def facts() -> dict:
    """What holds before and after the import, in a process of its own."""
    return json.loads(run(FACTS))


@pytest.mark.parametrize(
    "what", ["threads", "filters", "dtype", "device", "gradients", "deterministic", "precision", "seeds"]
)
def test_importing_changes_nothing_of_the_process(facts, what):
    assert facts["after"][what] == facts["before"][what]


def test_the_vicinities_bring_torch_and_nothing_else(facts):
    assert set(facts["new"]) - sys.stdlib_module_names == {"vicinal"}


def test_the_package_alone_does_not_import_torch():
    assert run("import sys, vicinal; vicinal.__version__; print('torch' in sys.modules)") == "False\n"


def test_the_commands_help_does_not_import_torch():
    pytest.importorskip("tyro", reason="the base install has no commands")
    code = """
import contextlib, io, sys
from vicinal.__main__ import main
sys.argv = ["vicinal", "--help"]
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()) as told:
    main()
print("reproduce" in told.getvalue(), "torch" in sys.modules)
"""
    assert run(code) == "True False\n"


def test_the_vicinities_import_from_their_own_floor_or_below():
    allowed = {"torch", "vicinal"} | sys.stdlib_module_names
    for file in Path(vicinal.vicinity.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.partition(".")[0] in allowed, f"{file.name} imports {name}"
                if name.startswith("vicinal"):
                    assert name.startswith(("vicinal.vicinity", "vicinal._errors")) or name == "vicinal._errors"


def test_the_public_names_are_sorted_and_all_resolve():
    assert vicinal.__all__ == sorted(vicinal.__all__)
    assert dir(vicinal) == sorted([*vicinal.__all__, *vicinal._WITH_EXTRAS])
    for name in vicinal.__all__:
        assert getattr(vicinal, name) is not None
    assert isinstance(vicinal.__version__, str)


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(vicinal.__file__).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = [alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(seen) == dir(vicinal)


def test_a_public_name_is_the_one_of_its_part():
    for name in set(vicinal.__all__) & set(vicinal.vicinity.__all__):
        assert getattr(vicinal, name) is getattr(vicinal.vicinity, name)


def test_a_name_that_needs_an_extra_is_found_when_it_is_asked_for():
    pytest.importorskip("sklearn", reason="the base install has no estimators")
    for name, home in vicinal._WITH_EXTRAS.items():
        assert getattr(vicinal, name) is getattr(importlib.import_module(home), name)


def test_without_scikit_learn_an_estimator_says_what_is_missing():
    code = """
import sys
sys.modules["sklearn"] = None
try:
    from vicinal import MixupClassifier
except ImportError as error:
    print(error)
from vicinal import *
"""
    needs = "vicinal.integrations.sklearn needs scikit-learn, which is not installed"
    assert run(code) == f'{needs}: pip install "vicinal[all]".\n'


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'vicinal' has no attribute 'mixup'"):
        vicinal.mixup  # noqa: B018
    with pytest.raises(ImportError):
        importlib.import_module("vicinal.nothing")


@pytest.mark.parametrize("module", [vicinal, vicinal.vicinity])
def test_a_list_of_names_holds_each_once_and_none_that_is_missing(module):
    assert len(set(module.__all__)) == len(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)
    namespace: dict[str, object] = {}
    exec(f"from {module.__name__} import *", namespace)
    assert set(module.__all__) <= set(namespace)
