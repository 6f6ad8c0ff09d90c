"""The figures of a comparison: what every net that has finished answered, at every length, scored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from vicinal.evidence import Pick
from vicinal.studies._methods import Method
from vicinal.studies._scores import Array, Score
from vicinal.training import Outcome, Task, Trial

JudgedBy = Literal["valid", "test"]


@dataclass(frozen=True, eq=False)
class Answered:
    """Answers of M methods at L lengths in S splits.

    Args:
        methods: ERM first.
        lengths: epochs, rising.
        seeds: of the splits.
        answers: of every part, by method, length and split: logits (N, K), or numbers (N,); None where a net failed.
        targets: of every part, by split.
    """

    methods: tuple[Method, ...]
    lengths: tuple[int, ...]
    seeds: tuple[int, ...]
    answers: Mapping[JudgedBy, Sequence[Sequence[Sequence[Array | None]]]]
    targets: Mapping[JudgedBy, Sequence[Array]]

    def figures(self, part: JudgedBy, score: Score) -> Array:
        """Return the figure of all of them, float64 of shape (M, L, S); NaN where a net failed."""
        return self._scored(part, score.figure)

    def losses(self, score: Score) -> Array:
        """Return the loss of every test example, of shape (M, L, S, N); NaN where a net failed.

        It is for a test part that is the same in every split, and for a score that has losses.
        """
        of, target = score.losses, self.targets["test"][0]
        assert of is not None
        nothing = np.full(len(target), np.nan)
        return np.array(
            [
                [[nothing if each is None else of(each, target) for each in splits] for splits in lengths]
                for lengths in self.answers["test"]
            ]
        )

    def picked(self, picked: Pick) -> tuple[Array, Array]:
        """Return the test answers of what was picked in each split, one split after the other, and their targets."""
        found = [
            self.answers["test"][method][length][split]
            for split, (method, length) in enumerate(zip(picked.methods, picked.lengths, strict=True))
        ]
        return np.concatenate([each for each in found if each is not None]), np.concatenate(self.targets["test"])

    @cached_property
    def tested(self) -> int:
        """Number of test examples of a split."""
        return len(self.targets["test"][0])

    def _scored(self, part: JudgedBy, figure: Callable[[Array, Array], float]) -> Array:
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


def answered_by(
    outcomes: Mapping[Trial, Outcome], methods: Sequence[Method], tasks: Sequence[Task], seeds: Sequence[int]
) -> Answered | None:
    """Return the answers of the splits in which ERM and at least one other method have finished; None if there is none.

    Args:
        outcomes: of the trials that have finished.
        methods: ERM first.
        tasks: of the methods, which are read off at the same lengths.
        seeds: of the splits.
    """

    def outcome(m: int, seed: int) -> Outcome | None:
        return outcomes.get(Trial(tasks[m], methods[m].vicinity, seed))

    there = [
        seed
        for seed in seeds
        if outcome(0, seed) is not None and any(outcome(m, seed) is not None for m in range(1, len(methods)))
    ]
    if not there:
        return None
    lengths, parts = tasks[0].read_at, ("valid", "test")
    kept = [[None if (of := outcome(m, seed)) is None else of.kept() for seed in there] for m in range(len(methods))]
    answers = {
        part: [
            [
                [None if each is None else each[f"{part}_answers_{length}"].numpy() for each in of_method]
                for length in lengths
            ]
            for of_method in kept
        ]
        for part in parts
    }
    targets = {part: [each[f"{part}_target"].numpy() for each in kept[0] if each is not None] for part in parts}
    return Answered(tuple(methods), tuple(lengths), tuple(there), answers, targets)  # pyright: ignore[reportArgumentType]
