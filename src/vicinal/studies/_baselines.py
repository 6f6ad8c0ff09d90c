"""What other learners make of the same splits: the commonest class or the mean, a linear model, gradient boosting."""

import time
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from threadpoolctl import threadpool_limits

from vicinal.data import Parts, Table
from vicinal.studies._own import Own
from vicinal.studies._scores import Array, Score

COMMONEST, MEAN = "majority class", "mean"
"""Learners that look at no input."""
PATIENCE = 20.0
"""Seconds after which a learner begins no further split; how many it had stands beside its figure."""


def baselines(table: Table, seeds: Sequence[int], score: Score) -> Iterator[tuple[str, list[float]]]:
    """Yield the name of each learner and its test figures, one a split, of the first splits that there was time for.

    They are trained on the same rows as the nets, with scikit-learn's settings; the validation part is left aside, as
    the nets never train on it.

    Args:
        table: what is learned.
        seeds: of the splits.
        score: of their answers.
    """
    learners = _regressors() if table.is_regression else _classifiers(len(table.classes))
    figures: dict[str, list[float]] = {name: [] for name in learners}
    spent = dict.fromkeys(learners, 0.0)
    for seed in seeds:
        parts = table.parts(seed=seed)
        for name, learner in learners.items():
            if spent[name] > PATIENCE:
                continue
            started = time.perf_counter()
            figures[name].append(score.figure(_answers(learner, parts), _target(parts)))
            spent[name] += time.perf_counter() - started
    yield from figures.items()


def commonest(own: Own, seeds: Sequence[int], score: Score) -> tuple[str, list[float]]:
    """Return the name and the test figures, one a split, of who always says the commonest class of photos or sounds.

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
        figures.append(score.figure(np.tile(answers, (len(of["test"]), 1)), of["test"]))
    return COMMONEST, figures


def _classifiers(classes: int) -> dict[str, Any]:
    rounds = 100 if classes <= 10 else 30  # a tree a class and round
    return {
        COMMONEST: DummyClassifier(strategy="prior"),
        "logistic regression": LogisticRegression(max_iter=200),
        "HistGradientBoosting": HistGradientBoostingClassifier(max_iter=rounds, random_state=0),
    }


def _regressors() -> dict[str, Any]:
    return {
        MEAN: DummyRegressor(),
        "ridge regression": Ridge(),
        "HistGradientBoosting": HistGradientBoostingRegressor(random_state=0),
    }


def _answers(learner: Any, parts: Parts) -> Array:
    """Fit a learner and return its answers on the test part: log-probabilities (N, K), or numbers in the target's unit.

    One thread does it, and what is told of a fit that has not converged is of no account here.
    """
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        learner.fit(parts.x_train, parts.y_train)
        if not parts.classes:
            return parts.target_mean + parts.target_sd * learner.predict(parts.x_test)
        shares = np.full((len(parts.y_test), len(parts.classes)), 1e-12)
        shares[:, learner.classes_] = np.maximum(learner.predict_proba(parts.x_test), 1e-12)
    return np.log(shares)


def _target(parts: Parts) -> Array:
    if parts.classes:
        return parts.y_test
    return parts.target_mean + parts.target_sd * parts.y_test.astype(np.float64)
