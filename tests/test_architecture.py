"""How the house stands: imports point down its floors, lists of names are in order, no file is long, examples run."""

import ast
import doctest
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

import vicinal

ROOT = Path(vicinal.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
PACKAGES = sorted(file.parent for file in FILES if file.name == "__init__.py")
FLOORS = {
    "_errors": 0,
    "_files": 0,
    "_paths": 0,
    "_findings": 1,
    "_html": 0,
    "_numbers": 0,
    "_steps": 0,
    "_version": 0,
    "vicinity": 1,
    "measure": 1,
    "evidence": 1,
    "data": 2,
    "models": 2,
    "training": 3,
    "experiments": 4,
    "integrations": 4,
    "studies": 5,
    "report": 6,
    "_compare": 7,
    "cli": 8,
    "__main__": 9,
}
"""A part of the package imports from lower floors only, and from itself."""
NEVER = {("report", "training"), ("report", "studies"), ("report", "models"), ("report", "measure")}
"""What shows results neither trains nor measures."""
BESIDE = {"integrations"}
"""What stands beside the floors: it imports from below as the others do, and none of them imports it."""
LONGEST = 400


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(["vicinal", *parts[: -1 if parts[-1] == "__init__" else None]])


def part_of(module: str) -> str:
    """Return the part of the package that a module belongs to; the package itself is its own part, ""."""
    return module.removeprefix("vicinal").removeprefix(".").partition(".")[0]


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield every module of ours that is imported anywhere in a file, inside functions too."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "vicinal":
            names = [f"vicinal.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = ["." * node.level + (node.module or "")]
        yield from (name for name in names if name.partition(".")[0] in ("vicinal", ""))


def violations(module: str, source: str) -> list[str]:
    """Return what a module imports and must not."""
    mine = part_of(module)
    found = []
    for name in imported(ast.parse(source)):
        theirs = part_of(name)
        if name.startswith("."):
            found.append(f"{module} imports {name} relatively")
        elif theirs != mine and (FLOORS.get(theirs, 99) >= FLOORS[mine] or (mine, theirs) in NEVER or theirs in BESIDE):
            found.append(f"{module} imports {name}")
        elif theirs != mine and any(part.startswith("_") for part in name.split(".")[2:]):
            found.append(f"{module} imports the private {name}")
    return found


def test_every_part_stands_on_a_floor():
    parts = {part_of(module_of(file)) for file in FILES} - {""}
    assert parts == set(FLOORS)


@pytest.mark.parametrize("file", [file for file in FILES if file != ROOT / "__init__.py"], ids=module_of)
def test_imports_point_down_the_floors(file: Path):
    assert violations(module_of(file), file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("vicinal.vicinity._mixup", "from vicinal.training import fit"),
        ("vicinal.vicinity._mixup", "from vicinal.measure import boundary"),
        ("vicinal.evidence._effect", "import vicinal.vicinity"),
        ("vicinal.evidence._effect", "import torch, vicinal.measure._boundary as b"),
        ("vicinal.data._split", "def f():\n    from vicinal.models import MLP"),
        ("vicinal.data._split", "if TYPE_CHECKING:\n    from vicinal.cli import run"),
        ("vicinal.training._fit", "from vicinal import experiments"),
        ("vicinal.training._fit", "from vicinal.vicinity._mixup import Mixup"),
        ("vicinal.report._page", "from vicinal.training import run"),
        ("vicinal.report._page", "from vicinal.studies import study"),
        ("vicinal.integrations.sklearn._estimator", "from vicinal.experiments import tabular"),
        ("vicinal.studies._study", "from vicinal.integrations.sklearn import MixupClassifier"),
        ("vicinal.__main__", "import vicinal.integrations"),
        ("vicinal._errors", "from vicinal.vicinity import Mixup"),
        ("vicinal._errors", "import vicinal"),
        ("vicinal.cli._train", "from vicinal.__main__ import main"),
        ("vicinal.models._mlp", "from . import other"),
        ("vicinal.models._mlp", "from .._errors import must_be"),
        ("vicinal.models._mlp", "from vicinal import Mixup"),
        ("vicinal.models._mlp", "import vicinal.nowhere"),
    ],
)
def test_an_import_that_points_up_is_found(module: str, source: str):
    assert len(violations(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "vicinal.training._fit",
            "import torch\nfrom vicinal.vicinity import Mixup\nfrom vicinal.training._run import x",
        ),
        ("vicinal.evidence._effect", "from vicinal._errors import must_be"),
        ("vicinal.cli._train", "from vicinal.report import show"),
        ("vicinal.data._uci", "from vicinal.data import _embedded"),
        ("vicinal.integrations.sklearn._estimator", "from vicinal.training import fit"),
        ("vicinal.studies._study", "from vicinally import better"),
    ],
)
def test_an_import_that_points_down_is_none(module: str, source: str):
    assert violations(module, source) == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: module_of(package / "__init__.py"))
def test_public_names_are_sorted_and_all_resolve(package: Path):
    """Constants come first, then classes, then the rest, as ruff sorts them."""
    module = importlib.import_module(module_of(package / "__init__.py"))
    assert module.__all__ == sorted(set(module.__all__), key=lambda n: (not n.isupper(), not n[0].isupper(), n))
    assert all(getattr(module, name, None) is not None for name in module.__all__)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: module_of(package / "__init__.py"))
def test_files_of_a_folder_are_private_but_for_what_is_named(package: Path):
    """The experiments are read by name, the package itself is run by name; all else is private."""
    public = {file.stem for file in package.glob("*.py") if not file.stem.startswith("_")}
    experiments = {
        "ablation",
        "adversarial",
        "between_points",
        "cifar",
        "corrupted_labels",
        "decision_boundary",
        "gan",
        "imagenet",
        "speech",
        "tabular",
    }
    named = {"experiments": experiments}
    assert public == named.get(package.name, set())


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_no_file_is_long(file: Path):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST


def modules() -> list[str]:
    found = [module.name for module in pkgutil.walk_packages(vicinal.__path__, "vicinal.")]
    return [name for name in found if name != "vicinal.__main__"]


def test_every_module_can_be_imported_and_has_a_docstring():
    for name in modules():
        assert importlib.import_module(name).__doc__, name


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_run(name: str):
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        module = importlib.import_module(name)
        failed, _ = doctest.testmod(module, verbose=False)
    assert failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    tests = [test for name in modules() for test in finder.find(importlib.import_module(name))]
    assert sum(bool(test.examples) for test in tests) > 10
