"""Whether all that the project needs is here and works: versions, devices, libraries, data, room, a test of itself."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from vicinal._errors import InputError
from vicinal._files import write
from vicinal._findings import Checkup, Finding, libraries, reason
from vicinal.data import SETS, cache
from vicinal.studies._machine import processor
from vicinal.studies._slots import cores
from vicinal.training import Engine, Task, Trial, run
from vicinal.vicinity import Mixup

ROOM = 2 * 1024**3
"""Bytes that should be free where downloads are kept: the largest data set that is fetched and unpacked takes less."""


def checkup(data_dir: str | Path | None = None, *, device: str = "cpu") -> Checkup:
    """Look at everything. Nothing is fetched, and nothing is left but an empty cache.

    Args:
        data_dir: where data files are looked for first.
        device: where the test of itself trains.
    """
    started = time.perf_counter()
    findings = (*libraries(), *_devices(), *_data(data_dir), *_room(), *_tested(device))
    return Checkup(findings, time.perf_counter() - started)


def _devices() -> Iterator[Finding]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    yield Finding("devices", "cpu", f"{processor()}, {cores()} cores{f', {_size(memory)} of memory' if memory else ''}")
    for number in range(torch.cuda.device_count()):
        about = torch.cuda.get_device_properties(number)
        yield Finding("devices", f"cuda:{number}", f"{about.name}, {_size(about.total_memory)} of memory")
    if torch.backends.mps.is_available():
        yield Finding("devices", "mps", f"the graphics of this machine, torch {torch.__version__}")


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
            wrong = reason(error)
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


def _size(amount: float) -> str:
    """Return a number of bytes as somebody reads it."""
    return f"{amount / 1024**3:,.0f} GiB" if amount >= 10 * 1024**3 else f"{amount / 1024**3:.1f} GiB"
