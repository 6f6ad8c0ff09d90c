"""Estimators for scikit-learn: mixup behind ``fit`` and ``predict``."""

from importlib.util import find_spec

if find_spec("sklearn") is None:
    needs = "MixupClassifier and MixupRegressor need scikit-learn, which is not installed"
    raise ImportError(f'{needs}: pip install "vicinal[all]".')

from vicinal.integrations.sklearn._classifier import MixupClassifier
from vicinal.integrations.sklearn._regressor import MixupRegressor
from vicinal.integrations.sklearn._scales import WildScales

__all__ = ["MixupClassifier", "MixupRegressor", "WildScales"]
