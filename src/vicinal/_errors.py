"""The one form in which a mistake is told: what, what it must be, what it is, what to do."""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """A user's mistake, told in one sentence; the command line prints it without a trace and exits with status 2.

    What a file says of itself may stand in the sentence: it steers no terminal.

    Args:
        sentences: one; or several, of mistakes that have nothing to do with each other, told a line each.
    """

    def __init__(self, *sentences: str) -> None:
        super().__init__(*map(printable, sentences))

    def __str__(self) -> str:
        """Return the sentences, a line each."""
        return "\n".join(self.args)


class ClusterLost(RuntimeError):  # noqa: N818 - what happened, not who erred
    """The machines that trained are gone; the command line prints that without a trace and exits with status 1."""


def printable(text: str) -> str:
    """Return a text on one line, with escapes in place of what cannot be printed."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def must_be(what: str, expected: str, found: object, remedy: str = "") -> str:
    """Return ``"what must be expected, got found."``, followed by the remedy as a sentence of its own.

    Args:
        what: the argument, file or row that is wrong.
        expected: what it has to be.
        found: what it is; shown by ``repr`` unless it is a string, which is taken as a description.
        remedy: what to do about it, without the full stop.
    """
    shown = found if isinstance(found, str) else repr(found)
    sentence = f"{what} must be {expected}, got {shown}."
    return f"{sentence} {remedy}." if remedy else sentence


def unknown(kind: str, word: str, words: Iterable[str], see: str = "") -> str:
    """Return the sentence for a name that nothing has, with the nearest name there is.

    Args:
        kind: what the name should have named, for example ``"experiment"``.
        word: the name that was given.
        words: every name there is.
        see: the command that shows them all; without it they are listed.
    """
    names = sorted(words)
    small = {name.lower().lstrip("-"): name for name in names}  # two options are not alike by their dashes
    near = difflib.get_close_matches(word.lower().lstrip("-"), small, n=1, cutoff=0.5)
    guess = f'; did you mean "{small[near[0]]}"?' if near else ";"
    rest = f"({see} shows all)" if see else f"(there are {', '.join(names)})"
    return f'no {kind} is called "{word}"{guess} {rest}'.replace("; (", " (")
