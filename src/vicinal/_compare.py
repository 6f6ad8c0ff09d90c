"""``vicinal.compare``: what the command does, as a Python function, for anybody's own training code too."""

import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from numbers import Integral
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from vicinal._errors import InputError, must_be
from vicinal._files import check_writable
from vicinal.experiments import Comparison
from vicinal.report import write_comparison
from vicinal.studies import ALPHAS, EPOCHS, MINUTES, Asked, begun, compared_runs, finished, refit
from vicinal.training import Engine
from vicinal.vicinity import Vicinity

PAGE = "comparison.html"
SEEDS = 5
_ARGUMENTS = {"budget": "minutes"}
"""What options are called here, where that is something else."""


def compare(
    data: Any = None,
    target: str | None = None,
    *,
    train: Callable[[Vicinity, int], Mapping[str, float]] | None = None,
    task: Literal["classification", "regression"] | None = None,
    alphas: Sequence[float] = ALPHAS,
    also: Sequence[str] = (),
    epochs: int = EPOCHS,
    splits: int | None = None,
    group: str | None = None,
    time: str | None = None,
    margin: float | None = None,
    metric: str | None = None,
    lower_is_better: bool | None = None,
    overlap: float = 0.0,
    minutes: float = MINUTES,
    net: str | None = None,
    pretrained: bool = False,
    files: str | None = None,
    root: str | Path | None = None,
    seconds: float | None = None,
    group_regex: str | None = None,
    skip_broken: bool = False,
    noise: Sequence[float] = (),
    fraction: Sequence[float] = (),
    encoding: str | None = None,
    header: bool | None = None,
    jobs: int | None = None,
    device: str = "cpu",
    out: str | Path | None = None,
    fresh: bool = False,
    progress: Callable[[float, str], None] | None = None,
) -> Comparison:
    """Tell whether mixup helps: on a table or a folder, or in one's own training code.

    Args:
        data: the path of a table's file or of a folder with a folder a class, a polars or pandas frame, or a pair
            ``(X, y)`` of arrays, of shapes (N, D) and (N,); None with ``train``.
        target: the column to predict, by its name or its place, ``"1"`` the first, ``"-1"`` the last; the last if not
            given.
        train: one's own training code, ``train(vicinity, seed)``; it trains with a vicinity, ``Dirac()`` for ERM or
            ``Mixup(alpha)``, and returns ``{"valid": ..., "test": ...}``, the first of which chooses α.
        task: told from the target if not given.
        alphas: of mixup, above 0.
        also: further methods by name: ``"gaussian(sigma=0.1)"``, ``"dropout(0.2)"``, ``"mine.py:MyMix(alpha=1)"``.
        epochs: nets are read off after as many, twice and four times as many; validation chooses.
        splits: 10 of a table, 5 of a folder, or seeds where the test part is given, 5 seeds of ``train``, if not given.
        group: a column; rows with one value of it are never in two parts.
        time: a column; what is tested on is later than what is trained on.
        margin: the largest difference that does not matter, in the metric's unit.
        metric: name of a scorer of scikit-learn; with ``train`` what it returns is called. Error in per cent, or RMSE,
            if not given.
        lower_is_better: with ``train``; told from the metric's name if not given, where that says it.
        overlap: with ``train``, n_test / n_train where every seed divides the same rows anew; 0 where the test part is
            always the same, and then the interval counts the seeds alone, not which examples are tested on.
        minutes: of training at most; if all rows take longer, a sample of them is used.
        net: instead of the usual one.
        pretrained: of photos: start from published weights.
        files: a column of paths in a table: what they lead to is learned, photos or sounds.
        root: the folder that these begin in; that of the table if not given.
        seconds: of sounds: how much of each is heard.
        group_regex: of a folder of sounds: searched for in a path, names who is heard.
        skip_broken: leave out photos and sounds that cannot be read.
        noise: shares of the labels that are made random in further comparisons.
        fraction: shares of the training rows in further comparisons.
        encoding: of a text file; found out if not given.
        header: whether a text file has one; found out if not given.
        jobs: processes at a time; one a core if not given.
        device: where nets are trained.
        out: a folder for the nets and ``comparison.html``; another call goes on from there. Nothing is kept if not
            given.
        fresh: train all of it again.
        progress: told how many trainings are done, and a figure.

    Returns:
        The comparison: ``.sentence``, ``.verdict``, ``.gain``, ``.rows``, ``.document()``.

    Raises:
        InputError: a ``ValueError``; the data cannot be read or learned, or something does not go together.

    Example:
        >>> def train(vicinity, seed):  # one's own loop, for real
        ...     better = 1.0 + 0.1 * seed if "Mixup" in repr(vicinity) else 0.0
        ...     return {"valid": 10 - better, "test": 10.2 - better}
        >>> found = compare(train=train, alphas=[0.2], splits=4)
        >>> found.verdict, round(found.gain.mean, 2)
        ('helps', 1.15)
    """
    for_data = {"target": target, "task": task, "group": group, "time": time, "net": net, "noise": list(noise) or None,
                "fraction": list(fraction) or None, "encoding": encoding, "header": header, "files": files,
                "root": root, "seconds": seconds, "group_regex": group_regex, "pretrained": pretrained or None,
                "skip_broken": skip_broken or None, "epochs": None if epochs == EPOCHS else epochs,
                "minutes": None if minutes == MINUTES else minutes, "jobs": jobs,
                "device": None if device == "cpu" else device}  # fmt: skip
    for_train = {"lower_is_better": lower_is_better, "overlap": overlap or None}
    _check_given(data, train, for_data, for_train)
    _check_numbers({"splits": splits, "epochs": epochs, "jobs": jobs}, minutes)
    with _as_arguments(), _folder(out) as folder:
        if train is not None:
            found = compared_runs(
                train,
                alphas=alphas,
                also=also,
                seeds=splits or SEEDS,
                metric=metric,
                lower_is_better=lower_is_better,
                overlap=overlap,
                margin=margin,
                out=None if out is None else folder,
                fresh=fresh,
                progress=progress or (lambda done, text: None),  # noqa: ARG005
            )
        else:
            asked = Asked(
                alphas=alphas,
                also=also,
                epochs=epochs,
                splits=splits,
                margin=margin,
                metric=metric,
                minutes=minutes,
                noise=noise,
                fractions=fraction,
                net=net,
            )
            run = begun(
                data,
                folder,
                asked,
                processes=jobs,
                device=device,
                fresh=fresh,
                encoding=encoding,
                header=header,
                target=target,
                task=task,
                group=group,
                time=time,
                pretrained=pretrained,
                files=files,
                root=root,
                seconds=seconds,
                group_regex=group_regex,
                skip_broken=skip_broken,
            )
            engine = Engine(device=device)
            found = finished(run, engine=engine, processes=jobs, fresh=fresh, progress=progress)
            if out is not None and not found.partial:
                write_comparison(found, folder / PAGE)  # before the last net, which may take long
                try:
                    lost = refit(run.whole, run.methods, found, folder, engine=engine)
                except KeyboardInterrupt:
                    same = f"the same call{' without fresh' if fresh else ''}"
                    lost = f"The net that is kept was interrupted; {same} goes on from there."
                found = replace(found, failures=(*found.failures, lost)) if lost else found
        if out is not None:
            write_comparison(found, folder / PAGE)
    return found


def _check_given(data: Any, train: object, for_data: Mapping[str, object], for_train: Mapping[str, object]) -> None:
    """See that there are data or training code, and that nothing is given that would be passed over.

    Raises:
        InputError: it is not so.
    """
    if (data is None) == (train is None):
        found = "neither" if train is None else "both"
        raise InputError(must_be("compare", "given either data or train, one's own training code", found))
    needless, why = (for_data, "data") if train is not None else (for_train, "train")
    for name, value in needless.items():
        if value is not None:
            raise InputError(must_be(name, f"left out without {why}", repr(value)))


def _check_numbers(counts: Mapping[str, int | None], minutes: float) -> None:
    """See that what is counted is, and that there is time.

    Raises:
        InputError: it is not so.
    """
    for name, value in counts.items():
        if value is not None and not (isinstance(value, Integral) and value >= 1):
            raise InputError(must_be(name, "a whole number, at least 1", repr(value)))
    if not 0 < minutes < math.inf:
        raise InputError(must_be("minutes", "a number > 0", repr(minutes)))


@contextmanager
def _as_arguments() -> Iterator[None]:
    """Let mistakes name the arguments of this function, not the options of the command: minutes for --budget.

    What stands in quotation marks is from the data.
    """
    arguments = inspect.signature(compare).parameters

    def argument(option: re.Match[str]) -> str:
        name = _ARGUMENTS.get(option[1], option[1].replace("-", "_"))
        return name if name in arguments else option[0]

    try:
        yield
    except InputError as error:
        raise InputError(re.sub(r"(?<![\w\"'-])--([a-z][a-z-]*)", argument, str(error))) from error.__cause__


@contextmanager
def _folder(out: str | Path | None) -> Iterator[Path]:
    """Yield the folder that is asked for, which can be made, or one that is gone afterwards."""
    if out is None:
        with TemporaryDirectory(prefix="vicinal-") as temporary:
            yield Path(temporary)
        return
    try:
        check_writable(Path(out), keep=False)
    except (FileExistsError, NotADirectoryError):
        raise InputError(must_be("out", "a folder", f"{out}, a file")) from None
    except OSError as error:
        raise InputError(f"out, {out}, cannot be written to: {error.strerror or error}.") from None
    yield Path(out)
