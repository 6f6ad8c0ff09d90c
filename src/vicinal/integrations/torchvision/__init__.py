"""Mixing as a transform of torchvision's, beside its own ``MixUp`` and ``CutMix``."""

from vicinal.integrations._needs import needed

needed(__name__, "torchvision", "torchvision", install="torchvision>=0.26")

from vicinal.integrations.torchvision._transform import MixupTransform, previous

__all__ = ["MixupTransform", "previous"]
