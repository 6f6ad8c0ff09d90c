"""``vicinal compare``: does mixup help on somebody's own data, with which α, by how much, how sure?"""

import json as json_
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vicinal._files import write
from vicinal.cli._places import check_places, check_there, writable
from vicinal.cli._progress import Lines, say
from vicinal.cli._status import FAILED, OK, STOPPED
from vicinal.cli._stop import asked_to_stop, stopped_by_signals
from vicinal.cli._trainers import trainers
from vicinal.cli._voice import voice
from vicinal.cli._words import (
    Alphas,
    Count,
    Device,
    Duration,
    FirstOwnData,
    MaybeAddress,
    MaybeAmount,
    MaybeColumn,
    MaybeCount,
    MaybeEncoding,
    MaybeFile,
    MaybeFolder,
    MaybeHeader,
    MaybeMetric,
    MaybeNet,
    MaybeRegex,
    Shares,
    Vicinities,
)

if TYPE_CHECKING:
    from rich.console import Console

    from vicinal.experiments import Comparison


PAGE = "comparison.html"
ALPHAS = (0.1, 0.2, 0.4, 1.0)
MINUTES = 2.0


def compare(
    data: FirstOwnData,
    target: MaybeColumn = None,
    task: Literal["classification", "regression"] | None = None,
    alphas: Alphas = ALPHAS,
    also: Vicinities = (),
    epochs: Count = 10,
    splits: MaybeCount = None,
    group: MaybeColumn = None,
    time: MaybeColumn = None,
    margin: MaybeAmount = None,
    metric: MaybeMetric = None,
    budget: Duration = MINUTES,
    net: MaybeNet = None,
    pretrained: bool = False,
    noise: Shares = (),
    fraction: Shares = (),
    files: MaybeColumn = None,
    root: MaybeFolder = None,
    seconds: MaybeAmount = None,
    group_regex: MaybeRegex = None,
    skip_broken: bool = False,
    encoding: MaybeEncoding = None,
    header: MaybeHeader = None,
    jobs: MaybeCount = None,
    ray: MaybeAddress = None,
    device: Device = "auto",
    out: MaybeFolder = None,
    json: MaybeFile = None,
    fresh: bool = False,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Compare mixup with plain training (ERM) on your own data: does it help, with which alpha, by how much, how sure?

    Args:
        data: a table (CSV, TSV and other delimited text, ARFF, Parquet), or a folder of photos or sounds with a
            folder a class, in train/ and test/ where they exist; without these every split tests on another quarter.
        target: the column to predict, by its name or its place, 1 the first, -1 the last; the last if not given.
        task: classification or regression; told from the target if not given.
        alphas: of mixup, with commas between them.
        also: a further method, with a row of its own: gaussian(sigma=0.1), 'dropout(0.2)', 'label-smoothing(0.1)',
            'weight-decay(0.001)', file.py:MyMix(alpha=1); may be repeated.
        epochs: passes over the training rows after which a net is first read off; it is read off again after twice and
            four times as many, where its training ends, and the validation part chooses between the three.
        splits: random divisions into parts to train, validate and test on, or seeds where the test part is given; 10
            of a table, 5 of a folder, if not given.
        group: a column; rows with one value of it are never in two parts.
        time: a column; what is tested on is later than what is trained on.
        margin: the largest difference that does not matter to you, in points of the error or in the target's unit:
            with --margin 0.5 an interval within ±0.5 is called no difference that matters.
        metric: a scorer of scikit-learn, balanced_accuracy or roc_auc for example; else the error, or RMSE.
        budget: how long the training may take, 90s, 2m or 1h; if all rows take longer, a sample of them is used.
        net: mlp-128-128 and the like for tables; small, preact-resnet-18 and others (vicinal list) for folders.
        pretrained: of photos: start from published weights, those of resnet-18 if no net is given.
        noise: repeat it with these shares of the labels made random: 0.2,0.4.
        fraction: repeat it with these shares of the rows to train on: 0.1,0.3.
        files: a column of the table that holds paths of photos or sounds, which are learned then.
        root: the folder that these paths begin in; that of the table if not given.
        seconds: of sounds: how much of each is heard; what 95 % do not exceed if not given.
        group_regex: of a folder of sounds: searched for in a path, names who is heard; nobody is in two parts.
        skip_broken: leave out photos and sounds that cannot be read.
        encoding: of a text file, utf-8 or cp949 for example; found out if not given.
        header: whether the first line of a text file holds the columns' names; found out if not given.
        jobs: processes at a time, of one thread each; one a core if not given.
        ray: train on the Ray cluster whose head is there; without an address, on the one that this machine belongs to.
        device: where to train.
        out: holds a folder a net, which is reused, and comparison.html; named after the data if not given.
        json: write the comparison to this file as well.
        fresh: train every net again.
        quiet: say the result and errors only: no notes, no progress, no warnings.
        verbose: say also what is found where, and how long each step takes.

    Examples:
        vicinal compare wine.csv --target quality
        vicinal compare birds.csv --files photo --root photos --target species
        vicinal compare wine.csv --noise 0.2,0.4 --also 'label-smoothing(0.1)' --out answer
    """
    check_places(None, json)
    check_there(data)
    told = voice(quiet=quiet, verbose=verbose)
    folder = writable(out or Path(_named_after(data, target)), keep=False)
    with _nothing_lost():  # which takes seconds
        from vicinal.studies import MODEL, Asked, begun, finished, learned_from, refit, winner
        from vicinal.training import Engine, Stopped
    asked = Asked(
        alphas=alphas,
        also=also,
        epochs=epochs,
        splits=splits,
        margin=margin,
        metric=metric,
        minutes=budget,
        noise=noise,
        fractions=fraction,
        net=net,
    )
    options = {
        "files": files,
        "root": root,
        "seconds": seconds,
        "group_regex": group_regex,
        "skip_broken": skip_broken,
        "pretrained": pretrained,
    }
    given = {
        "--target": target,
        "--task": task,
        "--alphas": None if alphas == ALPHAS else ",".join(f"{alpha:g}" for alpha in alphas),
        **{f"--also {index}": each for index, each in enumerate(also)},
        "--epochs": None if epochs == 10 else epochs,
        "--splits": splits,
        "--group": group,
        "--time": time,
        "--margin": margin,
        "--metric": metric,
        "--budget": None if budget == MINUTES else f"{60 * budget:g}s",
        "--net": net,
        "--noise": ",".join(f"{share:g}" for share in noise) or None,
        "--fraction": ",".join(f"{share:g}" for share in fraction) or None,
        "--pretrained": pretrained or None,
        "--files": files,
        "--root": root,
        "--seconds": None if seconds is None else f"{seconds:g}",
        "--group-regex": group_regex,
        "--skip-broken": skip_broken or None,
        "--encoding": encoding,
        "--header": header,
        "--out": out,
    }
    with trainers(ray, device=device, jobs=jobs) as them:
        with _nothing_lost():
            run = begun(
                data,
                folder,
                asked,
                processes=them.processes,
                device=them.device_here,
                fresh=fresh,
                encoding=encoding,
                header=None if header is None else header == "yes",
                target=target,
                task=task,
                group=group,
                time=time,
                **options,
            )
        for line in (*run.own.told.notes, *(f"Beware: {each}" for each in run.own.told.warnings)):
            say(told.course, line)
        say(told.course, f"{run.plan}: {run.takes}.")
        if them.device_here != them.device:
            here = f"on this machine, which has no {them.device}: on {them.device_here}"
            say(told.course, f"The net that is kept is trained {here}.")
        # takes a second, which the estimate need not wait
        from vicinal.report import bar, show_comparison, write_comparison

        with stopped_by_signals(), bar(told.course, len(run.places)) as move:
            found = finished(
                run,
                engine=Engine(device=them.device),
                processes=them.processes,
                crew=them.crew,
                fresh=fresh,
                progress=_told(told.course, move, len(run.places)),
                command=_command(data, given),
            )

    def written(found: "Comparison") -> Path:
        if json is not None:
            write(json, json_.dumps(found.document(), indent=1, allow_nan=False) + "\n")
        return write_comparison(found, folder / PAGE)

    show_comparison(_without_notes(found), told.result, page=written(found))
    if found.partial:
        return STOPPED
    engine, lines = Engine(device=them.device_here), Lines(told.course)
    try:
        with asked_to_stop() as stop, bar(told.course, 1) as move:

            def tell(share: float, text: str) -> None:
                move(share, text)
                lines.tell(f"the net that is kept, {100 * share:.0f} % · {text.rsplit(' · ', 1)[-1]}")

            lost = refit(run.whole, run.methods, found, folder, engine=engine, stop=stop, progress=tell)
    except Stopped:
        same = f"the same command{' without --fresh' if fresh else ''}"
        print(f"vicinal: stopped before the net that is kept; {same} goes on from there.", file=sys.stderr)
        return STOPPED
    if lost:
        found = replace(found, failures=(*found.failures, lost))
        written(found)
    won = f"the winner, {winner(found)}, trained on {learned_from(run.whole)}"
    learned = f"{folder / MODEL} holds {won}: vicinal predict {shlex.quote(str(folder))} FILE"
    say(told.result, lost or learned)
    return FAILED if found.failures else OK


def _named_after(data: str, target: str | None) -> str:
    """Return the folder of a comparison: another target is another comparison, and replaces none."""
    plain = "" if target is None else re.sub(r"[^\w.+-]+", "-", target)[:60]
    return f"comparison-{Path(data).stem}{f'-{plain}' if plain else ''}"


@contextmanager
def _nothing_lost() -> Iterator[None]:
    """Let an interrupt say that there is nothing yet to go on from."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt("before any training began, and nothing is lost") from None


def _without_notes(found: "Comparison") -> "Comparison":
    """Return what is shown at the end: notes and warnings have been said at the start, or are not wanted."""
    return replace(found, data=replace(found.data, notes=(), warnings=()))


def _command(data: str, options: Mapping[str, object]) -> str:
    """Return the command line that asks for this."""
    words = ["vicinal", "compare", data]
    for flag, value in options.items():
        words += [] if value is None else [flag.split()[0], *([] if value is True else [str(value)])]
    return shlex.join(words)


def _told(shown: "Console", move: Callable[[float, str], None], trials: int) -> Callable[[float, str], None]:
    """Return what shows progress: in a terminal's bar, as a line now and then elsewhere."""
    lines, said = Lines(shown), ""

    def tell(done: float, text: str) -> None:
        nonlocal said
        move(done, text)
        new = "" if text == said else text
        if lines.tell(f"{done:.0f} of {trials} nets{f' · {new}' if new else ''}"):
            said = text

    return tell
