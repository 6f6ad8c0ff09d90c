"""A table's columns as numbers for a net; what is fitted is fitted on the rows trained on only."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

MISSING = ""  # a missing category; a missing number is NaN


def prepare(
    numeric: NDArray[np.float64], categorical: NDArray[np.object_], fit_on: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return every row prepared: numbers imputed and standardised, categories one-hot.

    The lists of categories come from all rows, so that their columns are the same for every split; they tell nothing
    about a label. Nothing else is learned from rows outside ``fit_on``.

    Args:
        numeric: of shape (N, P); NaN where missing.
        categorical: strings of shape (N, Q); "" where missing.
        fit_on: numbers of the rows that medians, means and deviations are taken of.

    Returns:
        Shape (N, D): P numbers, then the categories column by column; D is the same for every ``fit_on``.
    """
    return np.hstack([_standardised(numeric, fit_on), _one_hot(categorical)], dtype=np.float32)


def as_they_are(numeric: NDArray[np.float64], categorical: NDArray[np.object_]) -> NDArray[np.float32]:
    """Return every row with nothing learned: numbers unchanged, categories counted from 1, whatever is missing 0.

    Returns:
        Shape (N, P + Q).
    """
    codes = np.zeros(categorical.shape)
    for column, categories in enumerate(_categories(categorical)):
        for code, category in enumerate(categories, start=1):
            codes[categorical[:, column] == category, column] = code
    return np.hstack([np.nan_to_num(numeric), codes], dtype=np.float32)


def _standardised(numeric: NDArray[np.float64], fit_on: NDArray[np.int64]) -> NDArray[np.float64]:
    if numeric.shape[1] == 0:  # scikit-learn refuses a table without columns
        return numeric
    steps: list[Any] = [StandardScaler()]
    if np.isnan(numeric).any():  # the medians of 10,000 columns take five times as long as all the rest
        steps.insert(0, SimpleImputer(strategy="median", keep_empty_features=True))
    pipeline = make_pipeline(*steps)
    fitted = pipeline.fit_transform(numeric[fit_on])
    # A column that was constant where it was trained on has no scale: another value of it would come through in its
    # own unit, hundreds of deviations away.
    return pipeline.transform(numeric) * (np.ptp(fitted, axis=0) > 0)


def _one_hot(categorical: NDArray[np.object_]) -> NDArray[np.float64]:
    categories = _categories(categorical)
    known = [column for column, names in enumerate(categories) if names]
    if not known:
        return np.empty((len(categorical), 0))
    lists: Any = [categories[column] for column in known]  # its default, "auto", is all that type checkers know of
    encoder = OneHotEncoder(categories=lists, handle_unknown="ignore", sparse_output=False)
    return encoder.fit_transform(categorical[:, known])


def _categories(categorical: NDArray[np.object_]) -> list[list[str]]:
    return [sorted(set(column) - {MISSING}) for column in categorical.T]
