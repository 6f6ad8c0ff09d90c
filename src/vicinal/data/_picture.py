"""A picture as a viewer shows it, whatever its file is called and however it keeps its colours."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from vicinal._errors import InputError, printable

_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")  # shades of grey in more than 8 bits, which convert() would clip
_TOPS = {"I": (65535,), "F": (1, 255, 65535)}  # what may be white; 65535 in the others
_SEE_THROUGH = ("RGBA", "LA", "PA")


def read_picture(path: str | Path) -> Image.Image:
    """Read a picture as a viewer shows it: turned as its EXIF data say, what is transparent over white, in colours.

    Args:
        path: the file; its name tells nothing. Of an animation the first frame is taken.

    Returns:
        The picture in the mode RGB.

    Raises:
        InputError: the file cannot be read, or its picture cannot be decoded to the end.
    """
    with quiet():
        return decoded(path)


def decoded(path: str | Path) -> Image.Image:
    """Read a picture as :func:`read_picture` does; Pillow's warnings are heard."""
    try:
        with Image.open(path) as opened:
            opened.load()
            return _coloured(_upright(opened))
    except Exception as failure:  # a decoder raises whatever it comes across
        raise InputError(f"{shown(path)} cannot be read as a picture: {_reason(failure)}.") from None


@contextmanager
def quiet() -> Iterator[None]:
    """Silence what Pillow says of pictures that it reads all the same; not to be entered by several threads at once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def shown(path: str | Path) -> str:
    """Return a file's name so that it can be printed, on one line, whatever bytes it is made of."""
    return printable(os.fspath(path))


def _upright(picture: Image.Image) -> Image.Image:
    with suppress(Exception):  # damaged EXIF data turn nothing
        return ImageOps.exif_transpose(picture)
    return picture


def _coloured(picture: Image.Image) -> Image.Image:
    if picture.mode in _DEEP:
        picture = _in_eight_bits(picture)
    elif picture.mode in _SEE_THROUGH or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.new("RGBA", layer.size, "white")
        picture.alpha_composite(layer)
    return picture.convert("RGB")


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Scale shades of grey so that white is white: 65535 is, or 1 of floating-point shades, or else the largest."""
    shades = np.nan_to_num(np.asarray(picture).astype(np.float64)).clip(min=0)
    highest = float(shades.max())
    top = next((top for top in _TOPS.get(picture.mode, (65535,)) if highest <= top), highest)
    return Image.fromarray(np.round(shades * (255 / top)).astype(np.uint8))


def _reason(failure: Exception) -> str:
    if isinstance(failure, UnidentifiedImageError):
        return "it is no picture of a known kind"
    if isinstance(failure, OSError) and failure.strerror:
        return failure.strerror
    text = " ".join(str(failure).split()) or type(failure).__name__
    return shown(text).rstrip(".")
