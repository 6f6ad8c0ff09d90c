"""``vicinal doctor``: is all here that is needed, and does it work?"""

import json as json_
import time
from itertools import groupby
from typing import Final

from vicinal._files import write
from vicinal._findings import Checkup, libraries
from vicinal.cli._places import check_places, device_named
from vicinal.cli._status import FAILED, OK
from vicinal.cli._words import Device, MaybeFile, MaybeFolder

_MARKS: Final = {"good": "+", "missing": "–", "wrong": "!"}
_SPARE: Final = 40
"""Columns that a line's name gets at most before what was found."""


def doctor(data_dir: MaybeFolder = None, device: Device = "auto", json: MaybeFile = None) -> int:
    """See whether all is here and works: versions, extras, devices, data, room for downloads, and a test of itself.

    The test takes seconds: it mixes a batch and holds it against the formula, and trains a small net for two epochs.
    Where a library that all needs cannot be imported, the libraries alone are looked at. Nothing is fetched. It ends
    with status 0 where nothing has to be mended, else 1.

    Args:
        data_dir: where data files are looked for first; then in VICINAL_DATA and in the user's cache.
        device: which one the test trains on; auto takes a GPU where there is one.
        json: write what was found to this file as well.

    Examples:
        vicinal doctor
        vicinal doctor --device cpu --json doctor.json
    """
    check_places(data_dir, json)
    started = time.perf_counter()
    findings = tuple(libraries())
    if not any(each.topic == "versions" and each.state == "wrong" for each in findings):
        from vicinal.studies import checkup  # imports them all

        findings = checkup(data_dir, device=device_named(device)).findings
    found = Checkup(findings, time.perf_counter() - started)
    for line in _lines(found):
        print(line)
    if json is not None:
        write(json, json_.dumps(found.document(), indent=1) + "\n")
    return OK if found.well else FAILED


def _lines(found: Checkup) -> list[str]:
    """Return what was found, a line each, under its topics."""
    lines = []
    for topic, several in groupby(found.findings, key=lambda each: each.topic):
        group = list(several)
        width = min(_SPARE, max(len(each.name) for each in group))
        lines += [topic]
        for each in group:
            remedy = f"; {each.remedy}" if each.remedy else ""
            lines.append(f"  {_MARKS[each.state]} {each.name:{width}}  {each.found}{remedy}")
    lines += [f"To be mended: {', '.join(found.wrong)}." if found.wrong else f"All is well ({found.seconds:.1f} s)."]
    return lines
