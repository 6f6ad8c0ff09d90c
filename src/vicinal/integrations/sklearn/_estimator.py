"""What both estimators are: settings, training, going on, and the answers of the net."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from vicinal.integrations.sklearn._random_state import seed_from
from vicinal.integrations.sklearn._rows import Rows, as_inputs
from vicinal.integrations.sklearn._scales import warn_of_wild_scales
from vicinal.integrations.sklearn._settings import Settings, checked
from vicinal.integrations.sklearn._state import arrays_of, moments_as_arrays, moments_of, net_of, outputs_of
from vicinal.integrations.sklearn._training import best, new_net, not_finite, scores, train
from vicinal.training import Moments
from vicinal.vicinity import seed_of


class MixupEstimator(BaseEstimator):
    """A multilayer perceptron that is trained with mixup; the two estimators say what its outputs mean."""

    alpha: float | str
    random_state: Any

    def _settings(self) -> Settings:
        return checked(self.get_params(deep=False))

    def _inputs(
        self, x: Any, y: Any, *, first: bool, least: int, **options: Any
    ) -> tuple[NDArray[np.float32], NDArray[Any]]:
        """Return checked inputs (N, D) and targets (N,); a first call fixes the columns.

        Args:
            x: inputs as a user has them.
            y: targets as a user has them.
            first: whether nothing was trained before.
            least: how many rows are needed.
            options: further ones of scikit-learn's check.
        """
        x, y = validate_data(
            self, x, y, reset=first, dtype=(np.float64, np.float32), ensure_min_samples=least, **options
        )
        x = as_inputs(x)
        if first:
            warn_of_wild_scales(x, getattr(self, "feature_names_in_", None))
        return x, y

    def _begin(self, rows: Rows, settings: Settings) -> None:
        """Draw the net's first weights and fix α."""
        self._seed = seed_from(self.random_state)
        self.validation_scores_: dict[float, float] = {}
        alpha = settings.alpha
        if alpha is None:
            self.validation_scores_ = scores(rows, settings, seed=self._seed)
            alpha = best(self.validation_scores_)
        self.alpha_ = alpha
        self.n_iter_ = 0
        self.loss_curve_: list[float] = []
        net = new_net(rows, settings, seeds=[self._seed])
        self.coefs_, self.intercepts_ = arrays_of(net)
        self._moments = moments_as_arrays(Moments.none_yet(list(net.parameters())))

    def _go_on(self, rows: Rows, settings: Settings, *, seed: int, epochs: int) -> None:
        """Train from where the weights are."""
        net, moments = net_of(self.coefs_, self.intercepts_), moments_of(self._moments)
        losses, failed = train(net, rows, settings, alphas=[self.alpha_], seed=seed, epochs=epochs, moments=moments)
        if failed.any():
            raise not_finite()
        self.coefs_, self.intercepts_ = arrays_of(net)
        self._moments = moments_as_arrays(moments)
        self.loss_curve_ = [*self.loss_curve_, *(float(loss) for loss in losses)]
        self.n_iter_ += epochs

    def _trained_from_scratch(self, rows: Rows, settings: Settings) -> None:
        self._begin(rows, settings)
        self._go_on(rows, settings, seed=self._seed, epochs=settings.epochs)

    def _trained_further(self, rows: Rows, settings: Settings, *, first: bool) -> None:
        """Pass over the rows once, in an order and with draws of this pass alone."""
        if first:
            self._begin(rows, settings)
        self._go_on(rows, settings, seed=seed_of("pass", self._seed, self.n_iter_), epochs=1)

    def _outputs(self, x: Any) -> NDArray[np.float64]:
        """Return what the net makes of checked inputs, (N, K)."""
        check_is_fitted(self)
        x = validate_data(self, x, reset=False, dtype=(np.float64, np.float32))
        return outputs_of(as_inputs(x), self.coefs_, self.intercepts_)
