"""Data sets: where they come from, how they are read, and what a trial is trained and tested on."""

from vicinal.data._columns import own_table
from vicinal.data._copies import distinct, tested_twins, whole
from vicinal.data._corrupt import CorruptedLabels, corrupt_labels
from vicinal.data._corrupted_feed import CorruptedFeed
from vicinal.data._data_set import DataSet, Form, OtherContent
from vicinal.data._encoding import Encoded, Encoding
from vicinal.data._feed import Feed, Part
from vicinal.data._fewer_tested import FewerTested
from vicinal.data._find import cache
from vicinal.data._image_file import load_images, save_images
from vicinal.data._images import Images
from vicinal.data._listed_files import read_listed
from vicinal.data._named import named
from vicinal.data._nearest import nearest, neighbours
from vicinal.data._own_points import OwnPoints, read_points
from vicinal.data._parts import Data, Parts, Pictures, Tabular
from vicinal.data._photos import Photos
from vicinal.data._picture import read_picture, shown
from vicinal.data._planar import RingAndBlob, ring_and_blob
from vicinal.data._points import Cloud, Points
from vicinal.data._preparation import Preparation
from vicinal.data._prepared import prepared
from vicinal.data._python_table import raw_of
from vicinal.data._raw_table import RawTable
from vicinal.data._read_table import read_table
from vicinal.data._registry import SETS
from vicinal.data._relabelled_feed import RelabelledFeed
from vicinal.data._sound import read_sound
from vicinal.data._sound_file import load_sounds, save_sounds
from vicinal.data._sound_preparation import SoundPreparation, preparation_of
from vicinal.data._sounds import Sounds
from vicinal.data._spectrogram import spectrograms
from vicinal.data._split import cut
from vicinal.data._subset import chosen
from vicinal.data._table import Table
from vicinal.data._table_file import load_table, save_table

__all__ = [
    "SETS",
    "Cloud",
    "CorruptedFeed",
    "CorruptedLabels",
    "Data",
    "DataSet",
    "Encoded",
    "Encoding",
    "Feed",
    "FewerTested",
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
    "RelabelledFeed",
    "RingAndBlob",
    "SoundPreparation",
    "Sounds",
    "Table",
    "Tabular",
    "cache",
    "chosen",
    "corrupt_labels",
    "cut",
    "distinct",
    "load_images",
    "load_sounds",
    "load_table",
    "named",
    "nearest",
    "neighbours",
    "own_table",
    "preparation_of",
    "prepared",
    "raw_of",
    "read_listed",
    "read_picture",
    "read_points",
    "read_sound",
    "read_table",
    "ring_and_blob",
    "save_images",
    "save_sounds",
    "save_table",
    "shown",
    "spectrograms",
    "tested_twins",
    "whole",
]
