"""From answers to a comparison: what validation chose, what the test parts say of it, and every method by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch

from vicinal.evidence import Compared, Estimate, Pick, compared, paired
from vicinal.experiments import (
    AlphaGain,
    Comparison,
    DataTold,
    Machine,
    Measured,
    MethodRow,
    Reliability,
)
from vicinal.measure import calibration
from vicinal.studies._answers import Answers
from vicinal.studies._compared import comparison_of, mixes
from vicinal.studies._gauge import gauge_of
from vicinal.studies._reliability import reliability
from vicinal.studies._scores import CALIBRATION, LIKELIHOOD, MACRO, Array, Score

_TIE, _MOST = 1e-6, 100.0
"""What a nat of likelihood counts beside a point of error, and the nats that are counted: less than any two errors are
apart."""
_CAPTION = "All test answers together; a larger dot stands for more of them, the diagonal for a calibrated net."


@dataclass(frozen=True, eq=False)
class Judge:
    """Judges one comparison.

    Args:
        found: the answers.
        score: what is compared.
        data: what the data are.
        overlap: n_test / n_train of random splits of the same rows, 0 where there are none.
        given_test: whether every split has the same test part, so that the interval is a bootstrap over its examples.
        margin: up to how large a difference none matters; None where every one does.
    """

    found: Answers
    score: Score
    data: DataTold
    overlap: float
    given_test: bool
    margin: float | None = None

    def comparison(self, *, planned: int, machine: Machine, partial: bool) -> Comparison:
        """Return the comparison, as yet without its sentences.

        Args:
            planned: splits that were asked for.
            machine: where the nets were trained.
            partial: whether it was interrupted.
        """
        judged = self._judged
        made = comparison_of(
            judged,
            self.found.methods,
            self._row,
            lengths=self.found.lengths,
            metric=self.score.metric,
            data=self.data,
            splits=len(self.found.seeds),
            machine=machine,
            planned=planned,
            repetition="seed" if self.given_test else "split",
            margin=self.margin,
            bootstrap=self.given_test,
            improving=judged.improving,
            partial=partial,
            reliability=tuple(self._reliability(judged)),
        )
        assert made.picked is not None
        return replace(
            made,
            picked=replace(made.picked, **self._further(judged)),
            lengths=self.found.lengths,
            curve=(*made.curve, *self._curve(judged)),
        )

    @cached_property
    def _judged(self) -> Compared:
        gauge = gauge_of(self.found, self.score) if self.given_test else None
        return compared(
            self._chosen_by(),
            self._signed("test"),
            candidates=mixes(self.found.methods),
            overlap=self.overlap,
            gauge=gauge,
            margin=self.margin,
        )

    def _chosen_by(self) -> Array:
        """Return the validation figures; on small parts many errors are equal, and the likelihood decides then."""
        figures = self._signed("valid")
        if self.data.task == "regression":
            return figures
        return figures + _TIE * self.found.figures("valid", LIKELIHOOD).clip(max=_MOST)

    def _signed(self, part: Any) -> Array:
        """Return the metric's figures with such a sign that lower is better."""
        figures = self.found.figures(part, self.score)
        return figures if self.score.metric.lower_is_better else -figures

    def _gain(self, score: Score, first: Pick, second: Pick) -> Estimate:
        """Return by how much the second choice is better, in any score."""
        if self.given_test:
            return gauge_of(self.found, score)(first, second)
        figures = self.found.figures("test", score)
        sign = 1 if score.metric.lower_is_better else -1
        return paired(sign * (first.of(figures) - second.of(figures)), overlap=self.overlap)

    def _further(self, judged: Compared) -> dict[str, Estimate]:
        """Return by how much likelihood and calibration of what was chosen are better."""
        if self.data.task != "classification":
            return {}
        scores = {"nll_gain": LIKELIHOOD, "ece_gain": CALIBRATION}
        return {key: self._gain(score, judged.erm, judged.chosen) for key, score in scores.items()}

    def _row(self, name: str, picked: Pick) -> MethodRow:
        further = (("nll", LIKELIHOOD), ("ece", CALIBRATION), ("macro", MACRO))
        scores = (("error", self.score), *(further if self.data.task == "classification" else ()))
        figures: dict[str, Any] = {key: summary(picked.of(self.found.figures("test", score))) for key, score in scores}
        of_split = dict(zip(self.found.seeds, picked.of(self.found.figures("test", self.score)).tolist(), strict=True))
        return MethodRow(name, epochs=self.found.lengths[picked.length], figures=of_split, **figures)

    def _curve(self, judged: Compared) -> Iterator[AlphaGain]:
        """Yield the gain of every α at each length, where that is quick."""
        if self.score.means is None and self.given_test:
            return
        splits, methods = len(self.found.seeds), self.found.methods
        for row in judged.rows:
            alpha = methods[row.method].alpha
            if alpha is None:
                continue
            for at, epochs in enumerate(self.found.lengths):
                first, second = (Pick((method,) * splits, (at,) * splits) for method in (0, row.method))
                yield AlphaGain(alpha, self._gain(self.score, first, second), epochs)

    def _reliability(self, judged: Compared) -> Iterator[tuple[str, Reliability]]:
        if self.data.task != "classification":
            return
        for name, picked in (("ERM", judged.erm), ("mixup", judged.chosen)):
            logits, target = (np.concatenate(each) for each in zip(*self.found.picked(picked), strict=True))
            found = calibration(torch.from_numpy(logits), torch.from_numpy(target))
            yield name, reliability(found, _CAPTION, repeats=self.found.repeats)


def summary(values: Array) -> Measured:
    """Return mean, standard deviation and number of some figures."""
    return Measured(float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else 0.0, len(values))


def with_baselines(found: Comparison, rows: Sequence[tuple[str, Sequence[float]]]) -> Comparison:
    """Return the comparison with other learners beside it, outside the verdict.

    Args:
        found: the comparison.
        rows: their names, each with its figures of the first splits.
    """
    made = tuple(
        MethodRow(name, error=summary(np.array(values)), figures=dict(enumerate(values)))
        for name, values in rows
        if values
    )
    return replace(found, baselines=made)
