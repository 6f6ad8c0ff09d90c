"""What is wrong with a command line that could not be read, in one sentence."""

import inspect
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from vicinal._errors import must_be, unknown
from vicinal.cli._argument import Argument

LIKE_AN_OPTION = re.compile(r"--?[A-Za-z].*|--")
"""What the parser does not take for a value, unless it is attached by ``=``."""
_LACKED = {
    ("compare", "--shard"): "compare has no --shard: it judges all of its nets by what this machine can do in the time "
    "that is asked for. Spread it over processes with --jobs, over machines with --ray.",
}
"""What is said of an option that other commands have and one has not, for a reason."""


def misuse(words: Sequence[str], commands: Mapping[str, Callable[..., Any]]) -> str:
    """Return the first thing that is wrong with the words after ``vicinal``, which could not be read.

    Args:
        words: the command line without the program's name.
        commands: what can be called, by name.
    """
    if not words or words[0].startswith("-"):
        found = f'"{words[0]}"' if words else "nothing"
        return must_be("the first word", f"a command ({', '.join(commands)})", found)
    command, *rest = words
    if command not in commands:
        return unknown("command", command, commands, "vicinal --help")
    arguments = [Argument(parameter) for parameter in inspect.signature(commands[command]).parameters.values()]
    wrong = next(_wrong(rest, command, arguments), None)
    return wrong or must_be(command, "followed by what its --help shows", f'"{shlex.join(rest)}"')


def _wrong(words: Sequence[str], command: str, arguments: Sequence[Argument]) -> Iterator[str]:
    """Yield what is wrong with the words after a command, from left to right."""
    options = {f"--{argument.name}": argument for argument in arguments if not argument.positional}
    positional = [argument for argument in arguments if argument.positional]
    left, places, given = list(words), list(positional), set[str]()
    while left:
        word = left.pop(0)
        name, attached, value = word.partition("=")
        option = options.get(name.replace("_", "-"))
        given |= {option.name} if option is not None else set()
        if option is not None and option.takes_value:
            alone = not attached and (not left or LIKE_AN_OPTION.fullmatch(left[0]) is not None)
            if alone and option.may_be_alone:
                continue
            if alone:
                yield must_be(name, "followed by a value", f'"{left[0]}"' if left else "nothing")
            else:
                yield from filter(None, [option.wrong(value if attached else left.pop(0))])
        elif option is not None:
            if attached:
                yield must_be(name, "given without a value", f'"{value}"')
        elif LIKE_AN_OPTION.fullmatch(word):
            yield _LACKED.get((command, name)) or unknown(
                f"option of {command}", name, options, f"vicinal {command} --help"
            )
        elif not places:
            takes = " and ".join(
                f"{each.name} side by side" if each.many else f"one {each.name}" for each in positional
            )
            yield must_be(command, f"followed by {takes or 'options only'}", f'"{word}" as well')
        elif not places[0].many or (left and LIKE_AN_OPTION.fullmatch(left[0])):  # an option ends a row of words
            place = places.pop(0)
            yield from filter(None, [place.wrong(word)])
    for argument in places:
        if argument.required:
            yield must_be(command, f"followed by a {argument.name}", "nothing")
    for option in options.values():
        if option.required and option.name not in given:
            yield must_be(command, f"given --{option.name}", "a line without it")
