"""Mixing as a transform of torchvision's, beside its own ``MixUp`` and ``CutMix``."""

from importlib.util import find_spec

if find_spec("torchvision") is None:
    needs = "vicinal.integrations.torchvision needs torchvision, which is not installed"
    raise ImportError(f'{needs}: pip install "torchvision>=0.26".')

from vicinal.integrations.torchvision._transform import MixupTransform, previous

__all__ = ["MixupTransform", "previous"]
