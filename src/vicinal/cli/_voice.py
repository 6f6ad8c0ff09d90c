"""How much a command says: its result, what it does meanwhile, and where it found what."""

import logging
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vicinal._errors import InputError, must_be
from vicinal.cli._places import console

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Voice:
    """Where a command speaks.

    Args:
        result: for what was asked for.
        course: for notes and progress on the way there; prints nothing where that is not wanted.
    """

    result: "Console"
    course: "Console"


def voice(*, quiet: bool, verbose: bool, first: bool = True) -> Voice:
    """Return where a command speaks, and let the package's log be heard, or its warnings not.

    Args:
        quiet: only the result and errors are wanted.
        verbose: what the package logs is wanted too.
        first: whether this process is the one of several that speaks.

    Raises:
        InputError: both are wanted.
    """
    if quiet and verbose:
        raise InputError(must_be("--quiet and --verbose", "given one at a time", "both"))
    log = logging.getLogger("vicinal")
    if quiet:
        warnings.showwarning = lambda *_, **__: None  # as errors they still end the command
        log.setLevel(logging.ERROR)
    if verbose and first:
        log.handlers, log.propagate = [_ToErrors()], False
        log.setLevel(logging.INFO)
    return Voice(console(quiet=not first), console(quiet=quiet or not first))


def hush() -> None:
    """Let nothing of the log be heard, as before any call of :func:`voice`."""
    log = logging.getLogger("vicinal")
    log.handlers, log.propagate = [], True
    log.setLevel(logging.NOTSET)


class _ToErrors(logging.Handler):
    """Prints to what ``sys.stderr`` is at that moment: a bar of progress replaces it while it moves."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record's message as a line of ours."""
        print(f"vicinal: {record.getMessage()}", file=sys.stderr)
