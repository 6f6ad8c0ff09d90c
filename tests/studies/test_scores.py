"""Figures of answers, against scikit-learn's own on the same answers."""

from typing import Any

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import balanced_accuracy_score, f1_score, get_scorer, log_loss, root_mean_squared_error

from vicinal._errors import InputError
from vicinal.studies._scores import (
    CALIBRATION,
    LIKELIHOOD,
    calibration_error,
    check_score,
    likelihood,
    macro_error,
    positive_class,
    score,
)


@pytest.fixture(scope="module")
def classified() -> tuple[Any, ...]:
    x, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=1000, C=0.01).fit(x[::2], y[::2])
    return model, x[1::2], y[1::2], model.decision_function(x[1::2]).astype(np.float32)


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "f1_macro", "roc_auc_ovr", "neg_log_loss"])
def test_a_scorer_gives_what_it_gives_the_model_itself(classified, name):
    model, x, y, logits = classified
    found = score(name, regression=False)
    expected = get_scorer(name)(model, x, y)
    value = found.figure(logits, y)
    assert value == pytest.approx(expected if not name.startswith("neg_") else -expected, rel=1e-5)
    assert found.lower_is_better(logits, y) == pytest.approx(-expected, rel=1e-5)


@pytest.mark.parametrize("name", ["r2", "neg_mean_absolute_error"])
def test_a_scorer_of_regression_does_too(name):
    x, y = map(np.asarray, load_diabetes(return_X_y=True))
    model = Ridge().fit(x[::2], y[::2])
    found = score(name, regression=True)
    assert found.lower_is_better(model.predict(x), y) == pytest.approx(-get_scorer(name)(model, x, y))


def test_error_and_its_kin_are_those_of_scikit_learn(classified):
    model, x, y, logits = classified
    wrong = score(None, regression=False)
    assert wrong.figure(logits, y) == pytest.approx(100 * (1 - model.score(x, y)))
    assert wrong.means is not None
    assert wrong.means(logits, y).mean() == wrong.figure(logits, y)
    assert macro_error(logits, y) == pytest.approx(100 * (1 - balanced_accuracy_score(y, logits.argmax(1))))
    assert likelihood(logits, y) == pytest.approx(log_loss(y, softmax(logits, axis=1)), rel=1e-5)
    assert 0 <= calibration_error(logits, y) <= 100
    for each in (LIKELIHOOD, CALIBRATION):
        assert each.means is not None
        assert each.of_means(each.means(logits, y).mean(0)) == pytest.approx(each.figure(logits, y), rel=1e-5)


def test_rmse_is_made_of_its_losses():
    target, answers = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 2.0])
    found = score(None, regression=True)
    assert found.metric.unit == ""
    assert found.means is not None
    assert found.figure(answers, target) == pytest.approx(root_mean_squared_error(target, answers))
    assert found.of_means(found.means(answers, target).mean()) == pytest.approx(found.figure(answers, target))


def test_a_metric_that_does_not_fit_is_told_in_one_sentence(classified):
    *_, y, logits = classified
    with pytest.raises(InputError, match=r'^no metric is called "acuracy"; did you mean "accuracy"\?'):
        score("acuracy", regression=False)
    with pytest.raises(InputError, match=r'^--metric must be one that can score 3 classes, got "roc_auc" \('):
        score("roc_auc", regression=False).figure(logits, y)


BOTH, ONE = np.array([0, 1, 1, 0]), np.array([1, 1, 1, 1])
NUMBERS = np.array([1.0, 2.0, 3.5])


@pytest.mark.parametrize(
    ("name", "targets", "fits"),
    [
        ("roc_auc", [BOTH], True),
        ("roc_auc", [BOTH, ONE], False),
        ("roc_auc", [np.arange(3)], False),
        ("f1", [BOTH, ONE], True),
        ("r2", [NUMBERS], True),
        ("r2", [NUMBERS, NUMBERS[:1]], False),
        ("neg_mean_squared_log_error", [100 + NUMBERS], True),
        ("neg_mean_squared_log_error", [NUMBERS - 1], False),
        ("accuracy", [NUMBERS], False),
        (None, [BOTH, ONE], True),
    ],
)
def test_what_cannot_score_a_part_is_refused_without_a_net(name, targets, fits):
    found = score(name, regression=targets[0].dtype == float)
    if fits:
        check_score(found, targets)
        return
    with pytest.raises(InputError, match=r"^--metric must be one that can score "):
        check_score(found, targets)


def test_the_positive_class_is_the_one_that_scikit_learn_takes():
    said = positive_class("f1", ("no", "yes"))
    assert said.startswith('For f1 the positive class is "yes"')
    logits = np.eye(2)[[1, 1, 1, 0]]
    assert score("f1", regression=False).figure(logits, BOTH) == pytest.approx(
        f1_score(BOTH, [1, 1, 1, 0], pos_label=1)
    )
    alike = (
        None,
        "accuracy",
        "f1_macro",
        "f1_micro",
        "roc_auc",
        "neg_log_loss",
        "neg_brier_score",
        "matthews_corrcoef",
    )
    assert [positive_class(name, ("no", "yes")) for name in alike] == [""] * len(alike)
    for name in ("precision", "recall", "jaccard", "average_precision"):
        assert positive_class(name, ("no", "yes")).startswith(f'For {name} the positive class is "yes"')
    assert positive_class("f1", ("a", "b", "c")) == ""
