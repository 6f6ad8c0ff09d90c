"""Gains on one given test part: by means, by scores, and by the bootstrap of the evidence, all the same thing."""

from typing import Any

import numpy as np
import pytest

from vicinal.evidence import Pick, bootstrap
from vicinal.studies import _gauge
from vicinal.studies._answers import Answers, JudgedBy
from vicinal.studies._gauge import gauge_of
from vicinal.studies._methods import methods
from vicinal.studies._scores import CALIBRATION, LIKELIHOOD, score

SEEDS, EXAMPLES = 4, 60
ERM, MIXUP = (Pick((m,) * SEEDS, (0,) * SEEDS) for m in (0, 1))


@pytest.fixture
def answers() -> Answers:
    random = np.random.default_rng(0)
    target = random.integers(3, size=EXAMPLES)
    logits = (
        random.normal(size=(2, 1, SEEDS, EXAMPLES, 3))
        + np.eye(3)[target] * np.array([1.0, 2.0])[:, None, None, None, None]
    )
    kept = [[list(of_length.astype(np.float32)) for of_length in of_method] for of_method in logits]
    targets = [target] * SEEDS
    both: dict[JudgedBy, Any] = {"valid": kept, "test": kept}
    return Answers(methods([0.2]), (1,), tuple(range(SEEDS)), both, {"valid": targets, "test": targets})


@pytest.mark.parametrize("which", [score(None, regression=False), LIKELIHOOD])
def test_means_give_what_the_losses_of_every_example_give(answers, which):
    assert which.means is not None
    one, other = (answers.vectors(pick, which.means) for pick in (ERM, MIXUP))
    expected = bootstrap(lambda examples: (one - other)[:, examples].mean(axis=1), EXAMPLES)
    found = gauge_of(answers, which)(ERM, MIXUP)
    assert (found.mean, found.low, found.high) == pytest.approx((expected.mean, expected.low, expected.high))
    assert found.n == SEEDS


def test_a_scorer_gives_what_its_means_give(answers):
    """On the same examples, drawn with replacement as a bootstrap does."""
    drawn = np.random.default_rng(0).integers(EXAMPLES, size=(40, EXAMPLES))
    by_means = _gauge._of_means(answers, score(None, regression=False), ERM, MIXUP)
    by_scores = _gauge._of_scores(answers, score("accuracy", regression=False), ERM, MIXUP)
    for examples in drawn:
        assert by_scores(examples) == pytest.approx(by_means(examples) / 100)


def test_a_gain_in_calibration_is_that_of_the_errors_themselves(answers):
    found = gauge_of(answers, CALIBRATION)(ERM, MIXUP)
    figures = answers.figures("test", CALIBRATION)
    assert found.mean == pytest.approx((figures[0, 0] - figures[1, 0]).mean(), rel=1e-5)
    assert found.low < found.mean < found.high


def test_splits_without_a_net_to_compare_are_left_out(answers):
    kept = [[list(of_length) for of_length in of_method] for of_method in answers.answers["test"]]
    kept[0][0][1] = None  # ERM
    kept[1][0][3] = None  # the only mixup
    both: dict[JudgedBy, Any] = {"valid": kept, "test": kept}
    found = Answers(answers.methods, (1,), answers.seeds, both, answers.targets).complete()
    assert found is not None
    assert found.seeds == (0, 2)
    assert np.isfinite(found.figures("test", LIKELIHOOD)).all()
    none = [kept[0], [[None] * SEEDS]]
    assert (
        Answers(answers.methods, (1,), answers.seeds, {"valid": none, "test": none}, answers.targets).complete() is None
    )


def test_a_row_counts_once_however_many_splits_test_on_it(answers):
    rows = [np.arange(EXAMPLES)] * SEEDS
    assert Answers(answers.methods, (1,), answers.seeds, answers.answers, answers.targets, rows).repeats == SEEDS
    apart = [np.arange(EXAMPLES) + EXAMPLES * s for s in range(SEEDS)]
    assert Answers(answers.methods, (1,), answers.seeds, answers.answers, answers.targets, apart).repeats == 1
