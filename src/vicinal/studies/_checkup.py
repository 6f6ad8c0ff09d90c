"""Whether all that the project needs is here and works: versions, devices, libraries, data, room, a test of itself."""

import os
import platform
import shlex
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import torch

from vicinal._errors import InputError
from vicinal._files import write
from vicinal._version import __version__
from vicinal.data import SETS, cache
from vicinal.studies._slots import cores
from vicinal.training import Engine, Task, Trial, run
from vicinal.vicinity import Mixup

NEEDED = ("torch", "torchvision", "numpy", "scipy", "scikit-learn", "lightning-fabric", "polars", "matplotlib")
"""Libraries whose versions decide what comes out, or what is drawn."""
EXTRAS = {
    "soundfile": ("recordings", "vicinal[audio]"),
    "clevercsv": ("tables of odd dialects", "clevercsv"),
    "timm": ("nets called timm:NAME", "timm"),
    "ray": ("trials on several machines", "vicinal[ray]"),
    "tensorboard": ("--logger tensorboard", "tensorboard"),
    "wandb": ("--logger wandb", "wandb"),
    "mlflow": ("--logger mlflow", "mlflow"),
}
"""Libraries that only some of it needs: what for, and what to install."""
ROOM = 2 * 1024**3
"""Bytes that should be free where downloads are kept: the largest data set that is fetched and unpacked takes less."""

Told = Literal["good", "missing", "wrong"]
"""Of a finding: as it should be, not here and not needed for everything, or something that has to be mended."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Args:
        topic: what it is of: ``"versions"``, ``"devices"``, ``"extras"``, ``"data"``, ``"room"``, ``"self-test"``.
        name: what it is.
        found: what was found, in a few words.
        told: how that is.
        remedy: what to do about it; empty where nothing is to be done.
    """

    topic: str
    name: str
    found: str
    told: Told = "good"
    remedy: str = ""


@dataclass(frozen=True)
class Checkup:
    """What was found, in the order in which it was looked for."""

    findings: tuple[Finding, ...]
    seconds: float

    @property
    def well(self) -> bool:
        """Whether nothing has to be mended."""
        return all(each.told != "wrong" for each in self.findings)

    def document(self) -> dict[str, Any]:
        """Return all of it as plain data, for JSON."""
        told = [asdict(each) for each in self.findings]
        return {"format": 1, "well": self.well, "seconds": round(self.seconds, 3), "findings": told}


def checkup(data_dir: str | Path | None = None, *, device: str = "cpu") -> Checkup:
    """Look at everything. Nothing is fetched, and nothing is left but an empty cache.

    Args:
        data_dir: where data files are looked for first.
        device: where the test of itself trains.
    """
    started = time.perf_counter()
    findings = (*_versions(), *_devices(), *_extras(), *_data(data_dir), *_room(), *_tested(device))
    return Checkup(findings, time.perf_counter() - started)


def _versions() -> Iterator[Finding]:
    yield Finding("versions", "vicinal", __version__)
    yield Finding("versions", "Python", f"{platform.python_version()} on {platform.platform(terse=True)}")
    for name in NEEDED:
        found = _version(name)
        remedy = "" if found else "pip install 'vicinal[all]'"
        yield Finding("versions", name, found or "not here", "good" if found else "wrong", remedy)


def _devices() -> Iterator[Finding]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    here = platform.processor() or platform.machine()
    yield Finding("devices", "cpu", f"{here}, {cores()} cores{f', {_size(memory)} of memory' if memory else ''}")
    for number in range(torch.cuda.device_count()):
        about = torch.cuda.get_device_properties(number)
        yield Finding("devices", f"cuda:{number}", f"{about.name}, {_size(about.total_memory)} of memory")
    if torch.backends.mps.is_available():
        yield Finding("devices", "mps", f"the graphics of this machine, torch {torch.__version__}")


def _extras() -> Iterator[Finding]:
    for name, (purpose, package) in EXTRAS.items():
        found = _version(name)
        yield (
            Finding("extras", name, f"{found}, for {purpose}")
            if found
            else Finding("extras", name, f"not here: for {purpose}", "missing", f"pip install {shlex.quote(package)}")
        )


def _data(data_dir: str | Path | None) -> Iterator[Finding]:
    for each in SETS.values():
        try:
            place = each.place(data_dir)
        except InputError as error:  # a folder that is named is none
            yield Finding("data", "folders", str(error), "wrong", "Name folders that exist, or none")
            return
        if each.origin is None:
            yield Finding("data", each.name, "comes with the libraries")
        elif place is not None:
            yield Finding("data", each.name, str(place))
        elif each.files:
            yield Finding("data", each.name, "fetched when it is needed", "missing")
        else:
            yield Finding("data", each.name, "to be brought", "missing", f"{each.source} says where it is from")


def _room() -> Iterator[Finding]:
    place = cache()
    try:
        place.mkdir(parents=True, exist_ok=True)
        write(place / ".checkup", "").unlink()
        free = shutil.disk_usage(place).free
    except OSError as error:
        yield Finding("room", str(place), f"cannot be written to: {error.strerror}", "wrong", "Set XDG_CACHE_HOME")
        return
    tight = free < ROOM
    remedy = f"Make room, {_size(ROOM)} at least, or set XDG_CACHE_HOME" if tight else ""
    yield Finding("room", str(place), f"{_size(free)} free", "wrong" if tight else "good", remedy)


def _tested(device: str) -> Iterator[Finding]:
    tests: dict[str, Callable[[], str]] = {
        "mixing": lambda: mixing_differs(device),
        "training": lambda: training_fails(device),
    }
    sentences = {
        "mixing": f"a mixed batch is λ x + (1 − λ) x′ on {device}",
        "training": f"two epochs on the digits lower the loss on {device}",
    }
    for name, test in tests.items():
        try:
            wrong = test()
        except Exception as error:  # whatever it is, it is what was looked for
            wrong = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}"
        remedy = "Install torch anew as pytorch.org says for this machine" if wrong else ""
        yield Finding("self-test", name, wrong or sentences[name], "wrong" if wrong else "good", remedy)


def mixing_differs(device: str) -> str:
    """Return by how much a mixed batch differs from the formula, in words; empty where it does not."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(64, 3, 8, 8, generator=generator).to(device)
    draw = Mixup(1.0, generator=generator).draw(len(x))
    lam = draw.lam.cpu()
    expected = lam * x.cpu().double() + (1 - lam) * x.cpu()[draw.partner].double()
    worst = float((draw.mix(x).cpu().double() - expected).abs().max())
    return "" if worst < 1e-6 else f"a mixed batch is {worst:.1e} from λ x + (1 − λ) x′"


def training_fails(device: str) -> str:
    """Return what is wrong with a net that was trained for two epochs, in words; empty where its loss fell."""
    task = Task(data="sklearn-digits", net="mlp-32", batch=16, epochs=2)
    trial = Trial(task, "Mixup(alpha=0.2)", 0)
    (found,) = run([trial], SETS[task.data].load(), engine=Engine(device=device))
    if found.failure:
        return found.failure
    first, last = (row["train_loss"] for row in (found.curve[0], found.curve[-1]))
    return "" if last < first else f"the loss rose from {first:.3f} to {last:.3f}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _size(amount: float) -> str:
    """Return a number of bytes as somebody reads it."""
    return f"{amount / 1024**3:,.0f} GiB" if amount >= 10 * 1024**3 else f"{amount / 1024**3:.1f} GiB"
