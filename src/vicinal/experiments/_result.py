"""What an experiment found, as data: the table, the claims' verdicts, the pictures."""

from dataclasses import dataclass, field
from typing import Literal

from vicinal._html import shown
from vicinal._numbers import count, gained, number
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

    def _repr_html_(self) -> str:
        """Return what a notebook shows: every cell with how sure it is; a column that is empty is left out."""
        columns = [each for each in self.columns if any(row.get(each.key) is not None for row in self.rows)]
        rows = [[_cell(row.get(each.key), each.digits) for each in columns] for row in self.rows]
        note = "mean ± standard deviation; gains with their interval in brackets; n in parentheses"
        return shown(count(len(rows), "row"), [each.title for each in columns], rows, [note])


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
    ``1/2``, where it was not all of them. ``seconds`` are those on the clock; where trials had been trained before,
    those of all trials ``summed`` up.
    """

    version: str
    machine: Machine
    seconds: float
    experiments: tuple[ExperimentResult, ...] = field(default_factory=tuple)
    opening: Mixes | None = None
    share: str = ""
    summed: bool = False

    def _repr_html_(self) -> str:
        """Return what a notebook shows: every claim with its verdict and the reason, and what failed."""
        found = [(result, finding) for result in self.experiments for finding in result.findings]
        rows = [
            (finding.sentence, result.title, finding.verdict.word, *gained(finding.effect), finding.verdict.why)
            for result, finding in found
        ]
        supported = sum(finding.verdict.word == "supported" for _, finding in found)
        heads = ("claim", "experiment", "verdict", "effect", "interval", "why")
        failures = [failure for result in self.experiments for failure in result.failures]
        return shown(f"{supported} of {count(len(found), 'claim')} supported", heads, rows, failures)


def _cell(cell: Cell, digits: int) -> str:
    """Return a cell as text: a figure with its spread, a gain with its interval, each with its n."""
    match cell:
        case None:
            return "–"
        case str():
            return cell
        case Measured():
            spread = f" ± {number(cell.sd, digits)}" if cell.n > 1 else ""
            return f"{number(cell.mean, digits)}{spread} ({cell.n})"
        case Estimate():
            low, high = (number(end, digits, sign=True) for end in (cell.low, cell.high))
            interval = f" [{low}, {high}]" if cell.n > 1 else ""
            return f"{number(cell.mean, digits, sign=True)}{interval} ({cell.n})"
        case int():
            return f"{cell:,}"
        case float():
            return number(cell, digits)
