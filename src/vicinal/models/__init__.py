"""The nets, one a file."""

from vicinal.models._build import NETS, build, check_net, sides
from vicinal.models._latents import latents
from vicinal.models._mlp import MLP, hidden_units, ordinary_mlp
from vicinal.models._of_weights import net_of_weights
from vicinal.models._weights import FreshLayer, load_weights

__all__ = [
    "MLP",
    "NETS",
    "FreshLayer",
    "build",
    "check_net",
    "hidden_units",
    "latents",
    "load_weights",
    "net_of_weights",
    "ordinary_mlp",
    "sides",
]
