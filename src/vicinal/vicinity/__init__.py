"""Vicinal distributions for anybody's training loop: the mathematics, on torch alone."""

from vicinal.vicinity._beta import beta_minor_weight, draw_minor_weight, precise
from vicinal.vicinity._choice import Choice
from vicinal.vicinity._cmixup import CMixup
from vicinal.vicinity._cutmix import CutMix
from vicinal.vicinity._dirac import Dirac, DiracDraw
from vicinal.vicinity._dirichlet import Dirichlet
from vicinal.vicinity._discriminator import discriminator_loss
from vicinal.vicinity._draw import Draw
from vicinal.vicinity._gaussian import Gaussian
from vicinal.vicinity._latent import MixPoint
from vicinal.vicinity._layer import Latent, LatentDraw
from vicinal.vicinity._mixup import Mixup, MixupDraw, concatenated
from vicinal.vicinity._neighbours import Neighbours
from vicinal.vicinity._outside import Outside, OutsideDraw
from vicinal.vicinity._schedule import Until, Warmup
from vicinal.vicinity._spec import VICINITIES, canonical, file_of, vicinity
from vicinal.vicinity._streams import rank_generator, seed_of
from vicinal.vicinity._targets import Targets, send
from vicinal.vicinity._vicinity import Vicinity, members_of, tell_epoch

__all__ = [
    "VICINITIES",
    "CMixup",
    "Choice",
    "CutMix",
    "Dirac",
    "DiracDraw",
    "Dirichlet",
    "Draw",
    "Gaussian",
    "Latent",
    "LatentDraw",
    "MixPoint",
    "Mixup",
    "MixupDraw",
    "Neighbours",
    "Outside",
    "OutsideDraw",
    "Targets",
    "Until",
    "Vicinity",
    "Warmup",
    "beta_minor_weight",
    "canonical",
    "concatenated",
    "discriminator_loss",
    "draw_minor_weight",
    "file_of",
    "members_of",
    "precise",
    "rank_generator",
    "seed_of",
    "send",
    "tell_epoch",
    "vicinity",
]
