"""Where a command computes, writes and looks: checked before anything is trained."""

from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from vicinal._errors import InputError, must_be

if TYPE_CHECKING:
    from rich.console import Console


def check_places(data_dir: Path | None, json: Path | None) -> None:
    """See before anything is trained that folder and file are such."""
    if data_dir is not None and not data_dir.is_dir():
        raise InputError(must_be("--data-dir", "a folder that exists", f'"{data_dir}"'))
    if json is not None and (json.is_dir() or not json.absolute().parent.is_dir()):
        raise InputError(must_be("--json", "a file in a folder that exists", f'"{json}"'))


def device_named(name: str) -> str:
    """Return the device to train on, or say that it is not there."""
    import torch

    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return next(device for device, there in here.items() if there)
    if not here[name]:
        raise InputError(
            must_be("--device", f"one that is here ({', '.join(d for d in here if here[d])})", f'"{name}"')
        )
    return name


def writable(folder: Path) -> Path:
    """Make the folder if it is not there, or say why that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):  # whose name no other process has: several ask at the same time
            pass
    except OSError as error:
        raise InputError(
            must_be(str(folder), "a folder that can be written to", error.strerror or str(error))
        ) from None
    return folder


def console(*, quiet: bool = False) -> "Console":
    """Return where a command prints; a quiet one prints nothing."""
    from rich.console import Console

    return Console(quiet=quiet)
