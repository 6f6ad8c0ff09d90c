"""Estimators for scikit-learn: mixup behind ``fit`` and ``predict``."""

from vicinal.integrations._needs import needed

needed(__name__, "scikit-learn", "sklearn", install="vicinal[all]")

from vicinal.integrations.sklearn._classifier import MixupClassifier
from vicinal.integrations.sklearn._regressor import MixupRegressor
from vicinal.integrations.sklearn._scales import WildScales

__all__ = ["MixupClassifier", "MixupRegressor", "WildScales"]
