"""``vicinal predict``: class and probability of photos or sounds, or the rows of a table, by a net that was trained."""

import json as json_
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vicinal._errors import InputError, must_be
from vicinal._files import write
from vicinal._paths import is_folder
from vicinal.cli._places import check_places, device_named
from vicinal.cli._progress import say
from vicinal.cli._status import FAILED, OK
from vicinal.cli._voice import Voice, voice
from vicinal.cli._words import Columns, Device, Files, FirstFolder, MaybeEncoding, MaybeFile, MaybeHeader

if TYPE_CHECKING:
    from vicinal.studies import TableAnswers

_SHOWN = 10
"""Rows of a table that are printed where no file takes all of them."""


def predict(
    run: FirstFolder,
    files: Files,
    json: MaybeFile = None,
    device: Device = "auto",
    out: MaybeFile = None,
    keep: Columns = (),
    encoding: MaybeEncoding = None,
    header: MaybeHeader = None,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Say the class of photos or sounds, or answer for the rows of a table, by a net that vicinal train has left.

    Args:
        run: the trial's folder, the --out of vicinal train; or that of vicinal compare, which ends with a net.
        files: photos, image files of any kind, or sounds where the net was trained on such; one that cannot be read is
            named and does not stop the others. One table where it was trained on a table.
        json: write the predictions to this file as well.
        device: where to compute; auto takes a GPU where there is one.
        out: (a table) write the predictions to this CSV file.
        keep: (a table) columns of it that are written beside the predictions, with commas between them.
        encoding: (a table) of a text file, utf-8 or cp949 for example; found out if not given.
        header: (a table) whether the first line holds the columns' names; found out if not given.
        quiet: say the result and errors only: no notes, no progress, no warnings.
        verbose: say also what is found where, and how long each step takes.

    Examples:
        vicinal predict run x.png y.jpg
        vicinal predict comparison-wine-quality new.csv --keep id --out answers.csv
    """
    from vicinal.studies import is_of_table, net_in
    from vicinal.studies import predict as predictions

    if not files:
        raise InputError(must_be("predict", "followed by a run and one file or more", "no file"))
    check_places(None, json)
    voice_ = voice(quiet=quiet, verbose=verbose)
    folder = net_in(run)
    if is_of_table(folder):
        return _of_table(folder, files, json, out, keep, encoding, header, voice_)
    for flag, value in (("--out", out), ("--keep", keep), ("--encoding", encoding), ("--header", header)):
        if value:
            raise InputError(must_be(flag, "left out, since it is for tables", f"it with {run}"))
    found = []
    for each in predictions(folder, files, device=device_named(device)):
        found.append(each)
        heard = f" ({each.note})" if each.note else ""
        # errors name the file
        print(each.error or f"{each.file}: {each.class_name} {100 * each.probability:.1f} %{heard}")
    if json is not None:
        document = {"format": 1, "predictions": [each.document() for each in found]}
        write(json, json_.dumps(document, indent=1))  # in ASCII, which holds file names of any bytes
    return FAILED if any(each.error for each in found) else OK


def _of_table(
    folder: Path,
    files: Sequence[Path],
    json: Path | None,
    out: Path | None,
    keep: tuple[str, ...],
    encoding: str | None,
    header: str | None,
    voice_: Voice,
) -> int:
    from vicinal.report import write_csv
    from vicinal.studies import predict_table

    if len(files) > 1:
        raise InputError(must_be("predict", "followed by one table, as the net was trained on one", f"{len(files)}"))
    if out is not None and (is_folder(out) or not is_folder(out.absolute().parent)):
        raise InputError(must_be("--out", "a file in a folder that exists", f'"{out}"'))
    answers = predict_table(folder, files[0], encoding=encoding, header=None if header is None else header == "yes")
    rows = answers.rows(keep)
    for note in answers.notes:
        say(voice_.course, note)
    if out is not None:
        write_csv(rows, out)
    else:
        for line in _lines(answers, rows):
            say(voice_.result, line)
    if json is not None:
        plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
        write(json, json_.dumps({"format": 1, "predictions": plain}, indent=1, allow_nan=False))
    say(voice_.result, f"{len(rows):,} rows answered{f': {out}' if out is not None else ''}")
    return OK


def _plain(value: Any) -> str | float | None:
    """Return a cell as JSON has it: a date in ISO's form, anything else that is neither number nor text as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _lines(answers: "TableAnswers", rows: list[dict[str, object]]) -> list[str]:
    """Return the first rows as lines."""
    told = [
        f"row {at}: {row['prediction']}"
        + ("" if answers.probability is None else f" {100 * float(answers.probability[at - 1]):.1f} %")
        for at, row in enumerate(rows[:_SHOWN], start=1)
    ]
    return [*told, *([f"… {len(rows) - _SHOWN:,} more; --out FILE takes all of them"] if len(rows) > _SHOWN else [])]
