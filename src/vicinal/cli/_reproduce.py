"""``vicinal reproduce``: experiments are run, their claims judged, a page is written."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vicinal._errors import InputError, must_be
from vicinal.cli._experiments import experiments_named
from vicinal.cli._places import check_places, device_named, writable
from vicinal.cli._progress import Lines, say
from vicinal.cli._status import FAILED, OK
from vicinal.cli._stop import stopped_by_signals
from vicinal.cli._trainers import trainers
from vicinal.cli._voice import voice
from vicinal.cli._words import (
    CountFromZero,
    Device,
    Experiments,
    Folder,
    Lang,
    MaybeAddress,
    MaybeCheckpoints,
    MaybeCount,
    MaybeFile,
    MaybeFolder,
    MaybePoints,
    MaybeRows,
    MaybeShare,
    MaybeThroughput,
    Precision,
    Scale,
    Vicinities,
)

if TYPE_CHECKING:
    from rich.console import Console

    from vicinal.experiments import Results, Setup
    from vicinal.training import Engine, Task, Trial


def reproduce(
    experiments: Experiments = (),
    scale: Scale = "smoke",
    seeds: MaybeCount = None,
    jobs: MaybeCount = None,
    shard: MaybeShare = None,
    ray: MaybeAddress = None,
    device: Device = "auto",
    data_dir: MaybeFolder = None,
    out: Folder = Path("runs"),
    json: MaybeFile = None,
    lang: Lang = "en",
    also: Vicinities = (),
    fresh: bool = False,
    dry_run: bool = False,
    precision: Precision = "32",
    compile: bool = False,  # noqa: A002 - the flag's name
    workers: CountFromZero = 0,
    devices: MaybeCount = None,
    throughput: MaybeThroughput = None,
    raw: bool = False,
    grid: Literal["full", "published"] | None = None,
    symmetric: bool = False,
    weights: MaybeCheckpoints = None,
    rows: MaybeRows = None,
    mix: Literal["spectrogram", "waveform"] = "spectrogram",
    synthetic: bool = False,
    data: MaybePoints = None,
    per: Literal["batch", "example"] = "batch",
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Reproduce the paper: run experiments, judge their claims, write report.html.

    Args:
        experiments: which of them; all if none is named (vicinal list shows them).
        scale: smoke: embedded data, in minutes; laptop: real data on a CPU; paper: the paper's own settings.
        seeds: number of seeds, or of splits, instead of each experiment's own.
        jobs: processes at a time, of one thread each; one a core, or one a GPU, if not given.
        shard: run the K-th of N shares of the trials, which other machines with the same --out run the others of; once
            all have ended, vicinal report tells of the whole.
        ray: run the trials as tasks of the Ray cluster whose head is there; without an address, of the one that this
            machine belongs to.
        device: where to train; auto takes a GPU where there is one.
        data_dir: where data files are looked for first; then in VICINAL_DATA and in the user's cache.
        out: holds a folder a trial, which is reused, and report.html, which tells of the last call.
        json: write the results to this file as well.
        lang: the language of the report in the terminal and on the page: en, or ko for Korean.
        also: one more vicinity, with a row and a gain of its own: 'mixup(0.4, partner="other-class")' or
            'file.py:MyMix(alpha=1)'; may be repeated.
        fresh: train every trial again, those that failed too.
        dry_run: list the trials and the estimated time, and train nothing.
        precision: 32, or the type in which nets for images and sounds are computed.
        compile: compile nets for images and sounds.
        workers: processes that read photos, for each trial.
        devices: (with --dry-run) how many share a trial; vicinal train is what trains one on many.
        throughput: (with --dry-run) images or clips a second, from which hours follow: of all devices together, of the
            net that it was measured with; it is taken for every row.
        raw: (tabular) features as they stand in the files, neither standardised nor one-hot.
        grid: (corrupted-labels) full: every dropout and alpha of the paper beside the rows that it shows; published:
            those rows. If not given full at paper scale, else published.
        symmetric: (corrupted-labels) random labels are drawn from the other classes only.
        weights: (adversarial) erm=FILE,mixup=FILE,source=FILE: checkpoints of the nets, which are not trained then; the
            last one, of another ERM net, makes the black-box examples.
        rows: (ablation) which rows of the table, with commas between, or all: erm, mixup, mixup-knn, layer-1, layer-2,
            layer-3, layer-4, layer-5, inputs-sc-knn, inputs-ac-knn, inputs-sc-rp, inputs-ac-rp, smooth-0.05,
            smooth-0.1, smooth-0.2, inputs-smooth-0.05, inputs-smooth-0.1, inputs-smooth-0.2, inputs-smooth-0.4,
            noise-0.05, noise-0.1, noise-0.2, dirichlet, two-loaders.
        mix: (speech) where sounds are mixed: spectrogram, as in the paper, or waveform, before the transform.
        synthetic: (speech) synthetic words instead of recorded ones; so too at laptop scale where those are not here.
        data: (gan) ring, grid, swiss-roll, or a file of two columns of numbers, instead of the pair of data sets.
        per: (gan) what one λ is drawn for.
        quiet: say the result and errors only: no notes, no progress, no warnings.
        verbose: say also what is found where, and how long each step takes.

    Examples:
        vicinal reproduce
        vicinal reproduce cifar between-points --scale laptop --seeds 3 --jobs 2
        vicinal reproduce tabular --scale paper --data-dir uci --also 'mine.py:MyMix(alpha=1)'
    """
    from vicinal.report import bar, count, show, write_json, write_page
    from vicinal.studies import WHOLE, Shard, plan, slots
    from vicinal.studies import reproduce as reproduce_all
    from vicinal.training import Engine

    options = {
        "raw": raw,
        "grid": grid,
        "symmetric": symmetric,
        "weights": weights,
        "rows": rows,
        "mix": None if mix == "spectrogram" else mix,
        "synthetic": synthetic,
        "data": data,
        "per": None if per == "batch" else per,
    }
    setups = _setups(experiments, scale, seeds, also, options)
    check_places(data_dir, json)
    told = voice(quiet=quiet, verbose=verbose)
    setups = _with_what_is_here(setups, data_dir, told.course)
    share = Shard(*shard) if shard else WHOLE
    trials = share.trials([trial for each in plan(setups).values() for trial in each])
    of_dry_runs = (
        ("--devices", devices, "Train on many devices with vicinal train"),
        ("--throughput", throughput, "It is for the hours that a dry run tells"),
    )
    for flag, value, remedy in of_dry_runs:
        if value is not None and not dry_run:
            raise InputError(must_be(flag, "given with --dry-run", "none", remedy))
    if dry_run:
        processes = jobs or slots(device_named(device))
        return _say_what_would_run(setups, set(trials), processes, told.result, devices, throughput, data_dir)
    with (
        trainers(ray, device=device, jobs=jobs, workers=workers) as them,
        stopped_by_signals(),
        bar(told.course, len(trials)) as move,
    ):
        results = reproduce_all(
            setups,
            engine=Engine(device=them.device, precision=precision, compile=compile, workers=workers),
            out=writable(out),
            data_dir=data_dir,
            processes=them.processes,
            crew=them.crew,
            fresh=fresh,
            shard=share,
            progress=_told(told.course, move, count(len(trials), "trial")),
        )
    write_page(results, out / "report.html", lang)
    if json is not None:
        write_json(results, json)
    show(results, told.result, page=out / "report.html", lang=lang)
    if results.share:
        said = f"This was shard {results.share}; once all have ended, vicinal report {out} tells of the whole."
        say(told.result, said)
    return status_of(results)


def _setups(
    names: Sequence[str], scale: str, seeds: int | None, also: Sequence[str], options: Mapping[str, object]
) -> "dict[str, Setup]":
    """Return what is asked of each experiment, every word of it checked."""
    from vicinal.experiments import EXPERIMENTS, Setup, checkpoints
    from vicinal.vicinity import canonical

    asked = experiments_named(names)
    for option, value in options.items():
        if value == "":
            raise InputError(must_be(f"--{option}", "followed by what is asked for", "nothing"))
    given = {option: value for option, value in options.items() if value}
    for option in given:
        owners = [each for each in EXPERIMENTS if option in EXPERIMENTS[each].options]
        if len(asked) != 1 or asked[0] not in owners:
            raise InputError(
                f"--{option} is an option of {' and '.join(owners)} alone: name that experiment and no other."
            )
    vicinities = tuple(dict.fromkeys(map(canonical, also)))
    setup = Setup(scale, seeds, vicinities, given)  # pyright: ignore[reportArgumentType]
    for file in checkpoints(setup).values():  # before anything is read
        if file != "pretrained" and not Path(file).is_file():
            raise InputError(must_be("each file of --weights", "one that exists", f'"{file}"'))
    return dict.fromkeys(asked, setup)


def _with_what_is_here(setups: "Mapping[str, Setup]", data_dir: Path | None, shown: "Console") -> "dict[str, Setup]":
    """Return the setups, those of the laptop scale without files where theirs are not here and others can stand in."""
    from vicinal.data import SETS
    from vicinal.experiments import EXPERIMENTS

    found = dict(setups)
    for name, setup in setups.items():
        option, needed = EXPERIMENTS[name].stand_in, EXPERIMENTS[name].data[setup.scale]
        if not option or setup.scale != "laptop" or setup.options.get(option):
            continue
        missing = [SETS[each].title for each in needed if not SETS[each].here(data_dir)]
        if missing:
            found[name] = replace(setup, options={**setup.options, option: True})
            said = f"{name}: not here: {', '.join(missing)}. As with --{option}: {EXPERIMENTS[name].options[option]}."
            say(shown, said)
    return found


def _say_what_would_run(
    setups: "Mapping[str, Setup]",
    mine: "Collection[Trial]",
    processes: int,
    shown: "Console",
    devices: int | None,
    throughput: float | None,
    data_dir: Path | None,
) -> int:
    """List the trials that are ``mine`` and the estimated time; of nets for images and sounds also what one takes."""
    from vicinal.data import SETS, named
    from vicinal.experiments import EXPERIMENTS, Setup, labels
    from vicinal.report import count, duration
    from vicinal.studies import forecast, plan
    from vicinal.training import Engine, Trial

    shared = {name: [trial for trial in trials if trial in mine] for name, trials in plan(setups).items()}
    plans = {name: trials for name, trials in shared.items() if trials}
    for data in dict.fromkeys(trial.task.data for trials in plans.values() for trial in trials):
        if data not in SETS:  # somebody's own: whether it can be read is told at once
            named(data, data_dir).load(data_dir)
    engine = Engine(devices=devices or 1)
    seconds, known, told = 0.0, set[Trial](), list[tuple[str, list[str]]]()
    for name, trials in plans.items():
        experiment, setup = EXPERIMENTS[name], setups[name]
        called = labels(list(dict.fromkeys(trial.vicinity for trial in trials)))
        for task, of_task in groupby(trials, key=lambda trial: trial.task):
            for vicinity, some in groupby(of_task, key=lambda trial: trial.vicinity):
                say(shown, f"{task} · {_length(task)} · {called[vicinity]} · {experiment.repeated(len(list(some)))}")
            if task.stacks or task.is_gan:
                continue
            rates, *takes = forecast(task, engine=engine, throughput=throughput)
            for line in (rates, *takes) if (rates.rpartition(": ")[2], takes) not in told else ():  # said once
                say(shown, line)
            told.append((rates.rpartition(": ")[2], takes))
        known.update(trial for trial in trials if not (trial.task.epochs or trial.task.steps))  # nets that are there
        new = 1 - len(known.intersection(trials)) / len(trials)  # what another experiment trains is trained once
        known.update(trials)
        ratio = len(trials) / len(experiment.trials(Setup(setup.scale)))
        seconds += experiment.seconds[setup.scale] * ratio * new
    trained = [each.task for each in known if each.task.epochs and not each.task.stacks]
    if trained and (devices or throughput):
        took = _one_after_the_other(trained, engine, throughput)
    else:
        took = f", about {duration(seconds / processes)} with {count(processes, 'job')}"
    say(shown, f"{count(len(known), 'trial')}{took}; nothing was run.")
    return OK


def _one_after_the_other(tasks: "Sequence[Task]", engine: "Engine", throughput: float | None) -> str:
    """Return how long tasks take one after the other, or nothing where that is not known or one would not train."""
    from vicinal.report import duration
    from vicinal.studies import hours_of

    if throughput is None:
        return ""
    each = (hours_of(task, engine=engine, throughput=throughput) for task in tasks)
    hours = [some for some in each if some is not None]
    if len(hours) < len(tasks):
        return ""
    return f", about {duration(3600 * sum(hours))} one after the other at {throughput:,.10g} examples a second"


def _told(shown: "Console", move: Callable[[float, str], None], trials: str) -> Callable[[float, str], None]:
    """Return what shows progress: in a terminal's bar, as a line now and then elsewhere."""
    lines = Lines(shown)

    def tell(done: float, text: str) -> None:
        move(done, text)
        lines.tell(f"{done:.1f} of {trials} · {text}")

    return tell


def _length(task: "Task") -> str:
    from vicinal.report import count

    return count(task.steps, "step") if task.is_gan else count(task.epochs, "epoch")


def status_of(results: "Results") -> int:
    """Return the exit status of a command that has results."""
    return FAILED if any(each.counts.failed for each in results.experiments) else OK
