"""Where a command computes, writes and looks: checked before anything is trained."""

from pathlib import Path
from typing import TYPE_CHECKING

from vicinal._errors import InputError, must_be
from vicinal._files import check_writable
from vicinal._paths import is_folder, is_there, meant

if TYPE_CHECKING:
    from rich.console import Console


def check_there(data: str) -> None:
    """See that there is a file or a folder, before anything is imported that reads it.

    Raises:
        InputError: there is none, or nobody can tell.
    """
    try:
        there = is_there(Path(data))
    except OSError as failure:
        raise InputError(f"{data} cannot be read: {failure.strerror}.") from None
    if not there:
        expected = "a table or a folder that exists"
        raise InputError(must_be("what is compared", expected, f'"{data}"', meant(Path(data))))


def check_places(data_dir: Path | None, json: Path | None) -> None:
    """See before anything is trained that folder and file are such."""
    if data_dir is not None and not is_folder(data_dir):
        raise InputError(must_be("--data-dir", "a folder that exists", f'"{data_dir}"'))
    if json is not None and (is_folder(json) or not is_folder(json.absolute().parent)):
        raise InputError(must_be("--json", "a file in a folder that exists", f'"{json}"'))


def device_named(name: str) -> str:
    """Return the device to train on, or say that it is not there."""
    here = _here()
    if name == "auto":
        return next(device for device, there in here.items() if there)
    if not here[name]:
        raise InputError(
            must_be("--device", f"one that is here ({', '.join(d for d in here if here[d])})", f'"{name}"')
        )
    return name


def device_here(name: str) -> str:
    """Return a device by its name where it is here, else the best that is."""
    return name if _here().get(name) else device_named("auto")


def _here() -> dict[str, bool]:
    import torch

    return {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}


def writable(folder: Path, *, keep: bool = True) -> Path:
    """Return the folder once it is known that it can be written to; it is made, and stays unless ``keep`` is false."""
    try:
        check_writable(folder, keep=keep)
    except (FileExistsError, NotADirectoryError):
        raise InputError(must_be(str(folder), "a folder", "a file")) from None
    except OSError as error:
        raise InputError(f"{folder} cannot be written to: {error.strerror or error}.") from None
    return folder


def console(*, quiet: bool = False) -> "Console":
    """Return where a command prints; a quiet one prints nothing."""
    from rich.console import Console

    return Console(quiet=quiet)
