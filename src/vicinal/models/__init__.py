"""The nets, one a file."""

from vicinal.models._mlp import MLP, ordinary_mlp

__all__ = ["MLP", "ordinary_mlp"]
