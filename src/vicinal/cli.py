"""The command line: parses, calls, prints. One short function a command; torch is imported once a command runs."""

import io
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from functools import partial, wraps
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from vicinal._errors import InputError, must_be, unknown
from vicinal._misuse import misuse
from vicinal._version import __version__

if TYPE_CHECKING:
    from rich.console import Console

    from vicinal.experiments import Results, Setup

OK, FAILED, WRONG_USE, STOPPED = 0, 1, 2, 75

Experiments = Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="EXPERIMENT")]
Vicinities = Annotated[tyro.conf.UseAppendAction[tuple[str, ...]], tyro.conf.arg(metavar="VICINITY")]
Folder = Annotated[Path, tyro.conf.arg(metavar="DIR")]
FirstFolder = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]
MaybeFolder = Annotated[Path | None, tyro.conf.arg(metavar="DIR")]
MaybeFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]


def _count(words: list[str]) -> int:
    """Read an integer at or above 1, or say what it must be."""
    if not words[0].isdecimal() or int(words[0]) < 1:
        raise ValueError("an integer ≥ 1")
    return int(words[0])


MaybeCount = Annotated[
    int | None,
    tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="N",
        instance_from_str=_count,
        is_instance=lambda value: value is None or isinstance(value, int),
        str_from_instance=lambda value: ["automatic" if value is None else str(value)],
    ),
]


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 done, 1 a trial failed, 2 wrong use, 75 stopped by a signal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a pipe in an old encoding lacks the marks of the verdicts
    _print_warnings_as_one_line()
    if list(arguments) == ["--version"]:
        print(f"vicinal {__version__}")
        return OK
    commands = {"reproduce": reproduce, "list": list_, "report": report}
    try:
        return _read(arguments, commands)()
    except BrokenPipeError:  # the reader of our output has left, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except InputError as error:
        print(f"vicinal: {error}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        print("vicinal: stopped; what has finished is kept, and the same command goes on from there.", file=sys.stderr)
        return STOPPED


def _read(arguments: Sequence[str], commands: Mapping[str, Callable[..., int]]) -> Callable[[], int]:
    """Return the call of a command that the arguments ask for.

    Raises:
        InputError: they ask for none; the parser's own box of several lines is not shown.
    """
    try:
        with redirect_stderr(io.StringIO()):
            return tyro.extras.subcommand_cli_from_dict(
                {name: _held_back(command) for name, command in commands.items()},
                prog="vicinal",
                description="Training beyond empirical risk minimisation: mixup, the paper, your own data.",
                args=list(arguments),
                config=(tyro.conf.FlagCreatePairsOff,),
            )
    except SystemExit as leaving:
        if leaving.code == WRONG_USE:
            raise InputError(misuse(arguments, commands)) from None
        raise


def _held_back(command: Callable[..., int]) -> Callable[..., Callable[[], int]]:
    """Return a function of the same arguments and help, which returns the call instead of making it."""

    @wraps(command)
    def held_back(*words: object, **options: object) -> Callable[[], int]:
        return partial(command, *words, **options)

    return held_back


def reproduce(
    experiments: Experiments = (),
    scale: Literal["smoke", "laptop", "paper"] = "smoke",
    seeds: MaybeCount = None,
    jobs: MaybeCount = None,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
    data_dir: MaybeFolder = None,
    out: Folder = Path("runs"),
    json: MaybeFile = None,
    also: Vicinities = (),
    fresh: bool = False,
    dry_run: bool = False,
    raw: bool = False,
) -> int:
    """Reproduce the paper: run experiments, judge their claims, write report.html.

    Example: vicinal reproduce tabular --scale paper --data-dir uci --also 'mine.py:MyMix(alpha=1)'

    Args:
        experiments: which of them; all if none is named (vicinal list shows them).
        scale: smoke: embedded data, in minutes; laptop: real data on a CPU; paper: the paper's own settings.
        seeds: number of seeds, or of splits, instead of each experiment's own.
        jobs: processes at a time, of one thread each; the number of cores if not given.
        device: where to train; auto takes a GPU where there is one.
        data_dir: where data files are looked for first; then in VICINAL_DATA and in the user's cache.
        out: holds a folder a trial, which is reused, and report.html, which tells of the last call.
        json: write the results to this file as well.
        also: one more vicinity, with a row and a gain of its own: 'mixup(0.4, partner="other-class")' or
            'file.py:MyMix(alpha=1)'; may be repeated.
        fresh: train every trial again.
        dry_run: list the trials and the estimated time, and train nothing.
        raw: (tabular) features as they stand in the files, neither standardised nor one-hot.
    """
    from vicinal.report import bar, show, write_json, write_page
    from vicinal.studies import cores, plan
    from vicinal.studies import reproduce as reproduce_all

    setups = _setups(experiments, scale, seeds, also, {"raw": raw})
    processes = jobs or cores()
    console, trials = _console(), {trial for each in plan(setups).values() for trial in each}
    _check_places(data_dir, json)
    if dry_run:
        return _say_what_would_run(setups, processes, console)
    with _stopped_by_signals(), bar(console, len(trials)) as progress:
        results = reproduce_all(
            setups,
            device=_device(device),
            out=_writable(out),
            data_dir=data_dir,
            processes=processes,
            fresh=fresh,
            progress=progress,
        )
    write_page(results, out / "report.html")
    if json is not None:
        write_json(results, json)
    show(results, console, page=out / "report.html")
    return _status(results)


def list_(data_dir: MaybeFolder = None) -> int:
    """Show every experiment: its claims, its scales, the data that it needs and whether they are here.

    Args:
        data_dir: where data files are looked for first; then in VICINAL_DATA and in the user's cache.
    """
    from vicinal.data import SETS
    from vicinal.experiments import EXPERIMENTS, SCALES

    for experiment in EXPERIMENTS.values():
        print(f"{experiment.name}  ({experiment.section})\n  {experiment.question}")
        for claim in experiment.claims:
            print(f"  claim {claim.id}: {claim.sentence}")
        for scale in SCALES:
            sets = [SETS[name] for name in experiment.data[scale]]
            absent = [each.name for each in sets if not each.here(data_dir)]
            here = f"not here: {', '.join(absent)} (fetched when needed)" if absent else "all here"
            times = experiment.repeated(experiment.seeds[scale])
            minutes = f"{experiment.seconds[scale] / 60:.1f} core-minutes"
            print(f"  {scale}: {times}, {minutes}; {', '.join(each.name for each in sets)}: {here}")
        print()
    return OK


def report(directory: FirstFolder, csv: bool = False, latex: bool = False, figures: MaybeFolder = None) -> int:
    """Make the report of a folder again, and its tables and figures for a thesis.

    Example: vicinal report runs --csv --latex --figures figures

    Args:
        directory: the --out folder of a vicinal reproduce.
        csv: write trials.csv there, a tidy row a trial.
        latex: write a table an experiment there, as EXPERIMENT.tex.
        figures: write every figure to this folder as SVG, PDF and PNG.
    """
    from vicinal.report import show, write_csv, write_figures, write_latex, write_page
    from vicinal.studies import retold, tidy

    results = retold(directory)
    write_page(results, directory / "report.html")
    written = []
    if csv:
        written.append(directory / "trials.csv")
        write_csv(tidy(directory), written[0])
    if latex:
        written += write_latex(results, directory)
    if figures is not None:
        written += write_figures(results, _writable(figures))
    show(results, _console(), page=directory / "report.html")
    for path in written:
        print(path)
    return _status(results)


def _setups(
    names: Sequence[str], scale: str, seeds: int | None, also: Sequence[str], options: Mapping[str, object]
) -> "dict[str, Setup]":
    """Return what is asked of each experiment, every word of it checked."""
    from vicinal.experiments import EXPERIMENTS, Setup
    from vicinal.vicinity import canonical

    for name in names:
        if name not in EXPERIMENTS:
            raise InputError(unknown("experiment", name, EXPERIMENTS, "vicinal list"))
    asked = [each for each in EXPERIMENTS if each in names or not names]
    given = {option: value for option, value in options.items() if value}
    for option in given:
        owners = [each for each in EXPERIMENTS if option in EXPERIMENTS[each].options]
        if len(asked) != 1 or asked[0] not in owners:
            raise InputError(
                f"--{option} is an option of {' and '.join(owners)} alone: name that experiment and no other."
            )
    vicinities = tuple(dict.fromkeys(map(canonical, also)))
    return {name: Setup(scale, seeds, vicinities, given) for name in asked}  # pyright: ignore[reportArgumentType]


def _say_what_would_run(setups: "Mapping[str, Setup]", processes: int, console: "Console") -> int:
    """List the trials and the estimated time."""
    from vicinal.experiments import EXPERIMENTS
    from vicinal.studies import plan

    seconds = 0.0
    for name, trials in plan(setups).items():
        for (data, vicinity), some in groupby(trials, key=lambda trial: (trial.task.data, trial.vicinity)):
            line = f"{data} · {vicinity} · {EXPERIMENTS[name].repeated(len(list(some)))}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        own = EXPERIMENTS[name].seeds[setups[name].scale]
        seconds += EXPERIMENTS[name].seconds[setups[name].scale] * setups[name].number(EXPERIMENTS[name].seeds) / own
    count = sum(map(len, plan(setups).values()))
    console.print(
        f"{count} trials, about {seconds / processes / 60:.1f} minutes with {processes} jobs; nothing was run."
    )
    return OK


def _check_places(data_dir: Path | None, json: Path | None) -> None:
    """See before anything is trained that folder and file are such."""
    if data_dir is not None and not data_dir.is_dir():
        raise InputError(must_be("--data-dir", "a folder that exists", f'"{data_dir}"'))
    if json is not None and (json.is_dir() or not json.absolute().parent.is_dir()):
        raise InputError(must_be("--json", "a file in a folder that exists", f'"{json}"'))


def _status(results: "Results") -> int:
    return FAILED if any(each.counts.failed for each in results.experiments) else OK


def _device(name: str) -> str:
    """Return the device to train on, or say that it is not there."""
    import torch

    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return next(device for device, there in here.items() if there)
    if not here[name]:
        raise InputError(
            must_be("--device", f"one that is here ({', '.join(d for d in here if here[d])})", f'"{name}"')
        )
    return name


def _writable(folder: Path) -> Path:
    """Make the folder if it is not there, or say why that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        raise InputError(
            must_be(str(folder), "a folder that can be written to", error.strerror or str(error))
        ) from None
    return folder


def _console() -> "Console":
    from rich.console import Console

    return Console()


def _print_warnings_as_one_line() -> None:
    def one_line(message: Warning | str, *_: object, **__: object) -> None:
        print(f"vicinal: {message}", file=sys.stderr)

    warnings.showwarning = one_line


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGUSR1 stop the block as an interrupt does."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = [signal.SIGTERM, *([signal.SIGUSR1] if hasattr(signal, "SIGUSR1") else [])]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
