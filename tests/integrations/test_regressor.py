"""The regressor against loops and estimators of others."""

import warnings
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal import MixupRegressor, rank_generator
from vicinal.integrations.sklearn._rows import Rows
from vicinal.integrations.sklearn._training import ALPHAS
from vicinal.models import MLP
from vicinal.vicinity import seed_of

SMALL: dict[str, Any] = {"hidden": (8,), "epochs": 3, "random_state": 3}


@pytest.fixture
def plane() -> tuple[np.ndarray, np.ndarray]:
    """A plane over four columns, 90 rows, far from 0 and not of deviation 1."""
    random = np.random.default_rng(0)
    x = random.normal(size=(90, 4))
    return x, 50 + 20 * x[:, 0] - 10 * x[:, 1] + random.normal(size=90)


def equal(one: MixupRegressor, other: MixupRegressor) -> bool:
    pairs = zip([*one.coefs_, *one.intercepts_], [*other.coefs_, *other.intercepts_], strict=True)
    return all(np.array_equal(a, b) for a, b in pairs) and one.target_mean_ == other.target_mean_


def test_without_mixing_it_is_a_plain_loop_on_the_standardised_target(plane):
    x, y = torch.tensor(plane[0], dtype=torch.float32), torch.tensor(plane[1])
    mean, scale = y.mean(), y.std(correction=0)
    target = ((y - mean) / scale).float()
    net = MLP([4, 8, 1], seeds=[3]).replica(0)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    for epoch in range(3):
        order = torch.randperm(90, generator=rank_generator(seed_of("order", 3, epoch), 0))
        for rows in order.split(16):
            adam.zero_grad()
            F.mse_loss(net(x[rows]).squeeze(1), target[rows]).backward()
            adam.step()
    ours = MixupRegressor(alpha=0, **SMALL).fit(*plane).predict(plane[0])
    np.testing.assert_allclose(ours, net(x).squeeze(1).detach().numpy() * scale.item() + mean.item(), atol=1e-3)


def test_a_row_of_weight_zero_is_left_out(plane):
    x, y = plane
    weights = np.where(np.arange(90) % 3 == 0, 0, 1)
    for alpha in (0, 0.4, "auto"):
        with_zeros = MixupRegressor(alpha=alpha, **SMALL).fit(x, y, sample_weight=weights)
        assert equal(with_zeros, MixupRegressor(alpha=alpha, **SMALL).fit(x[weights > 0], y[weights > 0]))


def test_in_one_minibatch_a_weight_of_two_is_the_row_twice(plane):
    x, y = plane
    weights = 1 + np.arange(90) % 2
    many: dict[str, Any] = {**SMALL, "alpha": 0, "batch_size": 200, "epochs": 30, "learning_rate": 0.01}
    weighted = MixupRegressor(**many).fit(x, y, sample_weight=weights)
    repeated = MixupRegressor(**many).fit(x.repeat(weights, axis=0), y.repeat(weights))
    np.testing.assert_allclose(weighted.predict(x), repeated.predict(x), atol=1e-2)
    assert np.abs(weighted.predict(x) - MixupRegressor(**many).fit(x, y).predict(x)).max() > 0.1


def test_the_chosen_alpha_has_the_smallest_error_of_nets_trained_alone(plane):
    """But for the target's mean and deviation, which are those of all rows."""
    x, y = plane
    many: dict[str, Any] = {**SMALL, "epochs": 20}
    ours = MixupRegressor(**many).fit(x, y)
    rows = Rows(torch.arange(90).unsqueeze(1), torch.tensor(y), None, 1)
    train, valid = (part.x.squeeze(1).numpy() for part in rows.divided(3))
    alone = {alpha: MixupRegressor(alpha, **many).fit(x[train], y[train]).predict(x[valid]) for alpha in ALPHAS}
    errors = {alpha: ((answers - y[valid]) ** 2).mean() for alpha, answers in alone.items()}
    assert ours.validation_scores_ == pytest.approx({alpha: -error for alpha, error in errors.items()}, rel=0.2)
    assert ours.alpha_ == max(ours.validation_scores_, key=lambda alpha: ours.validation_scores_[alpha])
    assert equal(ours, MixupRegressor(ours.alpha_, **many).fit(x, y))


def test_without_mixing_it_is_about_as_good_as_scikit_learns_on_diabetes():
    x, y = load_diabetes(return_X_y=True)
    settings: dict[str, Any] = {"batch_size": 16, "random_state": 0}
    ours = MixupRegressor(alpha=0, hidden=(32,), epochs=20, **settings)
    theirs = MLPRegressor(hidden_layer_sizes=(32,), max_iter=20, alpha=0, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        scores = [cross_val_score(make_pipeline(StandardScaler(), net), x, y, cv=3).mean() for net in (ours, theirs)]
    assert scores[0] > 0.4
    assert scores[0] > scores[1] - 0.05


@pytest.mark.parametrize("partners", ["any", "closeness"])
def test_mixing_leaves_a_plane_a_plane(plane, partners):
    net = MixupRegressor(alpha=1.0, partners=partners, hidden=(), epochs=200, learning_rate=0.01, random_state=0)
    assert net.fit(*plane).score(*plane) > 0.95


def test_partners_by_closeness_are_nearer(plane):
    """Without training the loss is about the spread of the mixed targets, which is larger where partners are close."""
    settings: dict[str, Any] = {**SMALL, "alpha": 1.0, "epochs": 30, "learning_rate": 1e-9}
    spread = {p: np.mean(MixupRegressor(partners=p, **settings).fit(*plane).loss_curve_) for p in ("any", "closeness")}
    assert spread["closeness"] > spread["any"] + 0.05


@pytest.mark.parametrize(("kind", "answered"), [(np.float32, np.float32), (np.float64, np.float64), (int, np.float64)])
def test_answers_have_the_targets_precision(plane, kind, answered):
    assert MixupRegressor(alpha=0.2, **SMALL).fit(plane[0], plane[1].astype(kind)).predict(plane[0]).dtype == answered


def test_a_constant_target_is_answered(plane):
    net = MixupRegressor(alpha=0.2, hidden=(8,), epochs=200, learning_rate=0.01, random_state=0)
    assert np.abs(net.fit(plane[0], np.full(90, 7.0)).predict(plane[0]) - 7).max() < 0.2


def test_the_unit_stays_that_of_the_first_rows(plane):
    x, y = plane
    net = MixupRegressor(alpha=0.2, **SMALL).partial_fit(x[:50], y[:50])
    assert net.target_mean_ == pytest.approx(y[:50].mean())
    net.partial_fit(x, y)
    assert net.target_mean_ == pytest.approx(y[:50].mean())
    assert net.n_iter_ == 2


def test_several_targets_and_other_partners_are_refused(plane):
    x, y = plane
    with pytest.raises(ValueError, match="y should be a 1d array"):
        MixupRegressor().fit(x, np.stack([y, y], axis=1))
    with pytest.raises(ValueError, match=r"^partners must be \"any\" or \"closeness\", got 'near'\.$"):
        MixupRegressor().set_params(partners="near").fit(x, y)
