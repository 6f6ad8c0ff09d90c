"""The help of a command: made from its docstring, with its examples at the end."""

import inspect
import re
from collections.abc import Callable
from typing import Annotated, Any

import tyro

_UNSAID = ("None", "False", "automatic", "none", "''", "()", "")
"""Defaults of which the help says in words what they mean, or nothing."""


def examples(command: Callable[..., Any]) -> list[str]:
    """Return the command lines under ``Examples:``, the last section of a command's docstring."""
    _, _, told = inspect.cleandoc(command.__doc__ or "").partition("\nExamples:\n")
    return [line.strip() for line in told.splitlines() if line.strip()]


def docstring(command: Callable[..., Any]) -> str:
    """Return the docstring without its examples, every argument's description in one line.

    The parser would keep the breaks of its lines, which are made for another width.
    """
    told, _, _ = inspect.cleandoc(command.__doc__ or "").partition("\nExamples:\n")
    return re.sub(r"\n {8,}(?=\S)", " ", told)


def told(command: Callable[..., Any]) -> tuple[dict[str, Any], inspect.Signature]:
    """Return the kinds of a command's arguments, with a default shown only where it says something; a signature."""
    mark = tyro.conf.arg(help_behavior_hint=lambda said: "" if said in _UNSAID else f"(default: {said})")
    signature = inspect.signature(command)
    kinds = {name: Annotated[parameter.annotation, mark] for name, parameter in signature.parameters.items()}
    parameters = [each.replace(annotation=kinds[name]) for name, each in signature.parameters.items()]
    return kinds, signature.replace(parameters=parameters)
