"""Vicinities by name: ``mixup(alpha=0.2)`` on a command line, or ``file.py:MyMix(alpha=1)`` of one's own."""

import ast
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vicinal._errors import InputError, must_be, unknown
from vicinal.vicinity._choice import Choice
from vicinal.vicinity._cmixup import CMixup
from vicinal.vicinity._cutmix import CutMix
from vicinal.vicinity._dirac import Dirac
from vicinal.vicinity._dirichlet import Dirichlet
from vicinal.vicinity._gaussian import Gaussian
from vicinal.vicinity._layer import Latent
from vicinal.vicinity._mixup import Mixup
from vicinal.vicinity._outside import Outside
from vicinal.vicinity._schedule import Until, Warmup
from vicinal.vicinity._vicinity import Vicinity

VICINITIES: dict[str, type[Vicinity]] = {
    "choice": Choice,
    "cmixup": CMixup,
    "cutmix": CutMix,
    "dirac": Dirac,
    "dirichlet": Dirichlet,
    "erm": Dirac,
    "gaussian": Gaussian,
    "latent": Latent,
    "mixup": Mixup,
    "outside": Outside,
    "until": Until,
    "warmup": Warmup,
}
"""Every vicinity that has a name, by that name in small letters."""

_FILE = re.compile(r"(?P<file>.+\.py):(?P<call>[A-Za-z_]\w*\s*(\(.*\))?)", re.DOTALL)


def vicinity(text: str) -> Vicinity:
    """Return the vicinity that ``text`` names.

    Args:
        text: a name with its arguments, for example ``"erm"``, ``"mixup(alpha=0.2)"``,
            ``"warmup(mixup(0.2), epochs=5)"``; or a Python file, which is run, and a class in it, for example
            ``"mine.py:MyMix(alpha=1)"``.

    Raises:
        InputError: the text is no such call, the name is unknown, or the arguments do not fit.

    Example:
        >>> vicinity("mixup(alpha=0.2)")
        Mixup(alpha=0.2)
    """
    own = _FILE.fullmatch(text.strip())
    if own is None:
        return _made(_parsed(text), text)
    classes = _classes_of(Path(own["file"]))
    call = _parsed(own["call"])
    name, arguments, keywords = _taken_apart(call, text)
    if name not in classes:
        raise InputError(unknown(f"class in {own['file']}", name, classes))
    made = _called(classes[name], arguments, keywords, text)
    if not callable(getattr(made, "draw", None)):
        raise InputError(
            must_be(f"{own['file']}:{name}", "a vicinity, a class with a method draw(n, *, y, device)", "none")
        )
    return made


def canonical(text: str) -> str:
    """Return the one spelling of a vicinity's name: ``"mixup(.2)"`` and ``"Mixup(alpha=0.2)"`` are the same.

    Raises:
        InputError: the text names no vicinity.
    """
    made = vicinity(text)
    own = _FILE.fullmatch(text.strip())
    return repr(made) if own is None else f"{Path(own['file'])}:{ast.unparse(_parsed(own['call']))}"


def file_of(text: str) -> Path | None:
    """Return the Python file that a vicinity's name refers to, or None for one of the package's own."""
    own = _FILE.fullmatch(text.strip())
    return None if own is None else Path(own["file"])


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        raise InputError(must_be("a vicinity", 'a name with arguments like "mixup(alpha=0.2)"', text)) from None


def _taken_apart(call: ast.expr, text: str) -> tuple[str, list[Any], dict[str, Any]]:
    function = call.func if isinstance(call, ast.Call) else call
    unpacked = isinstance(call, ast.Call) and any(keyword.arg is None for keyword in call.keywords)
    if not isinstance(function, ast.Name) or unpacked:
        raise InputError(must_be("a vicinity", 'a name with arguments like "mixup(alpha=0.2)"', f'"{text}"'))
    if not isinstance(call, ast.Call):
        return function.id, [], {}
    keywords = {keyword.arg: _evaluate(keyword.value, text) for keyword in call.keywords if keyword.arg is not None}
    return function.id, [_evaluate(argument, text) for argument in call.args], keywords


def _evaluate(node: ast.expr, text: str) -> Any:
    """Return a literal, a list of such, or the vicinity that a call or a bare name makes."""
    if isinstance(node, ast.List | ast.Tuple):
        return [_evaluate(element, text) for element in node.elts]
    if isinstance(node, ast.Call | ast.Name):
        return _made(node, text)
    try:
        return ast.literal_eval(node)
    except (TypeError, ValueError):
        raise InputError(
            must_be("an argument of a vicinity", "a number, a string or a list", ast.unparse(node))
        ) from None


def _made(call: ast.expr, text: str) -> Vicinity:
    name, arguments, keywords = _taken_apart(call, text)
    if name.lower() not in VICINITIES:
        raise InputError(unknown("vicinity", name, VICINITIES))
    return _called(VICINITIES[name.lower()], arguments, keywords, text)


def _called(function: Callable[..., Any], arguments: list[Any], keywords: dict[str, Any], text: str) -> Any:
    try:
        return function(*arguments, **keywords)
    except Exception as error:
        reason = str(error).removeprefix(f"{getattr(function, '__name__', '')}.__init__() ")
        raise InputError(f'the vicinity "{text}" cannot be made: {reason}') from None


def _classes_of(file: Path) -> dict[str, type]:
    if not file.is_file():
        raise InputError(must_be("the file of a vicinity", "a Python file that exists", f'"{file}"'))
    sys.path.insert(0, str(file.parent.resolve()))  # for what the file imports from beside it
    try:
        names = runpy.run_path(str(file))
    except (Exception, SystemExit) as error:
        raise InputError(f"{file} cannot be run: {type(error).__name__}: {error}") from None
    finally:
        sys.path.pop(0)
    classes = {name: thing for name, thing in names.items() if isinstance(thing, type)}
    return {name: thing for name, thing in classes.items() if thing.__module__ == "<run_path>"}  # not imported ones
