"""Other learners on the splits of the nets: figures where they can be had, a sentence where they cannot."""

from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from vicinal._errors import InputError
from vicinal.data import Table
from vicinal.experiments import Metric
from vicinal.studies import _baselines
from vicinal.studies._baselines import COMMONEST, PATIENCE, baselines, commonest, seconds_of
from vicinal.studies._own import own
from vicinal.studies._scores import Score, score

ERROR = score(None, regression=False)
NAMES = [COMMONEST, "logistic regression", "HistGradientBoosting"]


def table(target: Any, classes: int, columns: int = 2) -> Table:
    x = np.random.default_rng(0).normal(size=(len(target), columns))
    return Table("some", x, tuple("abcdef"[:columns]), np.empty((len(x), 0), object), (), np.array(target),
                 tuple("xyz"[:classes]))  # fmt: skip


def test_of_a_class_with_one_row_every_learner_has_a_figure_in_every_split():
    rare = table([0] * 99 + [1], 2)
    found, failures = baselines(rare, range(4), ERROR)
    assert failures == ()
    assert [name for name, _ in found] == NAMES
    alone = [seed for seed in range(4) if len(np.unique(rare.parts(seed=seed).y_train)) == 1]
    assert alone
    for _, figures in found:
        assert len(figures) == 4
        for seed in alone:
            parts = rare.parts(seed=seed)
            assert figures[seed] == pytest.approx(100 * np.mean(parts.y_test != parts.y_train[0]))


def test_a_class_with_one_row_among_many_stops_no_learner(monkeypatch):
    """Above 10,000 rows scikit-learn would keep some back to stop by, of every class its share."""
    monkeypatch.setattr(_baselines, "_rounds", lambda _: 2)
    rare = table([0, 1] * 8_500 + [2], 3)
    seeds = [seed for seed in range(20) if np.sum(rare.parts(seed=seed).y_train == 2) == 1][:1]
    found, failures = baselines(rare, seeds, ERROR)
    assert failures == ()
    assert [len(figures) for _, figures in found] == [1, 1, 1]


class Refusing(DummyClassifier):
    """Refuses the second split."""

    fits = 0

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "Refusing":  # noqa: N803 - scikit-learn's own name
        Refusing.fits += 1
        if Refusing.fits == 2:
            raise ValueError("no\nluck")
        return super().fit(X, y, sample_weight)


def test_a_learner_that_fails_has_no_figure_and_the_others_have_theirs(monkeypatch):
    monkeypatch.setattr(_baselines, "_classifiers", lambda _: {"one": Refusing(), "other": DummyClassifier()})
    found, failures = baselines(table([0, 1] * 20, 2), range(3), ERROR)
    assert [(name, len(figures)) for name, figures in found] == [("one", 0), ("other", 3)]
    assert failures == ("one has no figure: no luck",)
    assert Refusing.fits == 2


def refusing(problem: Exception | None) -> Score:
    def figure(answers: Any, target: Any) -> float:
        del answers, target
        if problem is not None:
            raise problem
        return float("nan")

    return Score(Metric("oddity", ""), figure)


@pytest.mark.parametrize(
    ("problem", "told"), [(InputError("it cannot."), "it cannot."), (None, "oddity must be a finite number, got nan.")]
)
def test_a_metric_that_fails_leaves_a_learner_without_a_figure(monkeypatch, photos, tmp_path, problem, told):
    monkeypatch.setattr(_baselines, "_classifiers", lambda _: {"one": DummyClassifier()})
    some = refusing(problem)
    assert baselines(table([0, 1] * 20, 2), range(3), some) == ([("one", [])], (f"one has no figure: {told}",))
    lost = f"{COMMONEST} has no figure: {told}"
    assert commonest(own(photos, tmp_path), range(2), some) == ([(COMMONEST, [])], (lost,))


def test_the_time_for_learners_grows_with_splits_until_patience_ends():
    few, many = (seconds_of(splits, 1_000, 10, 3) for splits in (1, 10))
    assert few > 0
    assert many == pytest.approx(10 * few)
    endless = seconds_of(10**6, 1_000, 10, 3)
    assert 0 < endless < 2 * (PATIENCE + few)
    assert seconds_of(1, 1_000, 10, 0) < few
