"""scikit-learn's own checks of an estimator."""

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

from vicinal import MixupClassifier, MixupRegressor

SMALL: dict[str, Any] = {"hidden": (16,), "epochs": 20, "batch_size": 32, "learning_rate": 0.01}
ESTIMATORS = [
    MixupClassifier(**SMALL),
    MixupClassifier(alpha=0.2, label_smoothing=0.1, dropout=0.1, weight_decay=1e-4, **SMALL),
    MixupRegressor(**SMALL),
    MixupRegressor(alpha=0.2, partners="closeness", dropout=0.1, weight_decay=1e-4, **SMALL),
]
REPEATED = "a row of weight 2 counts twice in its minibatch; a row that is there twice comes in two minibatches"


def expected_to_fail(estimator: BaseEstimator) -> dict[str, str]:
    return {"check_sample_weight_equivalence_on_dense_data": REPEATED}


@pytest.mark.filterwarnings("ignore::vicinal.integrations.sklearn.WildScales", "ignore:Casting complex values")
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_to_fail)
def test_an_estimator_keeps_scikit_learns_contract(estimator: BaseEstimator, check: Callable[..., None]):
    check(estimator)
