"""The classifier against loops, criteria and weights of others."""

import pickle
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import MixupClassifier, rank_generator
from vicinal.integrations.sklearn._rows import Rows
from vicinal.integrations.sklearn._training import ALPHAS
from vicinal.models import MLP
from vicinal.vicinity import seed_of

SMALL: dict[str, Any] = {"hidden": (8,), "epochs": 3, "random_state": 3}


@pytest.fixture
def blobs() -> tuple[np.ndarray, np.ndarray]:
    """Three overlapping classes of 90 rows, sorted in no way."""
    random = np.random.default_rng(0)
    y = random.integers(3, size=90)
    return random.normal(size=(90, 4)) + y[:, None], y


def coefs(estimator: MixupClassifier) -> list[np.ndarray]:
    return [*estimator.coefs_, *estimator.intercepts_]


def equal(one: MixupClassifier, other: MixupClassifier) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(coefs(one), coefs(other), strict=True))


def test_without_mixing_it_is_a_plain_loop(blobs):
    x, y = torch.tensor(blobs[0], dtype=torch.float32), torch.tensor(blobs[1])
    net = MLP([4, 8, 3], seeds=[3]).replica(0)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    for epoch in range(3):
        order = torch.randperm(90, generator=rank_generator(seed_of("order", 3, epoch), 0))
        for rows in order.split(16):
            adam.zero_grad()
            F.cross_entropy(net(x[rows]), y[rows]).backward()
            adam.step()
    ours = MixupClassifier(alpha=0, **SMALL).fit(*blobs).predict_proba(blobs[0])
    np.testing.assert_allclose(ours, net(x).softmax(1).detach().numpy(), atol=1e-5)


def test_one_call_on_all_rows_after_another_is_adam_on_all_rows(blobs):
    """Which also shows that Adam's moments are kept between the calls, through pickle too."""
    x, y = torch.tensor(blobs[0], dtype=torch.float32), torch.tensor(blobs[1])
    net = MLP([4, 8, 3], seeds=[3]).replica(0)
    adam = torch.optim.Adam(net.parameters(), lr=0.05)
    ours = MixupClassifier(alpha=0, batch_size=90, learning_rate=0.05, **SMALL)
    for _ in range(10):
        adam.zero_grad()
        F.cross_entropy(net(x), y).backward()
        adam.step()
        ours = pickle.loads(pickle.dumps(ours.partial_fit(*blobs, classes=[0, 1, 2])))
    np.testing.assert_allclose(ours.predict_proba(x), net(x).softmax(1).detach().numpy(), atol=1e-4)
    assert ours.n_iter_ == len(ours.loss_curve_) == 10


def test_a_row_of_weight_zero_is_left_out(blobs):
    x, y = blobs
    weights = np.where(np.arange(90) % 3 == 0, 0, 1)
    for alpha in (0, 0.4, "auto"):
        with_zeros = MixupClassifier(alpha=alpha, **SMALL).fit(x, y, sample_weight=weights)
        assert equal(with_zeros, MixupClassifier(alpha=alpha, **SMALL).fit(x[weights > 0], y[weights > 0]))


def test_in_one_minibatch_a_weight_of_two_is_the_row_twice(blobs):
    x, y = blobs
    weights = 1 + np.arange(90) % 2
    many: dict[str, Any] = {**SMALL, "alpha": 0, "batch_size": 200, "epochs": 30, "learning_rate": 0.01}
    weighted = MixupClassifier(**many).fit(x, y, sample_weight=weights)
    repeated = MixupClassifier(**many).fit(x.repeat(weights, axis=0), y.repeat(weights))
    np.testing.assert_allclose(weighted.predict_proba(x), repeated.predict_proba(x), atol=1e-4)
    plain = MixupClassifier(**many).fit(x, y)
    assert np.abs(weighted.predict_proba(x) - plain.predict_proba(x)).max() > 1e-3


@pytest.mark.parametrize("class_weight", ["balanced", {0: 2.0, 2: 0.5}])
def test_a_class_weight_is_a_sample_weight(blobs, class_weight):
    x, y = blobs[0], np.minimum(blobs[1] * blobs[1], 2)
    y[:10] = 1
    by_class = MixupClassifier(alpha=0.2, class_weight=class_weight, **SMALL).fit(x, y)
    by_row = MixupClassifier(alpha=0.2, **SMALL).fit(
        x,
        y,
        sample_weight=compute_sample_weight({1: 1.0} | class_weight if class_weight != "balanced" else class_weight, y),
    )
    assert equal(by_class, by_row)


def test_the_chosen_alpha_has_the_smallest_loss_of_nets_trained_alone(blobs):
    x, y = blobs
    ours = MixupClassifier(**SMALL).fit(x, y)
    rows = Rows(torch.arange(90).unsqueeze(1), torch.tensor(y), None, 3)
    train, valid = (part.x.squeeze(1).numpy() for part in rows.divided(3))
    assert sorted([*train, *valid]) == list(range(90))
    assert len(valid) == 18
    losses = {}
    for alpha in ALPHAS:
        alone = MixupClassifier(alpha, **SMALL).fit(x[train], y[train])
        losses[alpha] = log_loss(y[valid], alone.predict_proba(x[valid]), labels=[0, 1, 2])
    assert ours.validation_scores_ == pytest.approx({alpha: -loss for alpha, loss in losses.items()}, abs=1e-5)
    assert ours.alpha_ == min(losses, key=lambda alpha: losses[alpha])
    assert equal(ours, MixupClassifier(ours.alpha_, **SMALL).fit(x, y))
    assert MixupClassifier(0.2, **SMALL).fit(x, y).validation_scores_ == {}


@pytest.mark.parametrize(("load", "least"), [(load_wine, 0.93), (load_breast_cancer, 0.93)])
def test_real_rows_are_told_apart_in_a_pipeline(load, least):
    x, y = load(return_X_y=True)
    net = make_pipeline(StandardScaler(), MixupClassifier(alpha=0.2, hidden=(32,), epochs=20, random_state=0))
    assert cross_val_score(net, x, y, cv=3).mean() > least


def test_a_grid_search_goes_over_numbers_and_auto(blobs):
    search = GridSearchCV(MixupClassifier(**SMALL), {"alpha": [np.float64(0.0), 1, "auto"]}, cv=2).fit(*blobs)
    assert search.best_params_["alpha"] in (0, 1, "auto")
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@pytest.mark.parametrize("kind", [str, object, bool, np.int8, np.float64])
def test_a_class_is_predicted_as_it_was_given(blobs, kind):
    x, y = blobs[0], (blobs[1] > 0).astype(str if kind is object else kind).astype(kind)
    net = MixupClassifier(alpha=0.2, hidden=(8,), epochs=40, learning_rate=0.01, random_state=0).fit(x, y)
    answers = net.predict(x)
    assert answers.dtype == net.classes_.dtype == np.unique(y).dtype
    assert (answers == y).mean() > 0.8
    assert net.score(x, y) == (answers == y).mean()


def test_a_class_of_later_rows_alone_is_known_from_the_first_call(blobs):
    x, y = blobs
    net = MixupClassifier(alpha=0.2, learning_rate=0.01, **{**SMALL, "epochs": 1})
    net.partial_fit(x[y < 2], y[y < 2], classes=[2, 1, 0])
    assert net.predict_proba(x).shape == (90, 3)
    for _ in range(30):
        net.partial_fit(x, y)
    assert net.score(x, y) > 0.6


def test_going_on_after_fit_starts_from_its_weights(blobs):
    net = MixupClassifier(alpha=0.2, **SMALL).fit(*blobs)
    before = coefs(net)
    net.partial_fit(*blobs)
    assert net.n_iter_ == 4
    assert 0 < max(np.abs(a - b).max() for a, b in zip(before, coefs(net), strict=True)) < 0.02


WRONG = [
    ({"class_weight": "even"}, {}, "class_weight must be None, \"balanced\" or a dictionary, got 'even'."),
    ({"class_weight": {7: 1.0}}, {}, "class_weight must be of the classes 0, 1, 2, got 7."),
    ({"class_weight": {0: -1.0}}, {}, "class_weight of 0 must be a number ≥ 0, got -1.0."),
    (
        {"class_weight": dict.fromkeys(range(3), 0)},
        {},
        "class_weight must be above zero for the class of some row, got zero weight for all.",
    ),
    ({"class_weight": {0: 0, 2: 0}}, {}, "y must be of at least two classes, got one class, 1."),
    ({"label_smoothing": 1.5}, {}, "label_smoothing must be a number from 0 to 1, got 1.5."),
    ({}, {"y": np.ones(90)}, "y must be of at least two classes, got one class, 1.0."),
    (
        {},
        {"sample_weight": (np.arange(90) == 5).astype(int)},
        "y must be of at least two classes, got one class, {y5}.",
    ),
]


@pytest.mark.parametrize(("parameters", "arguments", "sentence"), WRONG)
def test_what_is_wrong_is_said_in_a_sentence(blobs, parameters, arguments, sentence):
    x, y = blobs
    with pytest.raises(ValueError, match="must be") as caught:
        MixupClassifier(**parameters).fit(**{"X": x, "y": y, **arguments})
    assert str(caught.value) == sentence.format(y5=y[5])


def test_what_is_wrong_of_further_rows_is_said_in_a_sentence(blobs):
    x, y = blobs
    with pytest.raises(ValueError, match=r"^classes must be given in the first call of partial_fit, got None\.$"):
        MixupClassifier().partial_fit(x, y)
    with pytest.raises(ValueError, match=r"^classes must be at least two, got 1\.$"):
        MixupClassifier().partial_fit(x, y, classes=[1, 1])
    net = MixupClassifier(alpha=0.2, **SMALL).partial_fit(x, y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"^classes must be those of the first call, 0, 1, 2, got 0, 1\.$"):
        net.partial_fit(x, y, classes=[0, 1])
    with pytest.raises(ValueError, match=r"^y must be of the classes 0, 1, 2, got 3\.$"):
        net.partial_fit(x, y + 1)
    sentence = (
        r"class_weight must be None or a dictionary for partial_fit, got 'balanced'\. Give each class its weight\."
    )
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        net.set_params(class_weight="balanced").partial_fit(x, y)
