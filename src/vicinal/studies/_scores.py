"""The figures of a net's answers: error or RMSE, any scorer of scikit-learn, likelihood, calibration."""

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import InputError, must_be, unknown
from vicinal._numbers import count
from vicinal.experiments import Metric
from vicinal.measure import BINS, calibration

Array = NDArray[Any]
Means = Callable[[Array, Array], Array]
"""Returns of every example a number or several, (N,) or (N, P), of whose means over the examples the figure is made."""


_TARGET = np.array([1, 1, 0, 0, 0, 1, 0])
_ANSWERS = np.array([2.0, 1.0, 0.5, -1.0, -2.0, -0.5, -0.2], dtype=np.float32)[:, None] * np.array([-1, 1], np.float32)
"""Answers about two classes; a score that takes one of them for the positive one changes once they change places."""


@dataclass(frozen=True)
class Score:
    """How answers are scored.

    Args:
        metric: what it is called, and which way is better.
        figure: takes answers, logits (N, K) or numbers (N,), and the target (N,); returns the metric.
        means: what of every example the figure is made of; None where it is made of no means.
        of_means: makes figures (S,) out of means, of shape (S,) or (S, P).
    """

    metric: Metric
    figure: Callable[[Array, Array], float]
    means: Means | None = None
    of_means: Callable[[Array], Array] = np.asarray

    def lower_is_better(self, answers: Array, target: Array) -> float:
        """Return the figure with such a sign that lower is better."""
        value = self.figure(answers, target)
        return value if self.metric.lower_is_better else -value


def score(name: str | None, *, regression: bool) -> Score:
    """Return the score of this name: error in per cent, or RMSE for regression, if none is given.

    Args:
        name: of a scorer of scikit-learn.
        regression: whether a number is predicted.

    Raises:
        InputError: there is no such scorer.
    """
    if name is None:
        if regression:
            return Score(Metric("RMSE", ""), lambda x, y: float(np.sqrt(_squares(x, y).mean())), _squares, np.sqrt)
        return Score(Metric(), lambda x, y: float(_wrong(x, y).mean()), _wrong)
    from sklearn.metrics import get_scorer, get_scorer_names  # takes half a second, which most need not wait for

    if name not in get_scorer_names():
        raise InputError(unknown("metric", name, get_scorer_names(), "sklearn.metrics.get_scorer_names()"))
    scorer: Any = get_scorer(name)
    loss = name.startswith("neg_")
    metric = Metric(name.removeprefix("neg_").replace("_", " "), "", lower_is_better=loss)
    return Score(metric, lambda x, y: (-1 if loss else 1) * _scored(scorer, name, x, y, regression=regression))


def check_score(score: Score, targets: Iterable[Array]) -> None:
    """Score answers that no net has given, so that a metric that does not fit is refused before any is trained.

    Args:
        score: that is to be made of answers.
        targets: of every part that will be scored, each of shape (N,): classes, or numbers in their own unit, of which
            a net may say any near those that there are.

    Raises:
        InputError: a part cannot be scored, or its score is not finite.
    """
    every, random = list(targets), np.random.default_rng(0)
    regression = any(np.issubdtype(target.dtype, np.floating) for target in every)
    classes = 0 if regression else 1 + max(int(target.max()) for target in every)
    for target in every:
        spread = np.linspace(-3, 3, len(target)) * target.std()
        answers = target.mean() + spread if regression else random.normal(size=(len(target), classes))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = score.figure(answers.astype(np.float32), target)
        if not math.isfinite(value):
            found = f'"{score.metric.name}", which is {value:g} on a part of {count(len(target), "row")}'
            raise InputError(must_be("--metric", "one that can score every part of these data", found))


def positive_class(name: str | None, classes: Sequence[str]) -> str:
    """Return a sentence on which class counts as the positive one; "" where that makes no difference.

    Args:
        name: of a scorer of scikit-learn; None for the error.
        classes: the names of the classes, in order; of regression none.
    """
    if name is None or len(classes) != 2:
        return ""
    figure = score(name, regression=False).figure
    one, other = (
        figure(_ANSWERS[:, order], np.equal(_TARGET, order[1]).astype(np.int64)) for order in ([0, 1], [1, 0])
    )
    if math.isclose(one, other):
        return ""
    return f'For {name} the positive class is "{classes[1]}", the second of "{classes[0]}" and "{classes[1]}".'


def likelihood(logits: Array, target: Array) -> float:
    """Return the mean negative log-likelihood in nats."""
    return float(_nats(logits, target).mean())


def calibration_error(logits: Array, target: Array) -> float:
    """Return the expected calibration error in per cent."""
    return calibration(torch.from_numpy(logits), torch.from_numpy(target)).error


def macro_error(logits: Array, target: Array) -> float:
    """Return the error in per cent in which every class that occurs counts alike."""
    wrong = _wrong(logits, target)
    return float(np.mean([wrong[target == k].mean() for k in np.unique(target)]))


class AnsweredClassifier(ClassifierMixin, BaseEstimator):
    """A classifier that has answered already: what it is asked about are positions of its answers.

    Args:
        logits: of shape (N, K).
    """

    def __init__(self, logits: Array) -> None:
        self.logits = logits
        self.classes_ = np.arange(logits.shape[1])

    def fit(self, x: Array, y: Array) -> "AnsweredClassifier":
        """Return itself, as it is."""
        del x, y
        return self

    def predict(self, x: Array) -> Array:
        """Return the classes of some answers."""
        return self.logits[np.ravel(x)].argmax(1)

    def predict_proba(self, x: Array) -> Array:
        """Return the probabilities of some answers, float64, whose sums are 1 as nearly as scorers want them."""
        return softmax(self.logits[np.ravel(x)].astype(np.float64), axis=1)


class AnsweredRegressor(RegressorMixin, BaseEstimator):
    """The same for regression.

    Args:
        values: of shape (N,).
    """

    def __init__(self, values: Array) -> None:
        self.values = values
        self.fitted_ = True

    def fit(self, x: Array, y: Array) -> "AnsweredRegressor":
        """Return itself, as it is."""
        del x, y
        return self

    def predict(self, x: Array) -> Array:
        """Return some of the answers."""
        return self.values[np.ravel(x)]


def _scored(scorer: Any, name: str, answers: Array, target: Array, *, regression: bool) -> float:
    answered = AnsweredRegressor(answers) if regression else AnsweredClassifier(answers)
    try:
        return float(scorer(answered, np.arange(len(target))[:, None], target))
    except (ValueError, TypeError, AttributeError) as error:
        kind = "regression" if regression else f"{answers.shape[1]} classes"
        reason = " ".join(str(error).split()).rstrip(".")
        raise InputError(must_be("--metric", f"one that can score {kind}", f'"{name}" ({reason})')) from None


def _wrong(logits: Array, target: Array) -> Array:
    """Return 100 where the answer is wrong, else 0: their mean is the error in per cent."""
    return np.where(logits.argmax(1) == target, 0.0, 100.0)


def _nats(logits: Array, target: Array) -> Array:
    """Return the negative log-likelihood of every example."""
    return F.cross_entropy(torch.from_numpy(logits), torch.from_numpy(target), reduction="none").double().numpy()


def _gaps(logits: Array, target: Array) -> Array:
    """Return for every example, in the bin of its confidence, whether it is right less how sure it is: (N, bins)."""
    shares = softmax(logits.astype(np.float64), axis=1)
    sure = shares.max(1)
    gaps = np.zeros((len(sure), BINS))
    at = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    gaps[np.arange(len(sure)), at] = (shares.argmax(1) == target) - sure
    return gaps


def _squares(values: Array, target: Array) -> Array:
    return (values.astype(np.float64) - target) ** 2


LIKELIHOOD = Score(Metric("negative log-likelihood", "nats"), likelihood, _nats)
CALIBRATION = Score(
    Metric("calibration error"), calibration_error, _gaps, lambda means: 100 * np.abs(means).sum(axis=-1)
)
MACRO = Score(Metric("macro error"), macro_error)
