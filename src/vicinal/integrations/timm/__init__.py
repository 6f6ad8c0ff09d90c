"""Mixing with the arguments and the results of timm's, drawn from torch's generators."""

from vicinal.integrations._needs import needed

needed(__name__, "timm", "timm", install="timm>=1.0")

from vicinal.integrations.timm._draw import FlipDraw
from vicinal.integrations.timm._mixup import FastCollateMixup, Mixup

__all__ = ["FastCollateMixup", "FlipDraw", "Mixup"]
