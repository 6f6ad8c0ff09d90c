"""Six tables of the UCI Machine Learning Repository, read in the form in which it publishes them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError
from vicinal.data._cells import read_arff, read_cells
from vicinal.data._data_set import DataSet
from vicinal.data._official import OfficialTable
from vicinal.data._origin import Files
from vicinal.data._table import Table


def read_abalone(path: Path) -> Table:
    """Sex and seven measures of a shell; the classes are its numbers of rings."""
    cells = read_cells(path, columns=9)
    sex = np.array(cells.words(0, among=("F", "I", "M")), dtype=object)[:, None]
    names = ("length", "diameter", "height", "whole_weight", "shucked_weight", "viscera_weight", "shell_weight")
    target, classes = cells.labels(-1, among=_counted(1, 29))
    return Table("abalone", cells.numbers(slice(1, 8)), names, sex, ("sex",), target, classes)


def read_arcene(train: Path, train_labels: Path, valid: Path, valid_labels: Path) -> Table:
    """10,000 intensities of a mass spectrum; cancer or not. All 200 labelled rows, first the 100 of ``train``."""
    numeric, words = [], []
    for path, labels_path in (train, train_labels), (valid, valid_labels):
        numeric.append(read_cells(path, columns=10_000, separator=None).numbers(slice(None)))
        labels = read_cells(labels_path, columns=1).words(0, among=("-1", "1"))
        if len(labels) != len(numeric[-1]):
            rows = f"{len(numeric[-1])} rows, as in {path.name}"
            raise InputError(f"{labels_path.name}: expected {rows}, found {len(labels)}. Download both again.")
        words += labels
    return _numeric("arcene", np.concatenate(numeric), (np.array(words) == "1").astype(np.int64), ("-1", "1"))


def read_arrhythmia(path: Path) -> Table:
    """279 figures of a patient and an electrocardiogram, some unknown; the class is the kind of arrhythmia."""
    cells = read_cells(path, columns=280)
    numeric = cells.numbers(slice(0, 279), missing="?")
    return _numeric("arrhythmia", numeric, *cells.labels(-1, among=_counted(1, 16)))


def read_htru2(path: Path) -> Table:
    """Four statistics each of a pulse's profile and of its DM-SNR curve; a pulsar or not."""
    cells = read_cells(path, columns=9)
    names = tuple(f"{what}_{how}" for what in ("profile", "curve") for how in ("mean", "sd", "kurtosis", "skewness"))
    return _numeric("htru2", cells.numbers(slice(0, 8)), *cells.labels(-1, among=("0", "1")), names)


def read_iris(path: Path) -> Table:
    """Lengths and widths of sepals and petals; the class is the species."""
    cells = read_cells(path, columns=5)
    species = ("Iris-setosa", "Iris-versicolor", "Iris-virginica")
    names = ("sepal_length", "sepal_width", "petal_length", "petal_width")
    return _numeric("iris", cells.numbers(slice(0, 4)), *cells.labels(-1, among=species), names)


def read_phishing(path: Path) -> Table:
    """Thirty signs that a web page is a fraud; the class 1 is a legitimate one.

    The signs are read as numbers, since they are steps of one scale: −1 phishing, 0 suspicious, 1 legitimate.
    """
    names, cells = read_arff(path, columns=31)
    return _numeric("phishing", cells.numbers(slice(0, 30)), *cells.labels(-1, among=("-1", "1")), names[:-1])


def _counted(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


def _numeric(
    name: str,
    numeric: NDArray[np.float64],
    target: NDArray[np.int64],
    classes: tuple[str, ...],
    names: tuple[str, ...] | None = None,
) -> Table:
    """Make a table without categories; columns that nobody named are ``column_1`` and so on."""
    names = names or tuple(f"column_{number}" for number in range(1, numeric.shape[1] + 1))
    return Table(name, numeric, names, np.empty((len(target), 0), dtype=object), (), target, classes)


_SHA256 = {  # of the canonical contents
    "abalone.data": "de37cdcdcaaa50c309d514f248f7c2302a5f1f88c168905eba23fe2fbc78449f",
    "arcene_train.data": "0427dc237d8103810e3861e77ba7b16c3d10c8c526ae83bafdc2a660c5c608f0",
    "arcene_train.labels": "434bb813ff7e69d182eeed347f77bd4981917d6233efedd01b5f6d916c282fbe",
    "arcene_valid.data": "7f8792b3cfb083c3b722e31b37a0c40604506bdece1d2db621e00d862da1c549",
    "arcene_valid.labels": "b591228155de082dd39b2e85b12b75a55bd8ca057b7e1c0d7f54683d0a594fc3",
    "arrhythmia.data": "59a3360ee531a55cec553cd2cd1eaeab143ba8658d1b324a08fb7941f39ade2e",
    "HTRU_2.csv": "b2b388ceaa9718d00f6feba97bfe7096ee61996526cee2bea94e9dd034e9cbbe",
    "iris.data": "596ffd580471ca4d4880f8e439c7281f3b50d8249a5960353cb200b1490f63a0",
    "Training Dataset.arff": "ee5c137896c422cd53704c2ac78a536d0afdaef236ef71bfd7ded12263c9ff29",
}


def _uci(title: str, number: int, read: Callable[..., Table], *files: OfficialTable) -> DataSet[Table]:
    source = f"https://archive.ics.uci.edu/dataset/{number}"
    return DataSet(title.lower(), title, source, "CC BY 4.0", read, Files(files))


def _file(address: str, rows: int, columns: int, name: str = "") -> OfficialTable:
    """Describe a file of the repository; its name is the last part of its address unless an archive holds it."""
    name = name or address.rpartition("/")[2].replace("%20", " ")
    address = f"https://archive.ics.uci.edu/ml/machine-learning-databases/{address}"
    return OfficialTable(name, address, rows, columns, _SHA256[name])


ABALONE = _uci("Abalone", 1, read_abalone, _file("abalone/abalone.data", 4_177, 9))
ARCENE = _uci(
    "Arcene",
    167,
    read_arcene,
    _file("arcene/ARCENE/arcene_train.data", 100, 10_000),
    _file("arcene/ARCENE/arcene_train.labels", 100, 1),
    _file("arcene/ARCENE/arcene_valid.data", 100, 10_000),
    _file("arcene/arcene_valid.labels", 100, 1),
)
ARRHYTHMIA = _uci("Arrhythmia", 5, read_arrhythmia, _file("arrhythmia/arrhythmia.data", 452, 280))
HTRU2 = _uci("HTRU2", 372, read_htru2, _file("00372/HTRU2.zip", 17_898, 9, "HTRU_2.csv"))
IRIS = _uci("Iris", 53, read_iris, _file("iris/iris.data", 150, 5))
PHISHING = _uci("Phishing", 327, read_phishing, _file("00327/Training%20Dataset.arff", 11_055, 31))
