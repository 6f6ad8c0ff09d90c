"""Data sets: where they come from, how they are read, and what a trial is trained and tested on."""

from vicinal.data._corrupt import CorruptedLabels, corrupt_labels
from vicinal.data._corrupted_feed import CorruptedFeed
from vicinal.data._data_set import DataSet, Form, OtherContent
from vicinal.data._feed import Feed, Part
from vicinal.data._images import Images
from vicinal.data._named import named
from vicinal.data._nearest import nearest, neighbours
from vicinal.data._own_points import OwnPoints, read_points
from vicinal.data._parts import Data, Parts, Pictures, Tabular
from vicinal.data._photos import Photos
from vicinal.data._picture import read_picture
from vicinal.data._planar import RingAndBlob, ring_and_blob
from vicinal.data._points import Cloud, Points
from vicinal.data._preparation import Preparation
from vicinal.data._prepared import prepared
from vicinal.data._raw_table import RawTable
from vicinal.data._read_table import read_table
from vicinal.data._registry import SETS
from vicinal.data._sound import read_sound
from vicinal.data._sound_preparation import SoundPreparation, preparation_of
from vicinal.data._sounds import Sounds
from vicinal.data._spectrogram import spectrograms
from vicinal.data._table import Table

__all__ = [
    "SETS",
    "Cloud",
    "CorruptedFeed",
    "CorruptedLabels",
    "Data",
    "DataSet",
    "Feed",
    "Form",
    "Images",
    "OtherContent",
    "OwnPoints",
    "Part",
    "Parts",
    "Photos",
    "Pictures",
    "Points",
    "Preparation",
    "RawTable",
    "RingAndBlob",
    "SoundPreparation",
    "Sounds",
    "Table",
    "Tabular",
    "corrupt_labels",
    "named",
    "nearest",
    "neighbours",
    "preparation_of",
    "prepared",
    "read_picture",
    "read_points",
    "read_sound",
    "read_table",
    "ring_and_blob",
    "spectrograms",
]
