"""The gain between two choices where every seed has the same test part: its examples are drawn anew with the seeds."""

from collections.abc import Callable

import numpy as np

from vicinal.evidence import Estimate, Gauge, Pick, bootstrap
from vicinal.studies._answers import Answers
from vicinal.studies._scores import Array, Score

_SCORED = 200
"""Draws where every one has to be scored anew, which takes long."""


def gauge_of(answers: Answers, score: Score) -> Gauge:
    """Return what gives the gain of a second choice over a first one, with its interval.

    Args:
        answers: of one test part.
        score: of them; in one pass where it is made of means over the examples.
    """

    def gauge(first: Pick, second: Pick) -> Estimate:
        of = _of_means if score.means is not None else _of_scores
        gains = of(answers, score, first, second)
        draws = {} if score.means is not None else {"resamples": _SCORED}
        return bootstrap(gains, len(answers.targets["test"][0]), **draws)

    return gauge


def _of_means(answers: Answers, score: Score, first: Pick, second: Pick) -> Callable[[Array], Array]:
    """Return the function that gives each seed's gain on some examples, by the means of what they count."""
    means, made = score.means, score.of_means
    assert means is not None
    both = [answers.vectors(pick, means) for pick in (first, second)]
    n = both[0].shape[1]

    def gains(examples: Array) -> Array:
        shares = np.bincount(examples, minlength=n) / len(examples)
        one, other = (made(np.tensordot(shares, each, axes=(0, 1))) for each in both)
        return one - other

    return gains


def _of_scores(answers: Answers, score: Score, first: Pick, second: Pick) -> Callable[[Array], Array]:
    one, other = answers.picked(first), answers.picked(second)

    def gains(examples: Array) -> Array:
        return np.array([
            score.lower_is_better(a[examples], target[examples]) - score.lower_is_better(b[examples], target[examples])
            for (a, target), (b, _) in zip(one, other, strict=True)
        ])  # fmt: skip

    return gains
