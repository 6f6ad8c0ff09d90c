"""Mixing where a ``DataLoader`` puts its batches together."""

from vicinal.integrations.collate._collate import MixupCollate

__all__ = ["MixupCollate"]
