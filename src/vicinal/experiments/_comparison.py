"""Whether mixup helps on somebody's data, as data: the answer, what it rests on, every figure beside it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vicinal._html import shown
from vicinal._numbers import gained, spread
from vicinal.evidence import Estimate, Needs
from vicinal.experiments._picture import Reliability
from vicinal.experiments._result import Machine, Measured, Repetition

FORMAT = 1

ComparedWord = Literal["helps", "hurts", "no difference that matters", "no evidence"]
"""What a comparison comes to."""


@dataclass(frozen=True)
class Metric:
    """What is compared.

    Args:
        name: as it stands in a sentence: ``"error"``, ``"RMSE"``, the name of a scorer.
        unit: ``"%"``, differences of which are points; empty where it is the target's own or there is none.
        lower_is_better: false for a score.
    """

    name: str = "error"
    unit: str = "%"
    lower_is_better: bool = True

    @property
    def points(self) -> str:
        """Unit of a difference."""
        return "points" if self.unit == "%" else self.unit


@dataclass(frozen=True)
class DataTold:
    """What the data are.

    Args:
        name: of the file or folder.
        kind: what an example is.
        task: what is learned of it; None of training code, which does not say.
        rows: number of examples.
        columns: number of the file's columns that are learned from; of photos and sounds of the values of an example.
        classes: their names; empty for regression.
        target: name of the column that is learned; empty where folders are the classes.
        notes: sentences on what was guessed and done.
        warnings: sentences on what is doubtful.
        latest: whether what is tested on is what is latest.
        mixed: whether columns of a table hold anything but numbers, or have gaps.
    """

    name: str
    kind: Literal["table", "photos", "sounds", "code"]
    task: Literal["classification", "regression"] | None
    rows: int
    columns: int
    classes: tuple[str, ...] = ()
    target: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    latest: bool = False
    mixed: bool = False


@dataclass(frozen=True)
class Chosen:
    """What validation chose in most splits.

    Args:
        alpha: mixup's parameter.
        share: of the splits in which it was chosen, in (0, 1].
        epochs: the length that was chosen most often for mixup; None where lengths were not compared.
        tied: whether another parameter was chosen as often.
    """

    alpha: float
    share: float
    epochs: int | None = None
    tied: bool = False


@dataclass(frozen=True)
class MethodRow:
    """One method over all splits; a gain is over ERM, positive where the method is better.

    Args:
        method: how it is called: ``"ERM"``, ``"mixup α=0.2"``, ``"mixup, α chosen"``, ``"HistGradientBoosting"``.
        vicinity: its specification, for example ``"Mixup(alpha=0.2)"``; empty where it has none.
        alpha: mixup's parameter; None where it has none or it was chosen from several.
        epochs: the length that validation chose most often; None where there is none.
        error: the metric on the test parts, an error in per cent; None where the method failed.
        figures: the same of each split, by its number; empty where that is not known.
        nll: negative log-likelihood in nats.
        ece: calibration error in per cent.
        macro: error in per cent with every class of the same weight.
        gain: in the metric, with its 95 % interval.
        simultaneous: the same with an interval that holds together with those of all other fixed methods.
        p: of the gain being zero, two-sided, adjusted by Holm's method for the number of fixed methods.
        judged: whether the method is one of those that were compared, each by itself, with ERM.
        nll_gain: fall of the negative log-likelihood.
        ece_gain: fall of the calibration error in points.
    """

    method: str
    vicinity: str = ""
    alpha: float | None = None
    epochs: int | None = None
    error: Measured | None = None
    figures: Mapping[int, float] = field(default_factory=dict)
    nll: Measured | None = None
    ece: Measured | None = None
    macro: Measured | None = None
    gain: Estimate | None = None
    simultaneous: Estimate | None = None
    p: float | None = None
    judged: bool = False
    nll_gain: Estimate | None = None
    ece_gain: Estimate | None = None

    def document(self) -> dict[str, Any]:
        """Return the row as plain data: ``low`` and ``high`` hold together for all fixed methods, as ``p`` does."""
        bounds = self.simultaneous or self.gain
        return {
            "method": self.method,
            "alpha": _number(self.alpha),
            "epochs": self.epochs,
            "error": _mean(self.error),
            "sd": None if self.error is None or self.error.n < 2 else _number(self.error.sd),
            "n": None if self.error is None else self.error.n,
            "nll": _mean(self.nll),
            "ece": _mean(self.ece),
            "macro": _mean(self.macro),
            "gain": _mean(self.gain),
            "low": None if bounds is None else _number(bounds.low),
            "high": None if bounds is None else _number(bounds.high),
            "p": _number(self.p),
            "judged": self.judged,
        }


@dataclass(frozen=True)
class AlphaGain:
    """A point of the curve of the gain over α: at a length, or at that which validation chose where it is None."""

    alpha: float
    gain: Estimate
    epochs: int | None = None


@dataclass(frozen=True)
class Scenario:
    """The same comparison with a share of the labels replaced by random ones, or of the training rows alone."""

    label: str
    kind: Literal["noise", "fraction"]
    share: float
    comparison: "Comparison"


@dataclass(frozen=True)
class Comparison:
    """One call of ``vicinal compare``. Gains are positive where mixup is better.

    Args:
        verdict: the word.
        metric: what was compared.
        data: on what.
        erm: ERM at the length that validation chose for it.
        picked: mixup at the α and the length that validation chose in each split: what was judged; None where it
            failed.
        rows: every fixed method, in order: mixup by α, then those that were added.
        baselines: other learners on the same splits, outside the verdict.
        chosen: what validation chose; None where nothing could be chosen.
        splits: repetitions that were finished.
        planned: repetitions that were asked for; ``splits`` if None.
        repetition: what one is called.
        lengths: epochs after which every run was read off, rising; empty where they are not known.
        margin: up to how large a difference none matters, in the metric's own unit.
        needs: what would decide it; None where it is decided, or cannot be.
        bootstrap: whether the test part was given, so that the interval comes from drawing its examples and the seeds
            anew together.
        improving: whether mixup chose the longest length mostly.
        partial: whether it was interrupted.
        curve: gains over α, at the chosen length and at each length.
        reliability: for ERM and mixup their bins.
        scenarios: the same with noise or less data.
        failures: sentences on what failed, each once.
        failed: trials that did.
        seconds: how long it took.
        machine: where.
        version: of this package.
        command: that makes it again.
        settings: how it was made, by name.
        files: where the trials' outcomes are, relative to the page.
        subject: what was judged, as sentences call it.
        against: what it was compared with.
        sentence: the answer; made by ``with_sentence`` from all the rest.
        also: further sentences, made there too.
    """

    verdict: ComparedWord
    metric: Metric
    data: DataTold
    erm: MethodRow
    picked: MethodRow | None
    rows: tuple[MethodRow, ...]
    splits: int
    machine: Machine
    version: str
    baselines: tuple[MethodRow, ...] = ()
    chosen: Chosen | None = None
    planned: int | None = None
    repetition: Repetition = "split"
    lengths: tuple[int, ...] = ()
    margin: float | None = None
    needs: Needs | None = None
    bootstrap: bool = False
    improving: bool = False
    partial: bool = False
    curve: tuple[AlphaGain, ...] = ()
    reliability: tuple[tuple[str, Reliability], ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    failures: tuple[str, ...] = ()
    failed: int = 0
    seconds: float = 0.0
    command: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    subject: str = "mixup"
    against: str = "ERM"
    sentence: str = ""
    also: tuple[str, ...] = ()

    @property
    def gain(self) -> Estimate | None:
        """What was judged: the gain of mixup at the α and length that validation chose; None where it failed."""
        return None if self.picked is None else self.picked.gain

    def table(self) -> Iterator[MethodRow]:
        """Yield every row: ERM, mixup as chosen, the fixed methods, the baselines."""
        yield self.erm
        if self.picked is not None:
            yield self.picked
        yield from self.rows
        yield from self.baselines

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the sentence, every method, and what is doubtful."""
        unit, points = (f", {each}" if each else "" for each in (self.metric.unit, self.metric.points))
        heads = ("method", f"{self.metric.name}{unit}", f"gain over {self.against}{points}", "95 % interval", "n")
        rows = [
            (
                row.method,
                spread(row.error),
                *gained(row.gain),
                "–" if row.error is None else f"{row.error.n}",
            )
            for row in self.table()
        ]
        return shown(self.sentence, heads, rows, (*self.also, *self.data.warnings, *self.failures))

    def document(self) -> dict[str, Any]:
        """Return all of it as plain data, for JSON; null where a figure is missing or has no bound."""
        erm = self.erm.document()
        return {
            "format": FORMAT,
            "sentence": self.sentence,
            "also": list(self.also),
            "verdict": self.verdict,
            "metric": self.metric.name,
            "unit": self.metric.unit,
            "lower_is_better": self.metric.lower_is_better,
            "data": {
                "name": self.data.name,
                "kind": self.data.kind,
                "task": self.data.task,
                "target": self.data.target,
                "rows": self.data.rows,
                "columns": self.data.columns,
                "classes": len(self.data.classes) or None,
                "notes": list(self.data.notes),
                "warnings": list(self.data.warnings),
            },
            "chosen": {
                "alpha": _number(self.chosen.alpha) if self.chosen else None,
                "share": _number(self.chosen.share) if self.chosen else None,
                "epochs": self.chosen.epochs if self.chosen else None,
            },
            "erm": {key: erm[key] for key in ("error", "sd", "n", "nll", "ece", "macro", "epochs")},
            "gain": _estimate(self.gain),
            "table": [row.document() for row in self.table()],
            "margin": _number(self.margin),
            "splits": self.splits,
            "planned": self.planned or self.splits,
            "repetition": self.repetition,
            "lengths": list(self.lengths),
            "bootstrap": self.bootstrap,
            "improving": self.improving,
            "partial": self.partial,
            "curve": [
                {"alpha": _number(each.alpha), "epochs": each.epochs, **_estimate(each.gain)} for each in self.curve
            ],
            "scenarios": [
                {
                    "label": each.label,
                    "kind": each.kind,
                    "share": _number(each.share),
                    "comparison": each.comparison.document(),
                }
                for each in self.scenarios
            ],
            "failures": list(self.failures),
            "failed": self.failed,
            "seconds": _number(self.seconds),
            "command": self.command,
            "version": self.version,
        }


def _number(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _mean(found: Measured | Estimate | None) -> float | None:
    return None if found is None else _number(found.mean)


def _estimate(found: Estimate | None) -> dict[str, Any]:
    if found is None:
        return dict.fromkeys(("effect", "low", "high", "n", "level"))
    return {
        "effect": _number(found.mean),
        "low": _number(found.low),
        "high": _number(found.high),
        "n": found.n,
        "level": found.level,
    }
