"""Downloads: a published file arrives whole and checked, or not at all."""

import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

import pooch
import requests
from tqdm import tqdm

from vicinal._errors import InputError
from vicinal.data._official import OfficialFile


class _FetchError(Exception):
    """Why a file could not be fetched, in words."""


def fetch(file: OfficialFile, folder: Path, *, timeout: float = 30.0) -> Path:
    """Download a published file into a folder, with a progress bar where there is a terminal.

    Args:
        file: what to download; if its address is that of an archive, it is taken out of there.
        folder: where to keep it; it is made if need be.
        timeout: seconds to wait for a connection and for each piece; what fails is tried once more.

    Returns:
        The file's path.

    Raises:
        InputError: it could not be had whole, or is not the official one; nothing of it is kept.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
            arrived = Path(scratch) / "arrived"
            _download(file, arrived, timeout)
            content = _member(arrived, file.name) if file.archived else arrived.read_bytes()
            if difference := file.difference(content):
                raise _FetchError(f"what came is not the official file: {difference}")
            arrived.write_bytes(content)
            return arrived.replace(folder / file.name)
    except OSError as failure:
        reason = f"{folder} cannot be written to: {failure.strerror}"
    except _FetchError as failure:
        reason = str(failure)
    raise InputError(
        f"{file.name} is not here and could not be fetched ({reason}). Download {file.address} and put "
        f"{f'its {file.name}' if file.archived else 'it'} into {folder}, or name another folder with --data-dir."
    )


def _download(file: OfficialFile, to: Path, timeout: float) -> None:
    try:
        try:
            _attempt(file, to, timeout)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
            _attempt(file, to, timeout)
    except requests.HTTPError as failure:
        status = str(failure).partition(" ")[0]
        raise _FetchError(f"the server answered {status}") from None
    except requests.exceptions.ChunkedEncodingError:
        raise _FetchError("the transfer was cut off") from None
    except requests.RequestException as failure:
        # requests calls a silence in the middle of a transfer a ConnectionError.
        silent = isinstance(failure, requests.Timeout) or "timed out" in str(failure)
        raise _FetchError(f"no answer within {timeout:g} s" if silent else "no connection") from None


def _attempt(file: OfficialFile, to: Path, timeout: float) -> None:
    # disable=None: no bar where the output is no terminal. total=1: pooch asks whether there is a bar before it knows
    # the size, and a bar without one does not answer.
    with tqdm(desc=file.name, total=1, unit="B", unit_scale=True, leave=False, disable=None) as bar:
        download = pooch.HTTPDownloader(progressbar=bar, timeout=timeout)  # pyright: ignore[reportArgumentType] - documented
        download(file.address, str(to), None)


def _member(archive: Path, name: str) -> bytes:
    """Read one file out of a zip archive by its bare name, so that no path in the archive is ever written to."""
    try:
        with zipfile.ZipFile(archive) as opened:
            for member in opened.namelist():
                if PurePosixPath(member).name == name:
                    return opened.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):  # RuntimeError: encrypted, or an unknown method
        raise _FetchError("what came is no zip archive that can be read") from None
    raise _FetchError(f"the archive holds no {name}")
