"""An argument of a command, as its function says it."""

import inspect
from pathlib import Path
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import tyro

from vicinal._errors import must_be, unknown
from vicinal.cli._words import Offers


class Argument:
    """A parameter of a command, as the command line gives it.

    Args:
        parameter: of the function that is the command; ``raw: bool`` is the flag ``--raw``, everything else that is not
            positional takes one value.
    """

    def __init__(self, parameter: inspect.Parameter) -> None:
        annotated = get_origin(parameter.annotation) is Annotated
        kind, *marks = get_args(parameter.annotation) if annotated else [parameter.annotation]
        self.name = parameter.name.replace("_", "-")
        kinds = get_args(kind) if get_origin(kind) in (Union, UnionType, tuple) else (kind,)  # one of these, or none
        self.choices: tuple[str, ...] = next((get_args(k) for k in kinds if get_origin(k) is Literal), ())
        self.takes_value = kind is not bool
        self.positional = tyro.conf.Positional in marks
        self.required = parameter.default is parameter.empty
        self.many = get_origin(kind) is tuple
        self.offers = next((mark for mark in marks if isinstance(mark, Offers)), Offers(self.choices, Path in kinds))
        self.specs = [mark for mark in marks if isinstance(mark, tyro.constructors.PrimitiveConstructorSpec)]
        self.may_be_alone = any(spec.nargs == (0, 1) for spec in self.specs)

    def wrong(self, value: str) -> str | None:
        """Return what is wrong with the value, or None."""
        if self.choices and value not in self.choices:
            return unknown(self.name, value, self.choices)
        for spec in self.specs:
            try:
                spec.instance_from_str([value])
            except ValueError as error:
                return must_be(f"--{self.name}", str(error), f'"{value}"')
        return None
