"""The command line: parses, calls, prints. One short function a command; torch is imported once a command runs."""

import errno
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache, partial

import tyro

from vicinal._errors import ClusterLost, InputError
from vicinal._version import __version__
from vicinal.cli._compare import compare
from vicinal.cli._completion import completion
from vicinal.cli._diagnose import diagnose
from vicinal.cli._doctor import doctor
from vicinal.cli._fetch import fetch
from vicinal.cli._helped import docstring, examples, told
from vicinal.cli._judge import judge
from vicinal.cli._list import list_
from vicinal.cli._misuse import misuse
from vicinal.cli._predict import predict
from vicinal.cli._report import report
from vicinal.cli._reproduce import reproduce
from vicinal.cli._show import show
from vicinal.cli._status import FAILED, OK, STOPPED, WRONG_USE
from vicinal.cli._train import train
from vicinal.cli._voice import hush

COMMANDS: dict[str, Callable[..., int]] = {
    "compare": compare,
    "reproduce": reproduce,
    "train": train,
    "predict": predict,
    "diagnose": diagnose,
    "judge": judge,
    "show": show,
    "list": list_,
    "fetch": fetch,
    "report": report,
    "doctor": doctor,
    "completion": completion,
}
"""Every command by its name, in the order of the help."""
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
"""What a disk says that is full, or that was taken away, amid work."""

__all__ = ["COMMANDS", "run"]


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 done, 1 a trial failed, 2 wrong use, 75 stopped by a signal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a pipe in an old encoding lacks the marks of the verdicts
    _print_warnings_as_one_line()
    hush()
    if list(arguments) == ["--version"]:
        print(f"vicinal {__version__}")
        return OK
    try:
        return _read(arguments, COMMANDS)()
    except BrokenPipeError:  # the reader of our output has left, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except InputError as error:
        for sentence in error.args:
            print(f"vicinal: {sentence}", file=sys.stderr)
        return WRONG_USE
    except ClusterLost as lost:
        print(f"vicinal: {lost}", file=sys.stderr)
        return FAILED
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        place = f"{error.filename}: " if error.filename else ""
        remedy = "Make room and run it again: what was finished is kept"
        print(f"vicinal: {place}{error.strerror}. {remedy}.", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt as stopped:
        kept = f" {stopped}" if stopped.args else "; what has finished is kept, and the same command goes on from there"
        print(f"vicinal: stopped{kept}.", file=sys.stderr)
        return STOPPED


def _read(arguments: Sequence[str], commands: Mapping[str, Callable[..., int]]) -> Callable[[], int]:
    """Return the call of a command that the arguments ask for.

    Raises:
        InputError: they ask for none; the parser's own box of several lines is not shown.
    """
    try:
        with redirect_stderr(io.StringIO()), _uncoloured():
            return tyro.extras.subcommand_cli_from_dict(
                {name: _held_back(command) for name, command in commands.items()},
                prog="vicinal",
                description="Training beyond empirical risk minimisation: mixup, the paper, your own data.",
                args=list(arguments),
                config=(tyro.conf.FlagCreatePairsOff, tyro.conf.DisallowNone),
            )
    except SystemExit as leaving:
        if leaving.code == WRONG_USE:
            raise InputError(misuse(arguments, commands)) from None
        lines = examples(commands[arguments[0]]) if arguments[0] in commands else ["vicinal COMMAND --help"]
        print("\nexamples:", *lines, sep="\n  ")
        raise


@cache
def _held_back(command: Callable[..., int]) -> Callable[..., Callable[[], int]]:
    """Return a function of the same arguments and help, which returns the call instead of making it."""

    def held_back(*words: object, **options: object) -> Callable[[], int]:
        return partial(command, *words, **options)

    held_back.__name__, held_back.__doc__ = command.__name__, docstring(command)
    held_back.__annotations__, held_back.__signature__ = told(command)
    return held_back


@contextmanager
def _uncoloured() -> Iterator[None]:
    """Print a help without colours where NO_COLOR asks for that, which the parser does not."""
    if not os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        yield
        return
    plain = io.TextIOWrapper(io.BytesIO(), encoding=sys.stdout.encoding)
    try:
        with redirect_stdout(plain):
            yield
    finally:
        plain.seek(0)
        sys.stdout.write(plain.read())


def _print_warnings_as_one_line() -> None:
    def one_line(message: Warning | str, *_: object, **__: object) -> None:
        print(f"vicinal: {message}", file=sys.stderr)

    warnings.showwarning = one_line
