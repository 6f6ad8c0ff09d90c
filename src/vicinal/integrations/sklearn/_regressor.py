"""A regressor for scikit-learn that is trained with mixup."""

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import RegressorMixin

from vicinal.integrations.sklearn._estimator import MixupEstimator
from vicinal.integrations.sklearn._rows import Rows, as_weights, counted
from vicinal.integrations.sklearn._settings import Settings


class MixupRegressor(RegressorMixin, MixupEstimator):
    r"""A multilayer perceptron that is trained on mixed rows and mixed targets, by their squared errors.

    .. math:: \tilde x = \lambda x_i + (1 - \lambda) x_j, \quad \tilde y = \lambda y_i + (1 - \lambda) y_j, \quad
        \lambda \sim \mathrm{Beta}(\alpha, \alpha)

    As other estimators it takes columns as they are: put a ``StandardScaler`` before it. Columns that a net learns
    little from get a warning, :class:`vicinal.integrations.sklearn.WildScales`. Sparse matrices are refused: rows that
    were mixed are dense. The target is standardised inside, by mean and deviation of the rows of ``fit`` or of the
    first ``partial_fit``, and predicted in its own unit.

    Args:
        alpha: strength of the mixing, at least 0; 0 mixes nothing (ERM). ``"auto"`` chooses 0, 0.1, 0.2, 0.4 or 1.0: a
            fifth of the rows is laid aside, one net each is trained on the others, all in one stack, and the α with the
            smallest squared error of what was laid aside is trained again on all rows.
        partners: ``"any"`` row of the minibatch, or one drawn by ``"closeness"`` of the target (C-Mixup).
        hidden: units of the hidden layers; none make it linear.
        epochs: passes over the rows; mixup may need more of them than ERM.
        batch_size: rows a minibatch. Rows are mixed within one.
        learning_rate: Adam's step size, above 0.
        dropout: probability of dropping a hidden unit while training, in [0, 1).
        weight_decay: what Adam adds of a weight to its gradient, at least 0.
        random_state: initial weights, the order of the rows and every draw follow from it. With None they differ from
            fit to fit; NumPy's and torch's global streams are neither read nor moved.

    Attributes:
        alpha_: the α that was trained with.
        validation_scores_: minus the mean squared error, in the target's unit squared, by α; higher is better; empty
            where ``alpha`` is a number.
        n_iter_: passes over the rows that the net was trained for.
        loss_curve_: mean squared error of every pass, on mixed rows and the standardised target.
        target_mean_: what is added to the net's answers,
        target_scale_: after they were multiplied by this.
        coefs_: weights of every layer, float32 of shape (D, H).
        intercepts_: biases of every layer, of shape (H,).
        n_features_in_: the number of columns.
        feature_names_in_: their names, where X had some.

    A row of weight 0 is left out, exactly. A row of weight 2 counts twice in its minibatch, which is not what the row
    twice would do: that would come in two minibatches, with partners of its own in each. So scikit-learn's check that
    weights and repeated rows give equal nets must fail, by nature of minibatches.

    Example:
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import StandardScaler
        >>> x, y = load_diabetes(return_X_y=True)
        >>> net = make_pipeline(StandardScaler(), MixupRegressor(alpha=0.4, epochs=10, random_state=0))
        >>> bool(net.fit(x, y).score(x, y) > 0.4)
        True

    Source: arXiv 1710.09412, section 2; arXiv 2210.05775, section 3.2, for partners by closeness.
    """

    def __init__(
        self,
        alpha: float | Literal["auto"] = "auto",
        *,
        partners: Literal["any", "closeness"] = "any",
        hidden: Sequence[int] = (128, 128),
        epochs: int = 40,
        batch_size: int = 16,
        learning_rate: float = 1e-3,
        dropout: float = 0.0,
        weight_decay: float = 0.0,
        random_state: Any = None,
    ) -> None:
        self.alpha = alpha
        self.partners = partners
        self.hidden = hidden
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.dropout = dropout
        self.weight_decay = weight_decay
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a fresh net.

        Args:
            X: numbers of shape (N, D).
            y: the target of each row, of shape (N,).
            sample_weight: how much each row counts, at least 0, of shape (N,).

        Raises:
            ValueError: the rows or a parameter are wrong, or there are several targets.
        """
        settings = self._settings()
        self._trained_from_scratch(self._rows(X, y, sample_weight, settings, first=True), settings)
        return self

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Pass once over more rows; the first call starts a net, unless ``fit`` has.

        With ``alpha="auto"`` it is the rows of the first call that choose α, by the ``epochs`` that ``fit`` would take.

        Args:
            X: numbers of shape (N, D).
            y: the target of each row, of shape (N,).
            sample_weight: how much each row counts, at least 0, of shape (N,).

        Raises:
            ValueError: as for ``fit``.
        """
        settings = self._settings()
        first = not hasattr(self, "coefs_")
        self._trained_further(self._rows(X, y, sample_weight, settings, first=first), settings, first=first)
        return self

    def predict(self, X: Any) -> NDArray[np.floating]:
        """Return the predicted targets, (N,), for numbers (N, D): float32 where the targets trained on were."""
        answers = self._outputs(X)[:, 0] * self.target_scale_ + self.target_mean_
        return answers.astype(self._dtype)

    def _rows(self, x: Any, y: Any, sample_weight: Any, settings: Settings, *, first: bool) -> Rows:
        """Return checked rows, without those of weight 0; a first call fixes the target's mean and deviation."""
        x, y = self._inputs(x, y, first=first, least=2 if first and settings.alpha is None else 1, y_numeric=True)
        weights = as_weights(sample_weight, len(y))
        kept = weights > 0
        x, target, weights = x[kept], y[kept].astype(np.float64), weights[kept]
        if first:
            self._dtype = y.dtype if y.dtype == np.float32 else np.dtype(np.float64)
            self.target_mean_ = float(np.average(target, weights=weights))
            deviation = float(np.sqrt(np.average((target - self.target_mean_) ** 2, weights=weights)))
            self.target_scale_ = deviation or 1.0
        standardised = (target - self.target_mean_) / self.target_scale_
        y = torch.from_numpy(standardised.astype(np.float32))
        return Rows(torch.from_numpy(x), y, counted(weights), outputs=1, unit=self.target_scale_**2)
