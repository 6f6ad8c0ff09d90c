"""Every named data set. A new one is a function that reads it and a line here."""

from vicinal.data import _embedded, _uci
from vicinal.data._data_set import DataSet
from vicinal.data._planar import RING_AND_BLOB

SETS: dict[str, DataSet] = {
    entry.name: entry
    for entry in (
        _embedded.BREAST_CANCER,
        _embedded.DIGITS,
        _embedded.IRIS,
        _embedded.WINE,
        _uci.ABALONE,
        _uci.ARCENE,
        _uci.ARRHYTHMIA,
        _uci.HTRU2,
        _uci.IRIS,
        _uci.PHISHING,
        RING_AND_BLOB,
    )
}
