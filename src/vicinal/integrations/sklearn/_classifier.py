"""A classifier for scikit-learn that is trained with mixup."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets

from vicinal._errors import InputError, must_be
from vicinal.integrations.sklearn._class_weight import listed, weights_of_classes
from vicinal.integrations.sklearn._estimator import MixupEstimator
from vicinal.integrations.sklearn._rows import Rows, as_weights, counted
from vicinal.integrations.sklearn._settings import Settings


class MixupClassifier(ClassifierMixin, MixupEstimator):
    r"""A multilayer perceptron that is trained on mixed rows and mixed labels.

    .. math:: \tilde x = \lambda x_i + (1 - \lambda) x_j, \quad \tilde y = \lambda y_i + (1 - \lambda) y_j, \quad
        \lambda \sim \mathrm{Beta}(\alpha, \alpha)

    As other estimators it takes columns as they are: put a ``StandardScaler`` before it. Columns that a net learns
    little from get a warning, :class:`vicinal.integrations.sklearn.WildScales`. Sparse matrices are refused: rows that
    were mixed are dense.

    Args:
        alpha: strength of the mixing, at least 0; 0 mixes nothing (ERM). ``"auto"`` chooses 0, 0.1, 0.2, 0.4 or 1.0: a
            fifth of the rows is laid aside class by class, one net each is trained on the others, all in one stack, and
            the α with the smallest negative log-likelihood of what was laid aside is trained again on all rows.
        hidden: units of the hidden layers; none make it linear.
        epochs: passes over the rows; mixup may need more of them than ERM.
        batch_size: rows a minibatch. Rows are mixed within one.
        learning_rate: Adam's step size, above 0.
        label_smoothing: share of the uniform distribution that is mixed into every target, in [0, 1].
        dropout: probability of dropping a hidden unit while training, in [0, 1).
        weight_decay: what Adam adds of a weight to its gradient, at least 0.
        class_weight: how much each class counts: a dictionary, or ``"balanced"`` for all alike; multiplies
            ``sample_weight``.
        random_state: initial weights, the order of the rows and every draw follow from it. With None they differ from
            fit to fit; NumPy's and torch's global streams are neither read nor moved.

    Attributes:
        classes_: the K classes, sorted.
        alpha_: the α that was trained with.
        validation_scores_: minus the negative log-likelihood, in nats, by α; higher is better; empty where ``alpha`` is
            a number.
        n_iter_: passes over the rows that the net was trained for.
        loss_curve_: mean loss of every pass, on mixed rows, so that it does not fall to 0.
        coefs_: weights of every layer, float32 of shape (D, H).
        intercepts_: biases of every layer, of shape (H,).
        n_features_in_: the number of columns.
        feature_names_in_: their names, where X had some.

    A row of weight 0 is left out, exactly. A row of weight 2 counts twice in its minibatch, which is not what the row
    twice would do: that would come in two minibatches, with partners of its own in each. So scikit-learn's check that
    weights and repeated rows give equal nets must fail, by nature of minibatches.

    Example:
        >>> from sklearn.datasets import load_wine
        >>> from sklearn.model_selection import cross_val_score
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import StandardScaler
        >>> net = make_pipeline(StandardScaler(), MixupClassifier(alpha=0.2, epochs=20, random_state=0))
        >>> x, y = load_wine(return_X_y=True)
        >>> bool(cross_val_score(net, x, y, cv=3).mean() > 0.9)
        True

    Source: arXiv 1710.09412, section 2.
    """

    def __init__(
        self,
        alpha: float | Literal["auto"] = "auto",
        *,
        hidden: Sequence[int] = (128, 128),
        epochs: int = 40,
        batch_size: int = 16,
        learning_rate: float = 1e-3,
        label_smoothing: float = 0.0,
        dropout: float = 0.0,
        weight_decay: float = 0.0,
        class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
        random_state: Any = None,
    ) -> None:
        self.alpha = alpha
        self.hidden = hidden
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.label_smoothing = label_smoothing
        self.dropout = dropout
        self.weight_decay = weight_decay
        self.class_weight = class_weight
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a fresh net.

        Args:
            X: numbers of shape (N, D).
            y: the class of each row, of shape (N,): numbers or strings.
            sample_weight: how much each row counts, at least 0, of shape (N,).

        Raises:
            ValueError: the rows or a parameter are wrong, or there are fewer than two classes.
        """
        settings = self._settings()
        rows = self._rows(X, y, sample_weight, settings, first=True, classes=None)
        self._trained_from_scratch(rows, settings)
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Pass once over more rows; the first call starts a net, unless ``fit`` has.

        With ``alpha="auto"`` it is the rows of the first call that choose α, by the ``epochs`` that ``fit`` would take.

        Args:
            X: numbers of shape (N, D).
            y: the class of each row, of shape (N,).
            classes: all classes that there will be; the first call needs them.
            sample_weight: how much each row counts, at least 0, of shape (N,).

        Raises:
            ValueError: as for ``fit``; the classes are missing or others than before, or ``class_weight`` is
                ``"balanced"``, for which all rows would be needed.
        """
        settings = self._settings()
        first = not hasattr(self, "coefs_")
        if isinstance(self.class_weight, str):
            found, remedy = repr(self.class_weight), "Give each class its weight"
            raise InputError(must_be("class_weight", "None or a dictionary for partial_fit", found, remedy))
        rows = self._rows(X, y, sample_weight, settings, first=first, classes=self._all_classes(classes, first=first))
        self._trained_further(rows, settings, first=first)
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable class of each row, (N,), for numbers (N, D)."""
        outputs = self._outputs(X)
        return self.classes_[outputs.argmax(1)]

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probabilities of the classes, in the order of ``classes_``, (N, K), for numbers (N, D)."""
        return softmax(self._outputs(X), axis=1)

    def _all_classes(self, given: Any, *, first: bool) -> NDArray[Any]:
        """Return the classes of all calls of ``partial_fit``, as they are given or known from the first one."""
        if given is None and first:
            raise InputError(must_be("classes", "given in the first call of partial_fit", "None"))
        if given is None:
            return self.classes_
        classes = np.unique(np.asarray(given))
        if len(classes) < 2:
            raise InputError(must_be("classes", "at least two", listed(classes)))
        if not first and not np.array_equal(classes, self.classes_):
            raise InputError(must_be("classes", f"those of the first call, {listed(self.classes_)}", listed(classes)))
        return classes

    def _rows(
        self, x: Any, y: Any, sample_weight: Any, settings: Settings, *, first: bool, classes: NDArray[Any] | None
    ) -> Rows:
        """Return checked rows, without those of weight 0; where no classes are given, those of y become them."""
        x, y = self._inputs(x, y, first=first, least=2 if first and settings.alpha is None else 1)
        check_classification_targets(y)
        whole = classes is None
        classes = np.unique(y) if classes is None else classes
        if strange := [label for label in np.unique(y).tolist() if label not in classes.tolist()]:
            raise InputError(must_be("y", f"of the classes {listed(classes)}", listed(strange)))
        weights = self._weights(sample_weight, y, classes)
        kept = weights > 0
        x, y, weights = x[kept], y[kept], weights[kept]
        if whole and len(np.unique(y)) < 2:
            raise InputError(must_be("y", "of at least two classes", f"one class, {listed(y[:1])}"))
        if first:
            self.classes_ = classes
        codes = torch.from_numpy(np.searchsorted(classes, y))
        return Rows(torch.from_numpy(x), codes, counted(weights), outputs=len(classes))

    def _weights(self, sample_weight: Any, y: NDArray[Any], classes: NDArray[Any]) -> NDArray[np.float64]:
        """Return what each row counts; classes are balanced over the rows that count at all."""
        weights = as_weights(sample_weight, len(y))
        kept = weights > 0
        weights[kept] *= weights_of_classes(self.class_weight, y[kept], classes)
        if not weights.any():
            raise InputError(must_be("class_weight", "above zero for the class of some row", "zero weight for all"))
        return weights
