"""The readers of files that anybody may have, each with small whole files to begin from."""

import gzip
import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import soundfile
from PIL import Image

from vicinal.data import own_table, read_picture, read_sound, read_table
from vicinal.data._cifar import read_batch
from vicinal.data._idx import read_idx


@dataclass(frozen=True)
class Reader:
    """What reads a kind of file.

    Args:
        read: reads it; InputError where it cannot.
        files: whole ones, by a word.
        name: what a file is called.
        counted: it tells its own length: cut anywhere it is refused, or holds the same as the whole one, since only a
            mark of the end or a check sum is gone. Else it may pass for a whole one that is shorter.
    """

    read: Callable[[Path], Any]
    files: Mapping[str, bytes]
    name: str
    counted: bool = False


def looked_through(path: Path) -> object:
    """Read somebody's table as a comparison does, up to what its columns are."""
    return own_table(read_table(path))


def flowers() -> str:
    """Return a small table with a number, a word, a date, a gap, a quoted comma and two classes."""
    rows = (
        f"{index / 7:.3f},{'red' if index % 3 else 'blue'},2024-01-{1 + index % 28:02},{'' if index % 5 else index},"
        f'"a, {index}",{"yes" if index % 2 else "no"}\n'
        for index in range(40)
    )
    return "length,colour,day,count,note,flower\n" + "".join(rows)


def weka() -> str:
    """Return a table in Weka's format, with every kind of attribute, quotes and a sparse row."""
    head = "@relation r\n@attribute x numeric\n@attribute 'the y' {a,'b c'}\n@attribute d date yyyy-MM-dd\n"
    rows = "".join(
        f"{index},{'a' if index % 2 else repr('b c')},2024-02-{1 + index % 28:02},'t'\n" for index in range(30)
    )
    return f"% made up\n{head}@attribute s string\n@data\n{rows}{{0 5, 3 'u'}}\n?,?,?,?\n"


def sound(**how: Any) -> bytes:
    """Return a quarter of a second of a tone."""
    wave, out = 0.5 * np.sin(np.arange(4000) / 5), io.BytesIO()
    soundfile.write(out, wave, 16_000, **how)
    return out.getvalue()


def picture(kind: str) -> bytes:
    """Return a picture with noise."""
    out = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (16, 20, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


def parquet() -> bytes:
    """Return a table as a Parquet file."""
    out = io.BytesIO()
    pl.read_csv(io.StringIO(flowers()), try_parse_dates=True).write_parquet(out)
    return out.getvalue()


_IDX = bytes([0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 4]) + bytes(range(80))
_BATCH = {b"data": np.arange(2 * 3072, dtype=np.uint8).reshape(2, 3072), b"labels": [3, 7]}
READERS = {
    "CSV": Reader(
        looked_through,
        {
            "utf-8": flowers().encode(),
            "utf-16": flowers().encode("utf-16"),
            "cp949": flowers().replace("red", "빨강").encode("cp949"),
            "decimal commas": flowers().replace(",", ";").replace(".", ",").encode(),
        },
        "table.csv",
    ),
    "ARFF": Reader(looked_through, {"plain": weka().encode()}, "table.arff"),
    "Parquet": Reader(looked_through, {"plain": parquet()}, "table.parquet", counted=True),
    "IDX": Reader(
        lambda path: read_idx(path, 3), {"plain": _IDX, "gzip": gzip.compress(_IDX, mtime=0)}, "x.gz", counted=True
    ),
    "pickle": Reader(
        lambda path: read_batch(path, "labels", 10),
        {f"protocol {protocol}": pickle.dumps(_BATCH, protocol) for protocol in (0, 2, 4, 5)},
        "data_batch_1",
        counted=True,
    ),
    "sound": Reader(
        read_sound,
        {
            "wav": sound(format="WAV"),
            "float wav": sound(format="WAV", subtype="FLOAT"),
            "flac": sound(format="FLAC"),
            "ogg": sound(format="OGG"),
        },
        "sound.wav",
        counted=True,
    ),
    "picture": Reader(
        read_picture, {kind: picture(kind) for kind in ("PNG", "JPEG", "BMP", "GIF")}, "picture.png", counted=True
    ),
}
