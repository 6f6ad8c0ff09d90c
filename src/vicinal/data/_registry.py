"""Every named data set. A new one is a function that reads it and a line here."""

from typing import Any

from vicinal.data import _cifar, _digits, _embedded, _image_folders, _mnist, _speech_commands, _synthetic_words, _uci
from vicinal.data._data_set import DataSet
from vicinal.data._planar import RING_AND_BLOB

SETS: dict[str, DataSet[Any]] = {
    entry.name: entry
    for entry in (
        _cifar.CIFAR10,
        _cifar.CIFAR100,
        _digits.DIGITS,
        _embedded.BREAST_CANCER,
        _embedded.DIGITS,
        _embedded.IRIS,
        _embedded.WINE,
        _image_folders.DIGIT_FOLDERS,
        _image_folders.IMAGENET,
        _image_folders.IMAGENETTE,
        _mnist.FASHION_MNIST,
        _mnist.MNIST,
        _speech_commands.OLD,
        _speech_commands.OLD_TWELVE,
        _speech_commands.TEN,
        _speech_commands.TWELVE,
        _speech_commands.WORDS,
        _synthetic_words.SYNTHETIC_WORDS,
        _uci.ABALONE,
        _uci.ARCENE,
        _uci.ARRHYTHMIA,
        _uci.HTRU2,
        _uci.IRIS,
        _uci.PHISHING,
        RING_AND_BLOB,
    )
}
EITHER = {"speech": ("speech-commands", "speech-commands-v1")}
"""Names that stand for whichever of several sets is here; where none is, for the first."""
