"""What is told of one net that somebody has, as data: its figures, its pictures, what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vicinal.experiments._picture import Picture
from vicinal.experiments._result import Machine


@dataclass(frozen=True)
class Fact:
    """A figure in a line: what it is of, the figure with its unit, what to compare it with."""

    name: str
    figure: str
    remark: str = ""


@dataclass(frozen=True)
class Chapter:
    """One side of the net: what is asked, what was found in a sentence or two, the picture of it."""

    title: str
    question: str
    found: str
    picture: Picture


@dataclass(frozen=True)
class Sheet:
    """One call of ``vicinal diagnose``.

    Args:
        headline: what was found, in a few pieces.
        circumstances: of what net, on what, in a few pieces.
        provenance: sentences on what the examples are to the net.
        doubts: sentences on what is doubtful.
        facts: every figure.
        chapters: every picture.
        seconds: how long it took.
        machine: where.
        version: of this package.
        settings: how it was measured, by name.
        command: that makes it again.
    """

    headline: tuple[str, ...]
    circumstances: tuple[str, ...]
    provenance: tuple[str, ...]
    doubts: tuple[str, ...]
    facts: tuple[Fact, ...]
    chapters: tuple[Chapter, ...]
    seconds: float
    machine: Machine
    version: str
    settings: Mapping[str, str] = field(default_factory=dict)
    command: str = ""
