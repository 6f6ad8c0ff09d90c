"""What an experiment found, as data: the table, the claims' verdicts, the pictures."""

from dataclasses import dataclass, field
from typing import Literal

from vicinal.evidence import Effect, Estimate, Verdict
from vicinal.experiments._picture import Mixes, Picture

Repetition = Literal["seed", "split"]
"""What it is that an experiment is repeated with: everything random anew, or another cut of the same rows as well."""


@dataclass(frozen=True)
class Measured:
    """A figure over seeds: mean, standard deviation, number of seeds."""

    mean: float
    sd: float
    n: int


Cell = str | float | int | None | Measured | Estimate
"""What a cell of a table holds; None where there is nothing to say."""


@dataclass(frozen=True)
class Column:
    """A column of a table: the key of its cells, its title with the unit, its digits after the point.

    Published columns are figures of the paper and are shown as such, never mistaken for measured ones.
    """

    key: str
    title: str
    digits: int = 1
    kind: Literal["name", "measured", "gain", "published", "note"] = "measured"


@dataclass(frozen=True)
class Table:
    """Rows with one cell a column; rows that share the first column's value stand together."""

    columns: tuple[Column, ...]
    rows: tuple[dict[str, Cell], ...]


@dataclass(frozen=True)
class Finding:
    """A claim and what the trials say of it.

    ``verdict`` holds the word, the parts that were judged, the reason, and what would decide it; ``effect`` is the one
    that the one-line view shows (None: not run).
    """

    id: str
    sentence: str
    statistic: str
    unit: str
    verdict: Verdict
    effect: Effect | None


@dataclass(frozen=True)
class Counts:
    """How many trials were trained now, failed, or were found finished."""

    done: int = 0
    failed: int = 0
    reused: int = 0


@dataclass(frozen=True)
class ExperimentResult:
    """Everything that the terminal, the page and the JSON tell about one experiment.

    ``seeds`` is the number of its repetitions, ``repetition`` what one is called; ``files`` names where its trials'
    outcomes are, relative to the page.
    """

    name: str
    title: str
    section: str
    question: str
    differs: str
    scale: str
    seeds: int
    command: str
    seconds: float
    counts: Counts
    table: Table
    findings: tuple[Finding, ...]
    pictures: tuple[Picture, ...]
    settings: dict[str, dict[str, object]]
    failures: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    repetition: Repetition = "seed"


@dataclass(frozen=True)
class Machine:
    """Where and with what the trials ran."""

    cores: int
    processor: str
    device: str
    platform: str
    python: str
    torch: str


@dataclass(frozen=True)
class Results:
    """One call of ``vicinal reproduce``.

    ``opening`` shows what was mixed, where images were; ``share`` names the share of the trials that was run, as
    ``1/2``, where it was not all of them.
    """

    version: str
    machine: Machine
    seconds: float
    experiments: tuple[ExperimentResult, ...] = field(default_factory=tuple)
    opening: Mixes | None = None
    share: str = ""
