"""What holds for both estimators: settings, streams, pickles, columns."""

import pickle
import pickletools
import re
import warnings
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from vicinal import MixupClassifier, MixupRegressor
from vicinal.integrations.sklearn import WildScales

BOTH = pytest.mark.parametrize("kind", [MixupClassifier, MixupRegressor])
SMALL: dict[str, Any] = {"hidden": (8,), "epochs": 2, "random_state": 3}


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    x = random.normal(size=(40, 3))
    return x, (x[:, 0] > 0).astype(int)


@BOTH
@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"alpha": -0.5}, 'alpha must be "auto" or a number ≥ 0, got -0.5.'),
        ({"alpha": "much"}, "alpha must be \"auto\" or a number ≥ 0, got 'much'."),
        ({"alpha": float("nan")}, 'alpha must be "auto" or a number ≥ 0, got nan.'),
        ({"alpha": None}, 'alpha must be "auto" or a number ≥ 0, got None.'),
        ({"hidden": (8, 0)}, "hidden must be a tuple of numbers of units, each at least 1, got (8, 0)."),
        ({"hidden": 8}, "hidden must be a tuple of numbers of units, each at least 1, got 8."),
        ({"epochs": 0}, "epochs must be a whole number, at least 1, got 0."),
        ({"epochs": 2.5}, "epochs must be a whole number, at least 1, got 2.5."),
        ({"batch_size": True}, "batch_size must be a whole number, at least 1, got True."),
        ({"learning_rate": 0}, "learning_rate must be a number above 0, got 0."),
        ({"learning_rate": float("inf")}, "learning_rate must be a number above 0, got inf."),
        ({"dropout": 1.0}, "dropout must be a probability in [0, 1), got 1.0."),
        ({"weight_decay": "none"}, "weight_decay must be a number ≥ 0, got 'none'."),
        ({"random_state": -1}, "random_state must be None, a number ≥ 0 or a numpy.random.RandomState, got -1."),
    ],
)
def test_a_parameter_out_of_its_range_is_told_by_fit(kind, rows, parameters, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        kind(**parameters).fit(*rows)


@BOTH
@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        (np.ones(3), "sample_weight must be of shape (40,), got (3,)."),
        (-np.ones(40), "sample_weight must be of finite numbers ≥ 0, got -1."),
        (np.full(40, np.nan), "sample_weight must be of finite numbers ≥ 0, got nan."),
        (np.zeros(40), "sample_weight must be above zero for some row, got zero weight for all."),
        (
            (np.arange(40) == 0) * 1.0,
            'X must be of two rows or more with alpha="auto", got one row. Give alpha a number.',
        ),
    ],
)
def test_weights_that_are_none_are_told(kind, rows, weights, sentence):
    estimator = kind(**SMALL)
    if kind is MixupClassifier and weights.sum() == 1:
        # fit would tell that there is one class
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
            estimator.partial_fit(*rows, classes=[0, 1], sample_weight=weights)
        return
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        estimator.fit(*rows, sample_weight=weights)


@BOTH
def test_the_same_seed_gives_the_same_net_and_another_another(kind, rows):
    one, same, other = (kind(**{**SMALL, "random_state": seed}).fit(*rows) for seed in (0, 0, 1))
    assert all(np.array_equal(a, b) for a, b in zip(one.coefs_, same.coefs_, strict=True))
    assert not np.array_equal(one.coefs_[0], other.coefs_[0])
    state = np.random.RandomState(0)
    first, second = (kind(**{**SMALL, "random_state": state}).fit(*rows) for _ in range(2))
    assert not np.array_equal(first.coefs_[0], second.coefs_[0])


@BOTH
@pytest.mark.parametrize("alpha", ["auto", 0.2])
def test_nothing_global_is_moved(kind, rows, alpha):
    def state() -> tuple[Any, ...]:
        numpy = repr(np.random.get_state(legacy=False))  # noqa: NPY002 - which is to stay as it is
        return torch.get_rng_state().tolist(), numpy, torch.get_num_threads(), torch.is_grad_enabled()

    before = state()
    estimator = kind(alpha=alpha, hidden=(8,), epochs=2, dropout=0.1)
    first = estimator.fit(*rows).coefs_[0]
    estimator.predict(rows[0])
    assert state() == before
    assert not np.array_equal(first, estimator.fit(*rows).coefs_[0])


@BOTH
def test_a_pickle_holds_no_tensors_and_answers_the_same(kind, rows):
    estimator = kind(alpha=0.2, **SMALL).fit(*rows)
    kept = pickle.dumps(estimator)
    words = {argument for _, argument, _ in pickletools.genops(kept) if isinstance(argument, str)}
    assert not any(word.startswith("torch") for word in words)
    again = pickle.loads(kept)
    assert np.array_equal(again.predict(rows[0]), estimator.predict(rows[0]))
    estimator.partial_fit(*rows)
    again.partial_fit(*rows)
    assert np.array_equal(again.coefs_[0], estimator.coefs_[0])


@BOTH
def test_a_clone_has_the_settings_and_nothing_else(kind, rows):
    estimator = kind(alpha=0.4, **SMALL).fit(*rows)
    copy: Any = clone(estimator)
    assert copy.get_params() == estimator.get_params()
    assert not hasattr(copy, "coefs_")
    with pytest.raises(NotFittedError):
        copy.predict(rows[0])


@BOTH
def test_names_of_columns_are_kept_and_asked_for(kind, rows):
    frame = pl.DataFrame(rows[0], schema=["a", "b", "c"])
    estimator = kind(alpha=0.2, **SMALL).fit(frame, rows[1])
    assert estimator.feature_names_in_.tolist() == ["a", "b", "c"]
    assert np.array_equal(estimator.predict(frame), kind(alpha=0.2, **SMALL).fit(*rows).predict(rows[0]))
    with pytest.raises(ValueError, match="feature names"):
        estimator.predict(frame.rename({"a": "z"}))


@BOTH
def test_wild_columns_are_warned_of_where_fit_was_called(kind, rows):
    x = rows[0] * [1, 1000, 1e-4]
    sentence = r"root mean square of columns 1 \(\d+\), 2 \(\S+e-05\) is outside 0.01 to 100; .* put a StandardScaler"
    with pytest.warns(WildScales, match=sentence) as caught:
        kind(alpha=0.2, **SMALL).fit(x, rows[1])
    assert caught[0].filename == __file__
    with pytest.warns(WildScales, match=r"of column 'b' \("):
        kind(alpha=0.2, **SMALL).fit(pl.DataFrame(rows[0] * [1, 1000, 0], schema=["a", "b", "c"]), rows[1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make_pipeline(StandardScaler(), kind(alpha=0.2, **SMALL)).fit(x, rows[1])


@BOTH
def test_what_cannot_be_trained_on_is_refused(kind, rows):
    x, y = rows
    with pytest.raises(TypeError, match=r"[Ss]parse"):
        kind().fit(csr_array(x), y)
    with pytest.raises(ValueError, match=r"^X must be of numbers below 3e38, got 1e\+300\. Scale the columns\.$"):
        kind().fit(np.where(x == x[0, 0], 1e300, x), y)
    with pytest.raises(ValueError, match=r"^the loss must be finite, got another\. Lower learning_rate, or scale"):
        kind(alpha=0.2, learning_rate=1e30, **SMALL).fit(x, y)
    with pytest.raises(ValueError, match=r"^the loss must be finite, got another\. Lower learning_rate, or scale"):
        kind(learning_rate=1e30, **SMALL).fit(x, y)


@BOTH
def test_many_rows_are_answered_as_few_are(kind, rows):
    estimator = kind(alpha=0.2, **SMALL).fit(*rows)
    many = np.tile(rows[0], (250, 1))  # more than go through the net at once
    np.testing.assert_allclose(estimator.predict(many)[:40], estimator.predict(rows[0]), atol=1e-12)
    assert len(estimator.predict(many)) == 10_000
