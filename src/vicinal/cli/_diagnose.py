"""``vicinal diagnose``: what there is to say of a trained net, whoever trained it."""

import json as json_
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vicinal._errors import InputError, must_be
from vicinal._files import write
from vicinal.cli._places import check_places, device_named, writable
from vicinal.cli._progress import Lines
from vicinal.cli._status import OK
from vicinal.cli._voice import voice
from vicinal.cli._words import (
    CountFromZero,
    Device,
    FirstRun,
    MaybeCount,
    MaybeDeviations,
    MaybeFile,
    MaybeFolder,
    MaybeMeans,
    MaybeNet,
    MaybeSide,
    SecondData,
    Sizes,
)

if TYPE_CHECKING:
    from rich.console import Console

PAGE = "diagnosis.html"
EPS = (4.0, 8.0, 16.0)
LEAST = 0.5
"""Of 255 shades: what is smaller was meant to be a share of them."""


def diagnose(
    run: FirstRun,
    data: SecondData = None,
    net: MaybeNet = None,
    classes: MaybeFile = None,
    part: Literal["test", "train"] = "test",
    rows: MaybeCount = None,
    size: MaybeSide = None,
    mean: MaybeMeans = None,
    std: MaybeDeviations = None,
    eps: Sizes = EPS,
    data_dir: MaybeFolder = None,
    device: Device = "auto",
    workers: CountFromZero = 0,
    out: MaybeFolder = None,
    json: MaybeFile = None,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Diagnose a trained net, whoever trained it: errors, calibration, between points, under attack.

    Args:
        run: a trial's folder, the --out of vicinal train; or a file of weights: safetensors, or a state dict that
            torch.save wrote.
        data: a named data set of images (vicinal list shows them) or a folder with a folder a class; a run's own if
            not given.
        net: the net that a file of weights is of: resnet-18, resnet-50, preact-resnet-18, timm:NAME.
        classes: a text file with the names of that net's classes, one a line, in the order of its outputs, where they
            are more than the data's. Not needed of ImageNet's 1,000 where folders are called by WordNet ids (n01440764)
            and timm is installed.
        part: which part of the data.
        rows: how many images of it, drawn at random, and at most as many pairs; without it all of them, and 1,000
            are attacked. 200 do for a first look at a large net.
        size: pixels on a side that the net of a file takes; 224 of photos if not given.
        mean: of each channel, with commas, from 0, black, to 1, white, by which the net of a file wants images
            normalised; its data's own, or ImageNet's of photos, if not given.
        std: deviation of each channel.
        eps: how far the attacks may change a value, of 255 shades; 0 for no attacks.
        data_dir: where data files are looked for first; then in VICINAL_DATA and in the user's cache.
        device: where to compute; auto takes a GPU where there is one.
        workers: processes that read photos.
        out: where diagnosis.html is written; the run's folder, or this one, if not given.
        json: write the figures to this file as well.
        quiet: say the result and errors only: no notes, no progress, no warnings.
        verbose: say also what is found where, and how long each step takes.

    Examples:
        vicinal diagnose run photos
        vicinal diagnose resnet18.pth photos --net resnet-18 --rows 200
        vicinal diagnose run fashion-mnist --eps 8,16 --json diagnosis.json
    """
    from vicinal.report import bar, show_sheet, write_sheet
    from vicinal.studies import diagnose as diagnosed
    from vicinal.studies import sheet

    if (mean is None) != (std is None):
        raise InputError(must_be("--mean and --std", "given together", "one of them"))
    if any(not 0 <= value <= 1 for value in (*(mean or ()), *(std or ()))):
        found = f"{mean} and {std}"
        raise InputError(
            must_be("--mean and --std", "in [0, 1], where white is 1", found, "Divide those of shades by 255")
        )
    _check_eps(eps)
    check_places(data_dir, json)
    said = voice(quiet=quiet, verbose=verbose)
    folder = writable(out or (run if run.is_dir() else Path()))
    with bar(said.course, 1) as move:
        found = diagnosed(
            run,
            data,
            net=net,
            classes=classes,
            part=part,
            rows=rows,
            size=size,
            scale=None if mean is None or std is None else (mean, std),
            eps=eps,
            data_dir=data_dir,
            device=device_named(device),
            workers=workers,
            progress=_told(said.course, move),
        )
    options = {
        "--net": net,
        "--classes": classes,
        "--part": None if part == "test" else part,
        "--rows": rows,
        "--size": size,
        "--mean": mean,
        "--std": std,
        "--eps": None if eps == EPS else eps,
        "--data-dir": data_dir,
        "--out": out,
    }
    told = sheet(found, command=_command(run, data, options))
    page = write_sheet(told, folder / PAGE)
    if json is not None:
        write(json, json_.dumps(found.document(), indent=1, allow_nan=False) + "\n")
    show_sheet(told, said.result, page=page)
    return OK


def _check_eps(eps: tuple[float, ...]) -> None:
    """Refuse sizes that are surely meant for values from 0 to 1."""
    small = next((each for each in eps if 0 < each < LEAST), None)
    if small is not None:
        remedy = f"It counts shades of 255: give {255 * small:.3g} for {small:g}"
        raise InputError(must_be("--eps", f"0 or at least {LEAST:g}", f"{small:g}", remedy))


def _command(run: Path, data: str | None, options: Mapping[str, object]) -> str:
    """Return the command line that asks for this."""
    words = ["vicinal", "diagnose", str(run), *([data] if data else [])]
    for flag, value in options.items():
        given = ",".join(f"{each:g}" for each in value) if isinstance(value, tuple) else str(value)
        words += [] if value is None else [flag, given]
    return shlex.join(words)


def _told(shown: "Console", move: Callable[[float, str], None]) -> Callable[[float, str], None]:
    """Return what shows progress: in a terminal's bar, as a line now and then elsewhere."""
    lines = Lines(shown)

    def tell(share: float, text: str) -> None:
        move(share, text)
        lines.tell(f"{text} · {100 * share:.0f} %")

    return tell
