"""What a command says of its progress where no bar can be seen: a line now and then."""

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

QUIET = 10.0
"""Seconds between two lines of progress where the output is no terminal."""


class Lines:
    """Prints a line of progress at most every so many seconds, and none in a terminal, where a bar tells.

    Args:
        shown: where the command prints.
    """

    def __init__(self, shown: "Console") -> None:
        self.shown, self.last = shown, time.monotonic()

    def tell(self, text: str, *, now: bool = False) -> bool:
        """Print a line where it is time for one, or ``now``, and return whether it was."""
        due = not self.shown.is_terminal and (now or time.monotonic() - self.last > QUIET)
        if due:
            say(self.shown, text)
            self.last = time.monotonic()
        return due


def say(shown: "Console", text: str) -> None:
    """Print text as it is, however wide."""
    shown.print(text, soft_wrap=True, markup=False, highlight=False)
