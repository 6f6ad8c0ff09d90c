"""What a checkup finds, and what it finds of the libraries: this file imports none of them, since any may be broken."""

import importlib
import platform
import shlex
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from vicinal._version import __version__

NEEDED = {
    "torch": "torch",
    "numpy": "numpy",
    "torchvision": "torchvision",
    "scipy": "scipy",
    "scikit-learn": "sklearn",
    "lightning-fabric": "lightning_fabric",
    "polars": "polars",
    "matplotlib": "matplotlib",
    "pillow": "PIL",
    "jinja2": "jinja2",
    "pooch": "pooch",
    "rich": "rich",
    "safetensors": "safetensors",
    "tqdm": "tqdm",
    "tyro": "tyro",
}
"""Libraries that the commands cannot do without, with the names under which they are imported."""


@dataclass(frozen=True)
class Extra:
    """A library that only some of it needs.

    Args:
        purpose: what for.
        package: what to install.
        beside: libraries that it is of no use without.
    """

    purpose: str
    package: str
    beside: tuple[str, ...] = ()


EXTRAS = {
    "soundfile": Extra("recordings", "vicinal[audio]"),
    "clevercsv": Extra("tables of odd dialects", "clevercsv"),
    "timm": Extra("nets called timm:NAME, and timm's Mixup", "timm"),
    "lightning": Extra("MixupCallback and --logger", "vicinal[loggers]"),
    "transformers": Extra("MixupTrainer", "transformers[torch]", ("accelerate",)),
    "accelerate": Extra("MixupTrainer", "transformers[torch]"),
    "ray": Extra("trials on several machines", "vicinal[ray]"),
    "tensorboard": Extra("--logger tensorboard", "vicinal[loggers]", ("lightning",)),
    "wandb": Extra("--logger wandb", "vicinal[loggers]", ("lightning",)),
    "mlflow": Extra("--logger mlflow", "vicinal[loggers]", ("lightning",)),
}
"""What else is made use of where it is installed, by the names under which it is installed and imported."""

State = Literal["good", "missing", "wrong"]
"""Of a finding: as it should be, not here and not needed for everything, or something that has to be mended."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Args:
        topic: what it is of: ``"versions"``, ``"extras"``, ``"devices"``, ``"data"``, ``"room"``, ``"self-test"``.
        name: what it is.
        found: what was found, in a few words.
        state: how that is.
        remedy: what to do about it; empty where nothing is to be done.
    """

    topic: str
    name: str
    found: str
    state: State = "good"
    remedy: str = ""


@dataclass(frozen=True)
class Checkup:
    """What was found, in the order in which it was looked for."""

    findings: tuple[Finding, ...]
    seconds: float

    @property
    def well(self) -> bool:
        """Whether nothing has to be mended."""
        return not self.wrong

    @property
    def wrong(self) -> list[str]:
        """The names of what has to be mended."""
        return [each.name for each in self.findings if each.state == "wrong"]

    def document(self) -> dict[str, Any]:
        """Return all of it as plain data, for JSON."""
        found = [asdict(each) for each in self.findings]
        return {"format": 1, "well": self.well, "seconds": round(self.seconds, 3), "findings": found}


def libraries() -> Iterator[Finding]:
    """Look at what is installed, and whether it can be imported: what all needs, then what some of it needs."""
    yield Finding("versions", "vicinal", __version__)
    yield Finding("versions", "Python", f"{platform.python_version()} on {platform.platform(terse=True)}")
    for name, module in NEEDED.items():
        if found := _version(name):
            yield _imported("versions", name, module, found)
        else:
            yield Finding("versions", name, "not here", "wrong", "pip install 'vicinal[all]'")
    for name, extra in EXTRAS.items():
        found = _version(name)
        lacking = next((each for each in extra.beside if not _version(each)), "")
        if found and not lacking:
            yield _imported("extras", name, name, f"{found}, for {extra.purpose}")
            continue
        what = f"{found}, but no {lacking}" if found else "not here"
        remedy = f"pip install {shlex.quote(extra.package)}"
        yield Finding("extras", name, f"{what}: for {extra.purpose}", "missing", remedy)


def reason(error: Exception) -> str:
    """Return the kind of an error and the first line of what it says."""
    said = str(error).strip()
    return f"{type(error).__name__}: {said.splitlines()[0] if said else 'no reason given'}"


def _imported(topic: str, name: str, module: str, found: str) -> Finding:
    """Return what was found of a library that is installed, or that it cannot be imported."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(module)
    except Exception as error:  # whatever it is, it is what was looked for
        # a version that goes with the others is chosen then: torchvision's own goes with one of torch's alone
        remedy = f"pip install --force-reinstall {shlex.quote(name)}"
        return Finding(topic, name, f"{found}, cannot be imported: {reason(error)}", "wrong", remedy)
    return Finding(topic, name, found)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
