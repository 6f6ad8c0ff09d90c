"""Mixing with the arguments and the results of timm's, drawn from torch's generators."""

from importlib.util import find_spec

if find_spec("timm") is None:
    raise ImportError('vicinal.integrations.timm needs timm, which is not installed: pip install "timm>=1.0".')

from vicinal.integrations.timm._draw import FlipDraw
from vicinal.integrations.timm._mixup import FastCollateMixup, Mixup

__all__ = ["FastCollateMixup", "FlipDraw", "Mixup"]
