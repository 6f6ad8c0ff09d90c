"""Mixing in the training steps of Lightning, under either of its names."""

from importlib.util import find_spec

if find_spec("lightning") is None and find_spec("pytorch_lightning") is None:
    needs = "vicinal.integrations.lightning needs Lightning, which is not installed"
    raise ImportError(f'{needs}: pip install "lightning>=2.5".')

from vicinal.integrations.lightning._callback import MixupCallback
from vicinal.integrations.lightning._labels import MixedLabels

__all__ = ["MixedLabels", "MixupCallback"]
