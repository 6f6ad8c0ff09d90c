"""A net is diagnosed on a data set: the pictures are found, its classes mapped, and everything is measured."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal._steps import LOG
from vicinal._version import __version__
from vicinal.data import SETS, Images, Part, Photos, Preparation, named, prepared
from vicinal.measure import EPS, Diagnosis
from vicinal.measure import diagnose as measured
from vicinal.studies._classes import names_in, outputs
from vicinal.studies._patient import Patient, checked, of_run, of_weights
from vicinal.vicinity import rank_generator, seed_of

Scale = tuple[Sequence[float], Sequence[float]]
"""Mean and deviation of each channel, where black is 0 and white is 1."""
SAMPLE = 1_000
"""Pictures that are attacked, and pairs between which is measured, at most."""
_AT_ONCE = 250 * 64 * 64
"""Pixels of the pictures that are computed together."""


@dataclass(frozen=True, eq=False)
class Diagnosed:
    """A diagnosis with all that it rests on.

    Args:
        patient: the net.
        data: what its pictures are called.
        part: which of them they are.
        own: whether the net was trained on these data; None where nobody knows what it was trained on.
        preparation: how the pictures became what the net takes.
        diagnosis: what was found.
        pairs: between how many pairs of pictures it was measured.
        device: where.
        seconds: how long it took.
        notes: sentences on what was done to the data.
    """

    patient: Patient
    data: str
    part: Part
    own: bool | None
    preparation: Preparation
    diagnosis: Diagnosis
    pairs: int
    device: str
    seconds: float
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return all of it as plain data, for JSON."""
        net = {
            "name": self.patient.net_name,
            "from": str(self.patient.source),
            "trained_on": self.patient.data or None,
            "label_noise": self.patient.noise if self.patient.data else None,
        }
        return {
            "format": 1,
            "version": __version__,
            "net": net,
            "data": {"name": self.data, "part": self.part, "trained_on_these": self.own, "notes": list(self.notes)},
            "preparation": self.preparation.settings(),
            "torch": torch.__version__,
            "device": self.device,
            "seconds": round(self.seconds, 3),
            **self.diagnosis.document(),
        }


def diagnose(
    source: Path,
    data: str | None = None,
    *,
    net: str | None = None,
    classes: Path | None = None,
    part: Part = "test",
    rows: int | None = None,
    size: int | None = None,
    scale: Scale | None = None,
    eps: Sequence[float] = EPS,
    data_dir: Path | None = None,
    device: str = "cpu",
    workers: int = 0,
    progress: Callable[[float, str], object] = lambda share, text: None,  # noqa: ARG005
) -> Diagnosed:
    """Diagnose the net of a trial, or one whose weights somebody has.

    Args:
        source: the folder of the one, or the file of the other.
        data: a named data set of pictures or a folder of class folders; the trial's own if not given.
        net: what the net of a file is called.
        classes: text file with the names of its classes, one a line, in the order of its outputs.
        part: of the data.
        rows: how many pictures of it, drawn at random, and as many pairs; all of them if not given. Never more than
            ``SAMPLE`` are attacked.
        size: height and width of the pictures that the net of a file takes.
        scale: mean and deviation that its pictures are normalised by; those of its data, or ImageNet's of photos, if
            not given.
        eps: sizes of the attacks, in units of 1/255.
        data_dir: where data files are looked for first.
        device: where to compute.
        workers: processes that read photos.
        progress: told now and then which share is done, and what is being done.

    Raises:
        InputError: something of this is not there or does not fit together.
    """
    started = time.perf_counter()
    source = checked(source, net=net, size=size, scaled=scale is not None, named=classes is not None)
    who = of_run(source) if source.is_dir() else None
    loaded = _own(who, data_dir) if who and data is None else _pictures(data, data_dir)
    side = size or loaded.feed(seed=0).preparation.size
    who = who or of_weights(source, net=net or "", size=side)
    if classes is not None:
        who = replace(who, names=names_in(classes, who.classes), knows=f"{classes} names")
    own = loaded.fingerprint == who.fingerprint if who.fingerprint else None
    answers, said = outputs(loaded, who)
    if isinstance(loaded, Photos):
        loaded = replace(loaded, channels=who.channels)  # photos have as many as are wanted of them
        scale = scale or who.scale
    valid, test = who.shares if own else (0.0, 0.0)
    feed = loaded.feed(seed=who.seed, rows=who.rows if own else None, valid=valid, test=test, workers=workers)
    preparation = who.preparation or _preparation(who, feed.preparation, side, scale)
    taken = _some(part, feed.size(part), rows)
    batch = max(8, min(250, _AT_ONCE // preparation.size**2))

    def batches(of: Part, numbers: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        for x, y in prepared(feed, of, numbers.split(batch), preparation):
            yield x, answers[y]

    pairs = SAMPLE if rows is None else min(SAMPLE, rows)
    trained_on = _some("train", feed.size("train"), min(SAMPLE, feed.size("train"))) if own else None
    LOG.info("%s of %s: %s weights, on %s", who.net_name or "the net", source, f"{_weights(who.net):,}", device)
    found = measured(
        who.net.to(device),
        _Sized(batches(part, taken), len(taken)),
        train=None if trained_on is None else batches("train", trained_on),
        mean=preparation.mean,
        std=preparation.std,
        eps=eps,
        sample=SAMPLE,
        pairs=pairs,
        batch=batch,
        progress=progress,
    )
    return Diagnosed(
        patient=who,
        data=loaded.name,
        part=part,
        own=own,
        preparation=preparation,
        diagnosis=found,
        pairs=pairs,
        device=device,
        seconds=time.perf_counter() - started,
        notes=(*said, *getattr(loaded, "notes", ())),
    )


def _weights(net: torch.nn.Module) -> int:
    return sum(each.numel() for each in net.parameters())


class _Sized:
    """Batches that tell how many examples they hold."""

    def __init__(self, batches: Iterator[tuple[Tensor, Tensor]], examples: int) -> None:
        self.batches, self.examples = batches, examples

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        return self.batches

    def __len__(self) -> int:
        return self.examples


def _pictures(data: str | None, data_dir: Path | None) -> Images | Photos:
    """Load the data.

    Raises:
        InputError: none are named, or they are no pictures.
    """
    if data is None:
        raise InputError(must_be("diagnose", "followed by a file of weights and a data set", "no data set"))
    loaded = named(data, data_dir).load(data_dir)
    if not isinstance(loaded, Images | Photos):
        remedy = "Name a set of pictures (vicinal list), or a folder with a folder a class"
        raise InputError(must_be(data, "a set of pictures", "something else", remedy))
    return loaded


def _own(who: Patient, data_dir: Path | None) -> Images | Photos:
    """Load the data that a trial was trained on, of which it kept the name but no path.

    Raises:
        InputError: they are not found by their name alone, or something else is called so.
    """
    by_name = who.data in SETS and not SETS[who.data].in_files
    remedy = "name its path as DATA"
    try:
        loaded = _pictures(who.data, data_dir)
    except InputError as failure:
        if by_name:
            raise
        said = f"{who.source} was trained on the folder {who.data}, which is not found here: {remedy}"
        raise InputError(f"{said} ({str(failure).rstrip('.')})." if who.data in SETS else f"{said}.") from None
    if loaded.fingerprint != who.fingerprint:
        said = f"{who.source} was trained on other data called {who.data} than are found here under this name"
        raise InputError(f"{said}: {remedy}, or {who.data} to be diagnosed on these.")
    return loaded


def _preparation(who: Patient, usual: Preparation, side: int, scale: Scale | None) -> Preparation:
    """Return what makes a picture an input of a net that came without saying so.

    Args:
        who: the net.
        usual: what the data are prepared by, of whatever size and channels.
        side: height and width.
        scale: mean and deviation, where they are not the usual ones.

    Raises:
        InputError: the scale is not of as many channels as the net has.
    """
    resize = max(side, round(side * usual.resize / usual.size))
    mean, std = scale or (usual.mean, usual.std)
    if len(mean) != len(std) or len(mean) not in (1, who.channels):
        found = f"{len(mean)} and {len(std)}"
        raise InputError(must_be("--mean and --std", f"of 1 channel or {who.channels}, as the net takes them", found))
    of_each = [tuple(each) * (who.channels if len(each) == 1 else 1) for each in (mean, std)]
    return Preparation(who.channels, side, of_each[0], of_each[1], resize)


def _some(part: Part, size: int, rows: int | None) -> Tensor:
    """Return the numbers of some pictures, in ascending order, all of them if none are asked for.

    Raises:
        InputError: there are fewer.
    """
    if rows is None:
        return torch.arange(size)
    if rows > size:
        raise InputError(must_be("--rows", f"at most {size:,}, the pictures of the {part} part", f"{rows:,}"))
    return torch.randperm(size, generator=rank_generator(seed_of("diagnose", part), 0))[:rows].sort().values
