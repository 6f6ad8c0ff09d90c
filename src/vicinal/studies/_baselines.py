"""What other learners make of the same splits: the commonest class or the mean, a linear model, gradient boosting."""

import math
import time
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from vicinal._errors import must_be
from vicinal.data import Parts, Table
from vicinal.studies._own import Own
from vicinal.studies._scores import Array, Score

COMMONEST, MEAN = "majority class", "mean"
"""Learners that look at no input."""
PATIENCE = 20.0
"""Seconds after which a learner begins no further split; how many it had stands beside its figure."""


_TO_THE_END: Any = {"early_stopping": False, "random_state": 0}
"""Of trees: by default those of more than 10,000 rows keep some back to stop by, two of each class or they raise."""
_LINEAR, _LEAF, _BINS, _CELL = 5e-8, 2.5e-5, 2.2e-6, 1.2e-8
"""Seconds, roughly: of a linear learner for a row, a column and a class; of a tree for a leaf, for a column of each,
and for a row of each column."""

Figures = tuple[list[tuple[str, list[float]]], tuple[str, ...]]
"""Names of learners, each with its test figures, one a split; and a sentence on each that failed and has none."""


def baselines(table: Table, seeds: Sequence[int], score: Score) -> Figures:
    """Return the name of each learner and its test figures, one a split, of the first splits that there was time for.

    They are trained on the same rows as the nets, with scikit-learn's settings, but that no rows are kept back to stop
    early by; the validation part is left aside, as the nets never train on it.

    Args:
        table: what is learned.
        seeds: of the splits.
        score: of their answers.
    """
    learners = _regressors() if table.is_regression else _classifiers(len(table.classes))
    figures: dict[str, list[float]] = {name: [] for name in learners}
    spent, failures = dict.fromkeys(learners, 0.0), dict[str, str]()
    for seed in seeds:
        parts = table.parts(seed=seed)
        for name, learner in learners.items():
            if spent[name] > PATIENCE or name in failures:
                continue
            started = time.perf_counter()
            try:
                figures[name].append(_figure(score, _answers(learner, parts), _target(parts)))
            except ValueError as problem:
                failures[name] = _failed(name, problem)
            spent[name] += time.perf_counter() - started
        del parts  # a wide table need not be there twice
    return [(name, [] if name in failures else each) for name, each in figures.items()], tuple(failures.values())


def seconds_of(splits: int, rows: int, columns: int, classes: int) -> float:
    """Return about how long the learners of a table take.

    Args:
        splits: how many there are.
        rows: that they are trained on.
        columns: of numbers, as a net has them.
        classes: how many; 0 where a number is predicted.
    """
    trees, leaves = _rounds(classes) * (classes if classes > 2 else 1), min(31.0, 1 + rows / 20)
    fits = (
        _LINEAR * rows * columns * classes,
        trees * (leaves * (_LEAF + _BINS * columns) + _CELL * rows * columns),
    )
    return sum(min(splits, 1 + PATIENCE // each) * each if each else 0.0 for each in fits)


def commonest(own: Own, seeds: Sequence[int], score: Score) -> Figures:
    """Return the same of who always says the commonest class of photos or sounds.

    Args:
        own: what is learned.
        seeds: of the splits.
        score: of the answers.
    """
    figures = []
    for seed in seeds:
        of = own.targets(seed)
        shares = np.bincount(of["train"].astype(np.int64), minlength=len(own.data.classes)) / len(of["train"])
        answers = np.log(np.maximum(shares, 1e-12)).astype(np.float32)
        try:
            figures.append(_figure(score, np.tile(answers, (len(of["test"]), 1)), of["test"]))
        except ValueError as problem:
            return [(COMMONEST, [])], (_failed(COMMONEST, problem),)
    return [(COMMONEST, figures)], ()


def _classifiers(classes: int) -> dict[str, Any]:
    # only here, since they take a second, which nothing before the training need wait for
    from sklearn.dummy import DummyClassifier
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

    return {
        COMMONEST: DummyClassifier(strategy="prior"),
        "logistic regression": LogisticRegression(max_iter=200),
        "HistGradientBoosting": HistGradientBoostingClassifier(max_iter=_rounds(classes), **_TO_THE_END),
    }


def _regressors() -> dict[str, Any]:
    from sklearn.dummy import DummyRegressor
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import Ridge

    return {
        MEAN: DummyRegressor(),
        "ridge regression": Ridge(),
        "HistGradientBoosting": HistGradientBoostingRegressor(**_TO_THE_END),
    }


def _rounds(classes: int) -> int:
    return 100 if classes <= 10 else 30  # a tree a class and round


def _answers(learner: Any, parts: Parts) -> Array:
    """Fit a learner and return its answers on the test part: log-probabilities (N, K), or numbers in the target's unit.

    One thread does it, and what is told of a fit that has not converged is of no account here. Where all rows are of
    one class there is nothing to be fitted, which most learners refuse, and that class is the answer.
    """
    if parts.classes and len(np.unique(parts.y_train)) == 1:
        from sklearn.dummy import DummyClassifier

        learner = DummyClassifier(strategy="prior")
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        learner.fit(parts.x_train, parts.y_train)
        if not parts.classes:
            return parts.target_mean + parts.target_sd * learner.predict(parts.x_test)
        shares = np.full((len(parts.y_test), len(parts.classes)), 1e-12)
        shares[:, learner.classes_] = np.maximum(learner.predict_proba(parts.x_test), 1e-12)
    return np.log(shares)


def _figure(score: Score, answers: Array, target: Array) -> float:
    """Return the figure of some answers.

    Raises:
        ValueError: there is none, or it is not finite.
    """
    figure = score.figure(answers, target)
    if not math.isfinite(figure):
        raise ValueError(must_be(score.metric.name, "a finite number", figure))
    return figure


def _failed(name: str, problem: ValueError) -> str:
    return f"{name} has no figure: {' '.join(str(problem).split())}"


def _target(parts: Parts) -> Array:
    if parts.classes:
        return parts.y_test
    return parts.target_mean + parts.target_sd * parts.y_test.astype(np.float64)
