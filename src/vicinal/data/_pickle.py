"""Pickles read as data: arrays of whole numbers, plain containers and nothing else.

A pickle is a program that may call anything. Here it may ask for the five names below only, and none of them leads to
NumPy, whose own functions would trust it: each is a stand-in that keeps what it is given, and the arrays are made
afterwards, from numbers that have been checked.
"""

import io
import pickle
import pickletools
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError
from vicinal.data._official import REMEDY, content_of

_KINDS = {"u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "b1"}


def read_pickle(path: Path) -> dict[str, Any]:
    """Read a pickle that holds a dictionary, written by Python 2 or 3.

    Returns:
        Its entries, the keys as strings. Text that Python 2 wrote is bytes.

    Raises:
        InputError: it is damaged, asks for anything but arrays, or holds no dictionary.
    """
    content = content_of(path)
    try:
        _check_places(content)
        loaded = _Unpickler(io.BytesIO(content), encoding="bytes").load()
    except _RefusedError as refusal:
        what = f"{path.name} asks for {refusal}, which no data set needs: it is not read."
        raise InputError(f"{what} {REMEDY}") from None
    except Exception:  # a pickle can raise whatever it likes
        raise InputError(f"{path.name}: expected a whole pickle, found something else. {REMEDY}") from None
    if not isinstance(loaded, dict):
        raise InputError(f"{path.name}: expected a dictionary, found {_described(loaded)}. {REMEDY}")
    return {text_of(key): value for key, value in loaded.items() if isinstance(key, str | bytes)}


def array_of(file: str, key: str, value: object) -> NDArray[Any]:
    """Return an entry as an array; a list of whole numbers is taken for one.

    Raises:
        InputError: it is neither.
    """
    try:
        if isinstance(value, _Array):
            return value.array()
        if isinstance(value, list) and all(type(number) is int for number in value):
            return np.array(value, dtype=np.int64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{file}: expected whole numbers in {key}, found a damaged array. {REMEDY}") from None
    raise InputError(f"{file}: expected whole numbers in {key}, found {_described(value)}. {REMEDY}")


def text_of(value: str | bytes) -> str:
    """Return text, which Python 2 wrote as bytes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _check_places(content: bytes) -> None:
    """Raise where something is to be remembered in a place so high that the list of places would fill the memory."""
    for opcode, argument, _ in pickletools.genops(content):
        if opcode.name in ("PUT", "LONG_BINPUT") and isinstance(argument, int) and argument > len(content):
            raise ValueError("no such place")


class _RefusedError(Exception):
    """What a pickle asked for."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str, /) -> Any:
        base, _, rest = module.partition(".")
        known = _STAND_INS.get((rest.removeprefix("_core.").removeprefix("core.") if base == "numpy" else module, name))
        if known is None:
            raise _RefusedError(f"{module}.{name}".encode("ascii", "backslashreplace").decode()[:80])
        return known


class _Kind:
    """A dtype by its code; a change of its state can say the order of bytes only."""

    __slots__ = ("code", "order")

    def __init__(self, code: str) -> None:
        self.code, self.order = code, "<"

    def __setstate__(self, state: Any) -> None:
        self.order = text_of(state[1])


class _Array:
    """What a pickle says of an array, unchecked."""

    __slots__ = ("state",)

    def __init__(self, state: Any = None) -> None:
        self.state = state

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def array(self) -> NDArray[Any]:
        """Make the array; raise ValueError or TypeError where what was said does not fit together."""
        _, shape, kind, fortran, raw = self.state
        if not isinstance(kind, _Kind) or kind.code not in _KINDS:
            raise ValueError("no whole numbers")
        dtype = np.dtype(kind.code).newbyteorder(">" if kind.order == ">" else "<")
        content = raw.encode("latin1") if isinstance(raw, str) else raw  # a number would be a size to NumPy
        if not isinstance(content, bytes | bytearray):
            raise TypeError("no bytes")
        flat = np.frombuffer(content, dtype=dtype)
        if not all(type(side) is int and side >= 0 for side in shape):
            raise ValueError("no shape")
        return flat.reshape(shape, order="F" if fortran else "C")


class _Name:
    """Stands for a class of NumPy's that is only mentioned. Without attributes: a pickle can change nothing of it."""

    __slots__ = ()


class _Reconstruct:
    """Stands for ``_reconstruct``, which begins an array whose state follows."""

    __slots__ = ()

    def __call__(self, *_: object) -> _Array:
        return _Array()


class _FromBuffer:
    """Stands for ``_frombuffer``, which makes an array at once (protocol 5)."""

    __slots__ = ()

    def __call__(self, content: Any, kind: object, shape: Any, order: object) -> _Array:
        return _Array((1, shape, kind, order in ("F", b"F"), content))


class _MakeKind:
    """Stands for ``dtype``."""

    __slots__ = ()

    def __call__(self, code: str | bytes, *_: object) -> _Kind:
        return _Kind(text_of(code))


class _Encode:
    """Stands for ``_codecs.encode``, by which protocol 2 writes bytes under Python 3."""

    __slots__ = ()

    def __call__(self, text: str, *_: object) -> bytes:
        return text.encode("latin1")


_STAND_INS = {
    ("multiarray", "_reconstruct"): _Reconstruct(),
    ("numeric", "_frombuffer"): _FromBuffer(),
    ("", "ndarray"): _Name(),
    ("", "dtype"): _MakeKind(),
    ("_codecs", "encode"): _Encode(),
}


def _described(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__.strip('_').lower()}"
