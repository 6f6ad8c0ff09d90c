"""``vicinal train table.csv``: one net on somebody's own table, without a comparison."""

import sys
from pathlib import Path

from vicinal._errors import InputError
from vicinal._paths import is_file
from vicinal.cli._places import device_named, writable
from vicinal.cli._progress import say
from vicinal.cli._status import FAILED, OK, STOPPED
from vicinal.cli._stop import asked_to_stop
from vicinal.cli._voice import Voice

EPOCHS, ALPHA = 40, 0.2


_OTHERS = (".ckpt", ".py", ".pt", ".pth", ".safetensors")
"""Endings of what lies beside data and is none."""


def is_table(data: str) -> bool:
    """Tell whether somebody names a file of theirs to train on, which can only be a table."""
    path = Path(data)
    return is_file(path) and path.suffix not in _OTHERS


def train_table(
    data: Path,
    out: Path | None,
    *,
    vicinity: str,
    alpha: float | None,
    net: str | None,
    epochs: int | None,
    seed: int,
    device: str,
    fresh: bool,
    target: str | None,
    encoding: str | None,
    header: str | None,
    told: Voice,
) -> int:
    """Train a net on a table; a quarter of the rows, drawn by the seed, says how well it does.

    The net that is kept to predict is then trained on all rows in the same way.
    """
    from dataclasses import replace

    from vicinal.report import bar, duration
    from vicinal.studies import forget_whole, keep_whole, own
    from vicinal.studies import train as train_one
    from vicinal.training import Engine, Stopped, Trial
    from vicinal.vicinity import canonical

    folder = writable(out or Path("runs") / f"{data.stem}-table", keep=False)
    mine = own(
        data, folder, target=target, encoding=encoding, header=None if header is None else header == "yes", net=net
    )
    assert mine.table is not None
    if fresh:
        forget_whole(folder)
    for line in (*mine.told.notes, *(f"Beware: {each}" for each in mine.told.warnings)):
        say(told.course, line)
    named = f"mixup({ALPHA if alpha is None else alpha})" if vicinity.strip().lower() == "mixup" else vicinity
    trial = Trial(replace(mine.task, epochs=epochs or EPOCHS), canonical(named), seed)
    engine = Engine(device=device_named(device))
    mine.save()
    try:
        with asked_to_stop() as stop, bar(told.course, 1) as move:
            outcome, failure = train_one(trial, mine.data, folder, engine=engine, fresh=fresh, stop=stop, progress=move)
            lost = "" if outcome is None else keep_whole(trial, mine.table, folder, engine=engine, stop=stop)
    except Stopped:
        print("vicinal: stopped; nothing is kept of a table's net, which trains in seconds.", file=sys.stderr)
        return STOPPED
    if failure or outcome is None:
        raise InputError(failure or "nothing was trained.")
    figures = outcome.figures
    error = (
        f"test error {figures['test_error']:.2f} %"
        if "test_error" in figures
        else f"test RMSE {figures['test_rmse']:.4g}"
    )
    say(
        told.result,
        f"{error} on {int(figures['rows_test']):,} rows after {duration(outcome.environment['seconds'])} of training",
    )
    if lost:
        say(told.result, f"The net that answers is the one so judged, since none was to be had on all rows: {lost}")
    else:
        say(told.course, f"The net that answers was then trained on all {mine.told.rows:,} rows in the same way.")
    say(told.result, str(folder))
    return FAILED if lost else OK
