"""Mixing in the training steps of Lightning, under either of its names."""

from vicinal.integrations._needs import needed

needed(__name__, "Lightning", "lightning", "pytorch_lightning", install="lightning>=2.5")

from vicinal.integrations.lightning._callback import MixupCallback
from vicinal.integrations.lightning._labels import MixedLabels

__all__ = ["MixedLabels", "MixupCallback"]
