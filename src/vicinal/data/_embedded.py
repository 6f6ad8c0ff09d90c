"""Small tables that come with scikit-learn: nothing is looked for and nothing is fetched.

Their iris is not UCI's: two flowers differ, the 35th and the 38th. Hence the names.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from vicinal.data._data_set import DataSet
from vicinal.data._table import Table


def _embedded(title: str, load: Callable[..., Any]) -> DataSet[Table]:
    name = "sklearn-" + title.lower().replace(" ", "-")

    def read() -> Table:
        bunch = load()
        return Table(
            name=name,
            numeric=np.asarray(bunch["data"], dtype=np.float64),
            numeric_names=tuple(bunch["feature_names"]),
            categorical=np.empty((len(bunch["data"]), 0), dtype=object),
            categorical_names=(),
            target=np.asarray(bunch["target"], dtype=np.int64),
            classes=tuple(str(word) for word in bunch["target_names"]),
        )

    source = "https://scikit-learn.org/stable/datasets/toy_dataset.html"
    return DataSet(name, f"{title} (scikit-learn)", source, "BSD-3-Clause; UCI, CC BY 4.0", read)


def _datasets() -> Any:
    from sklearn import datasets  # takes half a second, which most need not wait for

    return datasets


IRIS = _embedded("Iris", lambda: _datasets().load_iris())
WINE = _embedded("Wine", lambda: _datasets().load_wine())
BREAST_CANCER = _embedded("Breast cancer", lambda: _datasets().load_breast_cancer())
DIGITS = _embedded("Digits", lambda: _datasets().load_digits())
