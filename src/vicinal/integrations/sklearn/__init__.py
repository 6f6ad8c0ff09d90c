"""Estimators for scikit-learn: mixup behind ``fit`` and ``predict``."""

try:
    import sklearn  # noqa: F401 - to say at once what is missing
except ImportError:
    needs = "MixupClassifier and MixupRegressor need scikit-learn, which is not installed"
    raise ImportError(f'{needs}: pip install "vicinal[all]".') from None

from vicinal.integrations.sklearn._classifier import MixupClassifier
from vicinal.integrations.sklearn._regressor import MixupRegressor
from vicinal.integrations.sklearn._scales import WildScales

__all__ = ["MixupClassifier", "MixupRegressor", "WildScales"]
