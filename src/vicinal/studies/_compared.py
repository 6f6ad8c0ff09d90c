"""From answers to a comparison: what validation chose, what the test parts say of it, and every method by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from vicinal._version import __version__
from vicinal.evidence import Compared, Estimate, Gauge, Pick, bootstrap, by_examples, compared, paired
from vicinal.experiments import (
    AlphaGain,
    Chosen,
    Comparison,
    DataTold,
    Machine,
    Measured,
    MethodRow,
    Metric,
    Reliability,
)
from vicinal.measure import calibration
from vicinal.studies._answered import Answered
from vicinal.studies._reliability import reliability
from vicinal.studies._scores import Array, Score, calibration_error, likelihood, macro_error

_LIKELIHOOD = Score(Metric("negative log-likelihood", "nats"), likelihood)
_CALIBRATION = Score(Metric("calibration error"), calibration_error)
_MACRO = Score(Metric("macro error"), macro_error)
_TIE, _MOST = 1e-6, 100.0
"""What a nat of likelihood counts beside a point of error, and the nats that are counted: less than any two errors are
apart."""
_RESAMPLES = 200
"""Draws where every one of them has to be scored anew, which takes long."""
_CAPTION = (
    "All test answers of all splits together; a larger dot stands for more of them, the diagonal for a calibrated net."
)


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

    found: Answered
    score: Score
    data: DataTold
    overlap: float
    given_test: bool
    margin: float | None = None

    def comparison(self, *, planned: int, machine: Machine, **circumstances: object) -> Comparison:
        """Return the comparison, as yet without its sentences.

        Args:
            planned: splits that were asked for.
            machine: where the nets were trained.
            circumstances: further fields of it.
        """
        methods, lengths = self.found.methods, self.found.lengths
        mixes = [at for at, method in enumerate(methods) if method.alpha is not None]
        valid, test = self._chosen_by(), self._signed("test")
        judged = compared(valid, test, candidates=mixes, overlap=self.overlap, gauge=self._gauge, margin=self.margin)
        told = self._told(judged)
        chosen = judged.chosen
        alpha = methods[chosen.method].alpha
        assert alpha is not None
        return Comparison(
            verdict=judged.verdict,
            metric=self.score.metric,
            data=self.data,
            erm=told[0],
            picked=told[1],
            rows=tuple(told[2:]),
            splits=len(self.found.seeds),
            machine=machine,
            version=__version__,
            chosen=Chosen(alpha, chosen.share, lengths[chosen.length]),
            planned=planned,
            repetition="seed" if self.given_test else "split",
            lengths=lengths,
            margin=self.margin,
            bootstrap=self.given_test,
            improving=judged.improving,
            curve=tuple(self._curve(judged, test)),
            reliability=tuple(self._reliability(judged)),
            **circumstances,  # pyright: ignore[reportArgumentType]
        )

    def _chosen_by(self) -> Array:
        """Return the validation figures; on small parts many errors are equal, and the likelihood decides then."""
        figures = self._signed("valid")
        if self.data.task == "regression":
            return figures
        return figures + _TIE * self.found.figures("valid", _LIKELIHOOD).clip(max=_MOST)

    def _signed(self, part: str) -> Array:
        """Return the metric's figures with such a sign that lower is better."""
        figures = self.found.figures(part, self.score)  # pyright: ignore[reportArgumentType]
        return figures if self.score.metric.lower_is_better else -figures

    @property
    def _gauge(self) -> Gauge | None:
        return self._gauge_of(self.score) if self.given_test else None

    def _gauge_of(self, score: Score) -> Gauge:
        """Return the gauge by bootstrap: of a mean of losses, or of a figure that is scored anew in every draw."""
        if score.losses is not None:
            return by_examples(self.found.losses(score), score.of_losses)
        answers, target, seeds = self.found.answers["test"], self.found.targets["test"][0], len(self.found.seeds)

        def gauge(first: Pick, second: Pick) -> Estimate:
            both = [
                [answers[m][at][s] for s, (m, at) in enumerate(zip(pick.methods, pick.lengths, strict=True))]
                for pick in (first, second)
            ]

            def statistic(examples: Array, picked: Array, /) -> float:
                gains = {
                    s: score.lower_is_better(one[examples], target[examples])
                    - score.lower_is_better(other[examples], target[examples])
                    for s in set(picked.tolist())
                    if (one := both[0][s]) is not None and (other := both[1][s]) is not None
                }
                return float(np.mean([gains[s] for s in picked.tolist()]))

            return bootstrap(statistic, len(target), seeds, resamples=_RESAMPLES)

        return gauge

    def _told(self, judged: Compared) -> list[MethodRow]:
        """Return ERM, what was chosen, and every method by itself."""
        rows = [
            self._row("ERM", judged.erm, vicinity=self.found.methods[0].vicinity),
            self._row("mixup, α chosen", judged.chosen, judged.erm, gain=judged.gain.estimate),
        ]
        own = {each.method: each for each in judged.rows}
        for at, method in enumerate(self.found.methods[1:], start=1):
            known = {"vicinity": method.vicinity, "alpha": method.alpha}
            if at not in own:
                rows.append(MethodRow(method.name, **known))
                continue
            gain = own[at].gain
            row = self._row(method.name, own[at].picked, judged.erm, gain=gain.estimate, **known)
            rows.append(replace(row, simultaneous=gain.simultaneous, p=gain.p, judged=True))
        return rows

    def _row(
        self,
        name: str,
        picked: Pick,
        erm: Pick | None = None,
        *,
        gain: Estimate | None = None,
        vicinity: str = "",
        alpha: float | None = None,
    ) -> MethodRow:
        further: dict[str, Measured | Estimate | None] = {}
        if self.data.task == "classification":
            for key, score in (("nll", _LIKELIHOOD), ("ece", _CALIBRATION), ("macro", _MACRO)):
                figures = self.found.figures("test", score)
                further[key] = _summary(picked.of(figures))
                if erm is not None and key != "macro":
                    differences = erm.of(figures) - picked.of(figures)
                    further[f"{key}_gain"] = paired(differences, overlap=self.overlap)
        return MethodRow(
            name,
            vicinity=vicinity,
            alpha=alpha,
            epochs=self.found.lengths[picked.length],
            error=_summary(picked.of(self.found.figures("test", self.score))),
            gain=gain,
            **further,  # pyright: ignore[reportArgumentType]
        )

    def _curve(self, judged: Compared, test: Array) -> Iterator[AlphaGain]:
        """Yield the gain of every α at the length that validation chose, and at each length."""
        splits, methods = len(self.found.seeds), self.found.methods
        for row in judged.rows:
            alpha = methods[row.method].alpha
            if alpha is None:
                continue
            yield AlphaGain(alpha, row.gain.estimate)
            for at, epochs in enumerate(self.found.lengths):
                first, second = (Pick((method,) * splits, (at,) * splits) for method in (0, row.method))
                gauge = self._gauge
                gain = gauge(first, second) if gauge else paired(first.of(test) - second.of(test), overlap=self.overlap)
                yield AlphaGain(alpha, gain, epochs)

    def _reliability(self, judged: Compared) -> Iterator[tuple[str, Reliability]]:
        if self.data.task != "classification":
            return
        for name, picked in (("ERM", judged.erm), ("mixup", judged.chosen)):
            logits, target = self.found.picked(picked)
            yield name, reliability(calibration(torch.from_numpy(logits), torch.from_numpy(target)), _CAPTION)


def _summary(values: Array) -> Measured:
    return Measured(float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else 0.0, len(values))


def with_baselines(found: Comparison, rows: Sequence[tuple[str, Sequence[float]]]) -> Comparison:
    """Return the comparison with other learners beside it, outside the verdict."""
    made = tuple(MethodRow(name, error=_summary(np.array(values))) for name, values in rows if values)
    return replace(found, baselines=made)
