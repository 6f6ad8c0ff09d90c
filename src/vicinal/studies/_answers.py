"""What every net of a comparison that has finished answered, at every length, and the figures that it comes to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from vicinal._errors import InputError
from vicinal._numbers import count
from vicinal.evidence import Pick
from vicinal.studies._compared import complete, mixes
from vicinal.studies._methods import Method
from vicinal.studies._scores import Array, Score
from vicinal.training import Outcome, Task, Trial

JudgedBy = Literal["valid", "test"]
_PARTS: tuple[JudgedBy, ...] = ("valid", "test")
Kept = Sequence[Sequence[Sequence[Array | None]]]
"""By method, length and split; None where a net has not finished."""


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers of M methods at L lengths in S splits.

    Args:
        methods: ERM first.
        lengths: epochs, rising.
        seeds: of the splits.
        answers: of every part: logits (N, K), or numbers (N,).
        targets: of every part, by split.
        rows: numbers of the rows that are tested on, by split; None where nobody knows them.
    """

    methods: tuple[Method, ...]
    lengths: tuple[int, ...]
    seeds: tuple[int, ...]
    answers: Mapping[JudgedBy, Kept]
    targets: Mapping[JudgedBy, Sequence[Array]]
    rows: Sequence[Array] | None = None
    _scored: dict[tuple[JudgedBy, int], Array] = field(default_factory=dict)
    _reasons: dict[int, str] = field(default_factory=dict)

    def figures(self, part: JudgedBy, score: Score) -> Array:
        """Return the figure of all of them, float64 of shape (M, L, S).

        It is NaN where a net has not finished, or where the score can say nothing of its answers.
        """
        key = (part, id(score))
        if key not in self._scored:
            self._scored[key] = self._each(part, score)
        return self._scored[key]

    def scorable(self, score: Score) -> "tuple[Answers | None, tuple[str, ...]]":
        """Return the splits that can be compared where nets whose answers cannot all be scored are left out.

        Returns:
            Those, None where there are none; and a sentence on what was left out, where anything was.
        """
        finite = np.all([np.isfinite(self.figures(part, score)).all(axis=1) for part in _PARTS], axis=0)
        lost = [
            [each is not None and not good for each, good in zip(of_method[0], finite[m], strict=True)]
            for m, of_method in enumerate(self.answers["valid"])
        ]
        number = sum(map(sum, lost))
        if not number:
            return self, ()

        def left(kept: Kept) -> Kept:
            return [
                [
                    [None if gone else each for gone, each in zip(lost[m], of_length, strict=True)]
                    for of_length in lengths
                ]
                for m, lengths in enumerate(kept)
            ]

        answers = {part: left(kept) for part, kept in self.answers.items()}
        reason = self._reasons.get(id(score), f"{score.metric.name} of some of the answers is no finite number.")
        found = replace(self, answers=answers, _scored={}, _reasons={}).complete()
        return found, (f"{count(number, 'net')} could not be scored: {reason}",)

    def vectors(self, picked: Pick, of: Callable[[Array, Array], Array]) -> Array:
        """Return what ``of`` makes of the test answers picked in each split, stacked: of shape (S, N, ...)."""
        return np.stack([of(*each) for each in self.picked(picked)])

    def picked(self, picked: Pick) -> list[tuple[Array, Array]]:
        """Return the test answers that were picked in each split, with their targets."""
        found = [
            self.answers["test"][method][length][split]
            for split, (method, length) in enumerate(zip(picked.methods, picked.lengths, strict=True))
        ]
        assert all(each is not None for each in found)
        return [(each, target) for each, target in zip(found, self.targets["test"], strict=True) if each is not None]

    @property
    def repeats(self) -> float:
        """How often a row is tested on, on average over the rows that are."""
        tested = sum(map(len, self.targets["test"]))
        if self.rows is None:
            return float(len(self.seeds))
        return tested / len(np.unique(np.concatenate(self.rows)))

    def complete(self) -> "Answers | None":
        """Return the splits in which ERM and some mixup can be compared, as :func:`complete` says; None of none."""
        there = np.array([[each[0][s] is not None for s in range(len(self.seeds))] for each in self.answers["valid"]])
        splits = complete(there, mixes(self.methods))
        return self._of(splits) if splits else None

    def _of(self, splits: Sequence[int]) -> "Answers":
        def some(kept: Kept) -> Kept:
            return [[[of_length[s] for s in splits] for of_length in of_method] for of_method in kept]

        return Answers(
            self.methods,
            self.lengths,
            tuple(self.seeds[s] for s in splits),
            {part: some(kept) for part, kept in self.answers.items()},
            {part: [of[s] for s in splits] for part, of in self.targets.items()},
            None if self.rows is None else [self.rows[s] for s in splits],
        )

    def _each(self, part: JudgedBy, score: Score) -> Array:
        def figure(answers: Array, target: Array) -> float:
            try:
                return score.figure(answers, target)
            except InputError as problem:  # a metric of logarithms, say, and an answer below 0
                self._reasons.setdefault(id(score), str(problem))
                return np.nan

        return np.array(
            [
                [
                    [
                        np.nan if each is None else figure(each, target)
                        for each, target in zip(splits, self.targets[part], strict=True)
                    ]
                    for splits in lengths
                ]
                for lengths in self.answers[part]
            ],
            dtype=np.float64,
        )


def answers_of(
    outcomes: Mapping[Trial, Outcome], methods: Sequence[Method], tasks: Sequence[Task], seeds: Sequence[int]
) -> Answers | None:
    """Return the answers of the splits that can be compared; None if there is none.

    Args:
        outcomes: of the trials that have finished.
        methods: ERM first.
        tasks: of the methods, which are read off at the same lengths.
        seeds: of the splits.
    """

    def outcome(m: int, seed: int) -> Outcome | None:
        return outcomes.get(Trial(tasks[m], methods[m].vicinity, seed))

    there = [seed for seed in seeds if outcome(0, seed) is not None]
    if not there:
        return None
    kept = [[None if (of := outcome(m, seed)) is None else of.kept() for seed in there] for m in range(len(methods))]
    erm = [each for each in kept[0] if each is not None]
    answers: dict[JudgedBy, Kept] = {
        part: [
            [
                [None if each is None else each[f"{part}_answers_{length}"].numpy() for each in of_method]
                for length in tasks[0].read_at
            ]
            for of_method in kept
        ]
        for part in _PARTS
    }
    targets: dict[JudgedBy, Sequence[Array]] = {
        part: [each[f"{part}_target"].numpy() for each in erm] for part in _PARTS
    }
    rows = [each["test_rows"].numpy() for each in erm if "test_rows" in each]
    found = Answers(
        tuple(methods), tasks[0].read_at, tuple(there), answers, targets, rows if len(rows) == len(there) else None
    )
    return found.complete()
