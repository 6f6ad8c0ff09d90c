"""Runs that exist already, of several methods under several seeds: each method against the baseline."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vicinal._errors import InputError, must_be, unknown
from vicinal._html import shown
from vicinal._numbers import gained, spread
from vicinal.evidence._effect import paired
from vicinal.evidence._estimate import Estimate
from vicinal.evidence._figure import figure
from vicinal.evidence._gain import Gain, GainWord, judge_gains

BASELINES = ("erm", "baseline", "base", "control", "reference", "vanilla", "standard", "plain", "none", "no mixup")
"""What a baseline is commonly called, in small letters."""


@dataclass(frozen=True)
class MethodRuns:
    """The runs of one method.

    Args:
        name: the method.
        n: number of seeds that it has a score of.
        mean: mean score.
        sd: its spread over the seeds, n - 1 in its denominator; inf where n is 1.
        gain: by how much it is better than the baseline, over the seeds that both have; None for the baseline, and
            where they share no seed.
        sentence: what that says; empty for the baseline.
    """

    name: str
    n: int
    mean: float
    sd: float
    gain: Gain | None = None
    sentence: str = ""

    @property
    def word(self) -> GainWord:
        """The word for the gain; no evidence where there is none."""
        return self.gain.word if self.gain else "no evidence"

    def scores(self) -> dict[str, object]:
        """Return what is known of the method alone for JSON; what is not finite is None."""
        return {"method": self.name, "n": self.n, "mean": self.mean, "sd": _finite(self.sd)}

    def document(self) -> dict[str, object]:
        """Return the same and the gain; what is not finite, or not there, is None."""
        gain = self.gain.estimate if self.gain else None
        return self.scores() | {
            "pairs": gain.n if gain else 0,
            "gain": gain.mean if gain else None,
            **_ends(gain),
            "simultaneous": _ends(self.gain.simultaneous if self.gain else None),
            "p": self.gain.p if self.gain else None,
            "verdict": self.word,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class JudgedRuns:
    """What runs say of several methods.

    Args:
        score: what was scored.
        lower_is_better: whether a gain is a lower score.
        margin: the largest gain or loss that does not matter; None where every one does.
        baseline: what the others are compared with.
        methods: the others, in order of appearance.
        notes: what was guessed, and what was left out, a sentence each.
    """

    score: str
    lower_is_better: bool
    margin: float | None
    baseline: MethodRuns
    methods: tuple[MethodRuns, ...]
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        """Return what a notebook shows: every method beside the baseline, and what is said of each."""
        gains = [each.gain.estimate if each.gain else None for each in (self.baseline, *self.methods)]
        rows = [
            (
                each.name,
                spread(each),
                *gained(gain),
                "" if each is self.baseline else each.word,
                f"{each.n}",
            )
            for each, gain in zip((self.baseline, *self.methods), gains, strict=True)
        ]
        heads = ("method", self.score, f"gain over {self.baseline.name}", "95 % interval", "verdict", "n")
        said = [each.sentence for each in self.methods]
        return shown(f"{self.score} of {len(rows)} methods", heads, rows, (*said, *self.notes))

    def document(self) -> dict[str, object]:
        """Return everything for JSON."""
        return {
            "format": 1,
            "score": self.score,
            "better": "lower" if self.lower_is_better else "higher",
            "margin": self.margin,
            "baseline": self.baseline.scores(),
            "table": [method.document() for method in self.methods],
            "notes": list(self.notes),
        }


def judge_runs(
    methods: Sequence[str],
    seeds: Sequence[str],
    scores: Sequence[float],
    *,
    baseline: str | None = None,
    lower_is_better: bool = False,
    margin: float | None = None,
    score: str = "score",
) -> JudgedRuns:
    """Compare methods with a baseline by runs under the same seeds.

    Args:
        methods: the method of each run.
        seeds: its seed, or its split: what makes it comparable with the run of another method.
        scores: its score; one that is not finite is left out and said.
        baseline: the method that the others are compared with; if not given the one that is called so (``erm``,
            ``baseline`` and the like), and said.
        lower_is_better: whether a gain is a lower score.
        margin: the largest gain or loss that does not matter, above 0; None where every one does.
        score: what the scores are called.

    Raises:
        InputError: there is no second method, no baseline, or no seed that a method shares with the baseline.

    Example:
        >>> found = judge_runs(["erm", "mixup"] * 3, list("112233"), [90.1, 91.2, 90.3, 91.3, 89.9, 91.2])
        >>> found.methods[0].sentence
        'mixup helps: a gain of 1.13 in score over erm (95 % interval 0.754 to 1.51, 3 seeds).'
    """
    runs, notes = _gathered(methods, seeds, scores)
    if len(runs) < 2:
        found = " and ".join(f'"{name}"' for name in runs) or "none"
        raise InputError(must_be("the runs", "of two methods or more", found))
    base = _baseline(runs, baseline)
    if baseline is None:
        notes.append(f'The baseline is "{base}", by its name.')
    pairs = {name: [seed for seed in runs[base] if seed in mine] for name, mine in runs.items() if name != base}
    if not any(pairs.values()):
        remedy = "Runs are paired by their seeds; name the column that two methods have in common"
        raise InputError(must_be("a seed", f'one that "{base}" and another method share', "none", remedy))
    notes += _unpaired(runs, base, pairs)
    sign = -1.0 if lower_is_better else 1.0
    gains = [
        paired([sign * (runs[name][seed] - runs[base][seed]) for seed in shared])
        for name, shared in pairs.items()
        if shared
    ]
    judged = iter(judge_gains(gains, margin=margin))
    told = []
    for name, shared in pairs.items():
        gain = next(judged) if shared else None
        said = _sentence(name, base, score, gain, margin, len(gains)) if gain else f"{name} shares no seed with {base}."
        told.append(_described(name, runs[name], gain, said))
    return JudgedRuns(score, lower_is_better, margin, _described(base, runs[base]), tuple(told), tuple(notes))


def _gathered(
    methods: Sequence[str], seeds: Sequence[str], scores: Sequence[float]
) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Return every method's scores by seed, and what is to be said of repeated and failed runs."""
    every: dict[str, dict[str, list[float]]] = {}
    failed = []
    for method, seed, score in zip(methods, seeds, scores, strict=True):
        if math.isfinite(score):
            every.setdefault(method, {}).setdefault(seed, []).append(score)
        else:
            failed.append(f"{method} {seed}")
    again = [f"{method} {seed}" for method, mine in every.items() for seed, those in mine.items() if len(those) > 1]
    notes = []
    if failed:
        notes.append(f"Runs without a finite score are left out: {_listed(failed)}.")
    if again:
        notes.append(f"Several runs have the same method and seed, and count as one by their mean: {_listed(again)}.")
    runs = {method: {seed: float(np.mean(those)) for seed, those in mine.items()} for method, mine in every.items()}
    return runs, notes


def _baseline(names: Iterable[str], wanted: str | None) -> str:
    names = list(names)
    if wanted is not None:
        if wanted not in names:
            raise InputError(unknown("method", wanted, names))
        return wanted
    found = [name for name in names if re.sub(r"[\s_-]+", " ", name.strip().lower()) in BASELINES]
    if len(found) != 1:
        which = "none that is called so" if not found else f"{len(found)} that are called so"
        expected = f"one of {', '.join(names)}"
        raise InputError(must_be("the baseline", expected, which, "Name it with --baseline"))
    return found[0]


def _unpaired(
    runs: Mapping[str, Mapping[str, float]], base: str, pairs: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Say which seeds only one of two methods has, in one sentence, if there are any."""
    said = []
    for name, shared in pairs.items():
        for one, other in ((name, base), (base, name)):
            lonely = [seed for seed in runs[one] if seed not in shared]
            said += [f"{_listed(lonely)} of {one}, not of {other}"] if lonely else []
    return (f"Seeds that only one of two methods has are no part of the gains: {'; '.join(said)}.",) if said else ()


def _described(name: str, mine: Mapping[str, float], gain: Gain | None = None, sentence: str = "") -> MethodRuns:
    scores = np.array(list(mine.values()))
    sd = float(scores.std(ddof=1)) if len(scores) > 1 else math.inf
    return MethodRuns(name, len(scores), float(scores.mean()), sd, gain, sentence)


def _sentence(name: str, base: str, score: str, gain: Gain, margin: float | None, number: int) -> str:
    """Return what a method's gain says: the word first."""
    if gain.note:
        return f"no evidence that {name} changes {score}: {gain.note}."
    estimate = gain.estimate
    measured = f"a gain of {figure(estimate.mean)} in {score} over {base} ({_interval(estimate)}"
    if number > 1:
        assert gain.p is not None
        p = "p < 0.001" if gain.p < 0.001 else f"p = {figure(gain.p)}"
        measured += f", {p} adjusted for {number} methods"
    measured += ")"
    if gain.word == "no difference that matters":
        assert margin is not None
        return f"{name} makes no difference that matters: {measured}, within ±{figure(margin)}."
    if gain.word == "no evidence":
        needs = f"; {_lowered(gain.needs.sentence)}" if gain.needs else "."
        return f"no evidence that {name} changes {score}: {measured}{needs}"
    return f"{name} {gain.word}: {measured}."


def _interval(estimate: Estimate) -> str:
    ends = f"{figure(estimate.low)} to {figure(estimate.high)}"
    return f"{100 * estimate.level:.4g} % interval {ends}, {estimate.n} seeds"


def _lowered(sentence: str) -> str:
    return f"{sentence[0].lower()}{sentence[1:]}"


def _listed(words: Sequence[str], most: int = 8) -> str:
    """Return words with commas between them, those above so many counted only."""
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"


def _ends(estimate: Estimate | None) -> dict[str, float | None]:
    """Return the ends of an interval for JSON."""
    return {
        "low": _finite(estimate.low) if estimate else None,
        "high": _finite(estimate.high) if estimate else None,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
