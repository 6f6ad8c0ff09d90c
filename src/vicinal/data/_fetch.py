"""Downloads: a published file arrives whole and checked, or not at all."""

import mmap
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pooch
import requests
from filelock import FileLock  # torch itself needs it
from tqdm import tqdm

from vicinal._errors import InputError
from vicinal._steps import no_bar
from vicinal.data._official import LARGEST, Official, OfficialFile, archived


class _FetchError(Exception):
    """Why a file could not be fetched, in words."""


def fetch(file: Official, folder: Path, *, first: Path | None = None, timeout: float = 30.0) -> Path:
    """Download a published file into a folder, with a progress bar where there is a terminal.

    Args:
        file: what to download; if its address is that of an archive, it is taken out of there.
        folder: where to keep it; it is made if need be.
        first: where files are looked for first, which is told as well where it cannot be had.
        timeout: seconds to wait for a connection and for each piece; what fails is tried once more.

    Returns:
        The file's path.

    Raises:
        InputError: it could not be had whole, or is not the official one; nothing of it is kept.
    """

    def keep(arrived: Path) -> Path:
        content = _member(arrived, file.name) if archived(file) else arrived.read_bytes()
        _check(file.difference(content))
        arrived.write_bytes(content)
        return arrived.replace(folder / file.name)

    what = f"its {file.name}" if archived(file) else "it"
    return _fetched(file.name, file.address, folder, timeout, what, keep, first)


def fetch_folder(
    name: str,
    archive: OfficialFile,
    folder: Path,
    *,
    flat: bool = False,
    first: Path | None = None,
    timeout: float = 30.0,
) -> Path:
    """Download a published archive and keep the folder that it holds, all of it or nothing.

    Args:
        name: the folder's name in the archive.
        archive: a ``.tar.gz``.
        folder: where to keep it; it is made if need be.
        flat: the archive holds what is in the folder, and not the folder itself.
        first: as for :func:`fetch`.
        timeout: as for :func:`fetch`.

    Returns:
        The path of the folder.

    Raises:
        InputError: as for :func:`fetch`.
    """

    def keep(arrived: Path) -> Path:
        with arrived.open("rb") as file:
            if not arrived.stat().st_size:
                raise _FetchError("nothing came")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:  # it may be larger than the memory
                _check(archive.difference(content))
        _extract(arrived, arrived.parent / name if flat else arrived.parent)
        if not (arrived.parent / name).is_dir():
            raise _FetchError(f"the archive holds no {name}")
        return _put(arrived.parent / name, folder / name)

    what = f"what it holds as a folder {name}" if flat else f"its {name}"
    return _fetched(name, archive.address, folder, timeout, what, keep, first)


def _fetched(
    name: str,
    address: str,
    folder: Path,
    timeout: float,
    what: str,
    keep: Callable[[Path], Path],
    first: Path | None,
) -> Path:
    """Download into a scratch folder and let ``keep`` check what arrived and put it in its place."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
            arrived = Path(scratch) / "arrived"
            _download(name, address, arrived, timeout)
            return keep(arrived)
    except OSError as failure:
        reason = f"{folder} cannot be written to: {failure.strerror}"
    except _FetchError as failure:
        reason = str(failure)
    place = folder if first is None or folder.is_relative_to(first) else f"{first} or {folder}"
    raise InputError(
        f"{name} is not here and could not be fetched ({reason}). Download {address} and put {what} into {place}, "
        "or name another folder with --data-dir."
    )


def _put(whole: Path, place: Path) -> Path:
    """Put a folder in its place, unless another process has done so meanwhile: it may be reading there already."""
    with FileLock(place.with_name(".lock")):
        if place.exists() and not _holds(place, whole):
            place.replace(whole.with_name("incomplete"))  # goes with the scratch
        if not place.exists():
            whole.replace(place)
    return place


def _holds(place: Path, whole: Path) -> bool:
    """Tell whether every file of a folder stands in another one, as long as it is here."""
    files = [(file, place / file.relative_to(whole)) for file in whole.rglob("*") if file.is_file()]
    return all(other.is_file() and other.stat().st_size == file.stat().st_size for file, other in files)


def _check(difference: str) -> None:
    if difference:
        raise _FetchError(f"what came is not the official file: {difference}")


def _download(name: str, address: str, to: Path, timeout: float) -> None:
    try:
        try:
            _attempt(name, address, to, timeout)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
            _attempt(name, address, to, timeout)
    except requests.HTTPError as failure:
        status = str(failure).partition(" ")[0]
        raise _FetchError(f"the server answered {status}") from None
    except requests.exceptions.ChunkedEncodingError:
        raise _FetchError("the transfer was cut off") from None
    except requests.RequestException as failure:
        # requests calls a silence in the middle of a transfer a ConnectionError.
        silent = isinstance(failure, requests.Timeout) or "timed out" in str(failure)
        raise _FetchError(f"no answer within {timeout:g} s" if silent else "no connection") from None


def _attempt(name: str, address: str, to: Path, timeout: float) -> None:
    # total=1: pooch asks whether there is a bar before it knows the size, and a bar without one does not answer
    with tqdm(desc=name, total=1, unit="B", unit_scale=True, leave=False, disable=no_bar()) as bar:
        download = pooch.HTTPDownloader(progressbar=bar, timeout=timeout)  # pyright: ignore[reportArgumentType] - documented
        download(address, str(to), None)


def _member(archive: Path, name: str) -> bytes:
    """Read one file out of a zip archive by its bare name, so that no path in the archive is ever written to."""
    try:
        with zipfile.ZipFile(archive) as opened:
            for member in opened.infolist():
                if PurePosixPath(member.filename).name == name:
                    if member.file_size > LARGEST:  # no more than that is read of it, whatever it holds
                        raise _FetchError(f"the archive's {name} claims more than {LARGEST:,} bytes")
                    return opened.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):  # RuntimeError: encrypted, or an unknown method
        raise _FetchError("what came is no zip archive that can be read") from None
    raise _FetchError(f"the archive holds no {name}")


def _extract(archive: Path, to: Path) -> None:
    """Unpack a tar archive into a folder; a member that would leave the folder, or is no file, refuses the whole."""
    try:
        with tarfile.open(archive) as opened:
            opened.extractall(to, filter="data")
    except tarfile.FilterError as failure:
        raise _FetchError(f"the archive holds what no data set needs: {failure}") from None
    except (tarfile.TarError, zlib.error, EOFError):
        raise _FetchError("what came is no tar archive that can be read") from None
