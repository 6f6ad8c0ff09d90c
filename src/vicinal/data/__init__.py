"""Data sets: where they come from, how they are read, and what a trial is trained and tested on."""

from vicinal.data._data_set import DataSet, OtherContent
from vicinal.data._parts import Data, Parts
from vicinal.data._planar import RingAndBlob, ring_and_blob
from vicinal.data._registry import SETS
from vicinal.data._table import Table

__all__ = ["SETS", "Data", "DataSet", "OtherContent", "Parts", "RingAndBlob", "Table", "ring_and_blob"]
