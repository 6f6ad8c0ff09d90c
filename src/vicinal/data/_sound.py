"""A sound as a listener hears it, whatever its file is called and however it keeps its samples."""

import os
import re
from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vicinal._errors import InputError
from vicinal.data._picture import shown
from vicinal.data._spectrogram import RATE

FULL = 32_768
"""A sample of 1 in 16 bits."""
_BEYOND = 64  # samples behind the end that the filter of the resampling looks at
_FINEST = 1_000  # denominator of a ratio of rates: a pitch is right to a millionth, and the filter stays short
_FASTEST = _FINEST * RATE  # samples a second: of a file that claims more the ratio would be none
_BLOCK = 2**18  # frames that are read at a time, so that no more memory is asked for than there is sound
_OPEN_END = 0x7FFF0000  # bytes that a WAV file claims where its writer did not know how many would follow
_ENDLESS = 2**62  # frames that are claimed of a FLAC in the same case
_CLAIMED = re.compile(r"^data : (\d+) \(should be (\d+)\)", re.MULTILINE)
_WHOLE = 0.95  # of what a file claims; the length of an MP3 is an estimate


class _BrokenError(Exception):
    """Why a file is no whole sound, in words."""


def soundfile() -> ModuleType:
    """Return the library that reads sounds.

    Raises:
        InputError: it is not installed.
    """
    try:
        import soundfile as library
    except ImportError:
        raise InputError('sounds need soundfile, which is not installed: pip install "vicinal[audio]".') from None
    return library


def read_sound(path: str | Path, samples: int | None = None) -> NDArray[np.int16]:
    """Read a sound: WAV, FLAC, Ogg, MP3 and whatever else libsndfile knows, at any rate; the mean of its channels.

    Args:
        path: the file; its name tells nothing.
        samples: how many to return: the beginning of a longer sound, a shorter one followed by zeros. All if not given.

    Returns:
        Samples at 16 kHz. What is above full scale is scaled down to it as a whole.

    Raises:
        InputError: the file cannot be read, or is not whole.
    """
    wave, rate = _opened(path, None if samples is None else samples + _BEYOND)
    if wave.dtype != np.int16:
        wave = _within_full_scale(resampled(_within_full_scale(wave), rate)[:samples])
        wave = np.rint(wave * np.float32(FULL)).clip(-FULL, FULL - 1)
    out = np.zeros(len(wave) if samples is None else samples, dtype=np.int16)
    out[: len(wave)] = wave[:samples]
    return out


def seconds_of(path: str | Path) -> float:
    """Return the length of a sound, as far as its file tells without reading it to the end.

    Raises:
        InputError: the file cannot be read.
    """
    library = soundfile()
    try:
        with library.SoundFile(_bytes(path)) as opened:
            frames = opened.frames
            if frames >= _ENDLESS:
                frames = sum(map(len, _blocks(opened, frames)))
            return frames / opened.samplerate
    except Exception as failure:  # a decoder raises whatever it comes across
        raise _told(path, failure) from None


def resampled(wave: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return a sound of another rate at 16 kHz, by SciPy's polyphase filter: the pitch stays.

    Args:
        wave: samples, of shape (T,).
        rate: how many of them are a second.
    """
    if rate == RATE:
        return wave
    from scipy.signal import resample_poly  # takes half a second, which most need not wait for

    ratio = Fraction(RATE, rate).limit_denominator(_FINEST)
    return resample_poly(wave, ratio.numerator, ratio.denominator).astype(np.float32)


def _opened(path: str | Path, wanted: int | None) -> tuple[NDArray[Any], int]:
    """Return the mean of a file's channels, as much of it as is wanted at 16 kHz, and its rate.

    It is of float32, or, where the file holds what is wanted as it is, of int16: Speech Commands takes two thirds of
    the time.
    """
    library = soundfile()
    try:
        with library.SoundFile(_bytes(path)) as opened:
            rate, most = opened.samplerate, opened.frames
            if rate > _FASTEST:
                raise _BrokenError(f"it claims {rate:,} samples a second")
            frames = most if wanted is None else min(most, ceil(wanted * rate / RATE))
            _check_whole(opened)
            as_it_is = (opened.subtype, rate, opened.channels) == ("PCM_16", RATE, 1)
            blocks = _blocks(opened, frames, dtype="int16" if as_it_is else "float32")
            wave = np.concatenate([next(blocks, np.empty((0, 1))), *blocks])
        if len(wave) < _WHOLE * frames and most < _ENDLESS:
            raise _BrokenError(f"it ends after {len(wave) / rate:.2f} of its {most / rate:.2f} s")
        if not len(wave):
            raise _BrokenError("it holds no samples")
        if not np.isfinite(wave).all():
            raise _BrokenError("it holds samples that are no finite numbers")
    except Exception as failure:  # a decoder raises whatever it comes across
        raise _told(path, failure) from None
    return wave[:, 0] if wave.shape[1] == 1 else wave.mean(1, dtype=np.float64).astype(np.float32), rate


def _blocks(opened: Any, frames: int, *, dtype: str = "int16") -> Iterator[NDArray[Any]]:
    """Yield the beginning of a file, of shape (n, channels) each, until its end where that comes first."""
    opened.seekable = lambda: False  # else after every read it is moved to where it is, which fails at an untold end
    while frames > 0 and len(block := opened.read(min(frames, _BLOCK), dtype=dtype, always_2d=True)):
        yield block
        frames -= len(block)


def _within_full_scale(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a sound as it is, or scaled down as a whole until its loudest sample is 1."""
    loudest = max(float(wave.max(initial=0)), -float(wave.min(initial=0)))
    return wave if loudest <= 1 else wave / np.float32(loudest)


def _check_whole(opened: Any) -> None:
    """See that a WAV file is as long as it says; libsndfile reads what there is."""
    found = _CLAIMED.search(opened.extra_info)
    if found is not None and int(found[2]) < int(found[1]) < _OPEN_END:
        raise _BrokenError(f"{int(found[2]):,} of its {int(found[1]):,} bytes are there")


def _bytes(path: str | Path) -> bytes:
    return os.fsencode(os.path.abspath(path))  # noqa: PTH100 - resolve() asks the disk; "-" alone would be the input


def _told(path: str | Path, failure: Exception) -> InputError:
    try:
        with open(path, "rb"):  # noqa: PTH123 - a path of any kind
            reason = str(getattr(failure, "error_string", failure)) or type(failure).__name__
    except OSError as missing:
        reason = missing.strerror or type(missing).__name__
    reason = " ".join(reason.split()).removeprefix("Error : ").rstrip(".")
    unknown = reason.startswith(("Format not recognised", "File does not exist"))  # since it could be opened
    return InputError(
        f"{shown(path)} cannot be read as a sound: {'it is no sound of a known kind' if unknown else shown(reason)}."
    )
