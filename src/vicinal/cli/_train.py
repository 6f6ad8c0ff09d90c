"""``vicinal train``: one trial on a named data set, or on somebody's own photos or sounds."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vicinal._errors import InputError, must_be
from vicinal.cli._places import check_places, device_named, writable
from vicinal.cli._progress import Lines, say
from vicinal.cli._status import FAILED, OK, STOPPED
from vicinal.cli._stop import asked_to_stop, leave
from vicinal.cli._train_table import is_table, train_table
from vicinal.cli._voice import voice
from vicinal.cli._words import (
    Count,
    CountFromZero,
    Device,
    FirstData,
    MaybeAlpha,
    MaybeAmount,
    MaybeColumn,
    MaybeCount,
    MaybeEncoding,
    MaybeFile,
    MaybeFolder,
    MaybeHeader,
    MaybeNet,
    MaybeRegex,
    MaybeSide,
    Minutes,
    OneVicinity,
    Precision,
    Scale,
    Strategy,
)

if TYPE_CHECKING:
    from rich.console import Console

    from vicinal.data import Data
    from vicinal.training import Trial


def train(
    data: FirstData,
    net: MaybeNet = None,
    weights: MaybeFile = None,
    pretrained: bool = False,
    vicinity: OneVicinity = "mixup",
    alpha: MaybeAlpha = None,
    scale: Scale | None = None,
    epochs: MaybeCount = None,
    rows: MaybeCount = None,
    size: MaybeSide = None,
    seed: CountFromZero = 0,
    data_dir: MaybeFolder = None,
    skip_broken: bool = False,
    mix: Literal["spectrogram", "waveform"] = "spectrogram",
    seconds: MaybeAmount = None,
    group_regex: MaybeRegex = None,
    silence: bool = False,
    target: MaybeColumn = None,
    encoding: MaybeEncoding = None,
    header: MaybeHeader = None,
    device: Device = "auto",
    devices: Count = 1,
    nodes: Count = 1,
    strategy: Strategy = "auto",
    precision: Precision = "32",
    compile: bool = False,  # noqa: A002 - the flag's name
    at_once: MaybeCount = None,
    workers: CountFromZero = 0,
    minutes: Minutes = 10.0,
    logger: Literal["tensorboard", "wandb", "mlflow"] | None = None,
    out: MaybeFolder = None,
    resume: bool = False,
    fresh: bool = False,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Train a net on a data set, on your own photos or sounds in a folder a class, or on your own table.

    Args:
        data: a named data set (vicinal list shows them), a table, or a folder with a folder a class, in train/ and
            test/ or val/ where they exist; else a quarter of it is for testing. speech is whichever Speech Commands is
            here.
        net: small, preact-resnet-18, wrn-28-10, resnet-50, lenet, vgg-11, timm:NAME; if not given that of the --weights
            where a run left them, else the recipe's (resnet-50 to fine-tune photos).
        weights: start from this file of weights and fine-tune.
        pretrained: start from published weights and fine-tune.
        vicinity: erm, mixup, cutmix, gaussian(sigma=0.1), file.py:MyMix(alpha=1).
        alpha: of a vicinity that is mixup or cutmix and no more; if not given the paper's for its data sets, 0.2 for
            sounds and other photos.
        scale: whose settings to take; else the first that has the data set, laptop before smoke before paper.
        epochs: passes over the training part; the learning rate drops at the same shares of them.
        rows: training examples, a part drawn by the seed; all of them if not given.
        size: pixels that photos are cropped to; rows and columns that spectrograms are pooled to.
        seed: weights, order, augmentation and draws follow from it.
        data_dir: where data files are looked for first; then in VICINAL_DATA and in the user's cache.
        skip_broken: leave out files that cannot be read instead of stopping.
        mix: (sounds) what is mixed: spectrogram, as in the paper, or waveform, before the transform.
        seconds: (a folder of sounds) how long a clip is; the length that 95 % do not exceed if not given.
        group_regex: (a folder of sounds) names who is heard, searched for in each path: nobody is in two parts.
        silence: (Speech Commands) make a class of its background noise, cut into seconds.
        target: (a table) the column to predict, by its name or its place, 1 the first, -1 the last; the last if not
            given.
        encoding: (a table) of a text file, utf-8 or cp949 for example; found out if not given.
        header: (a table) whether the first line holds the columns' names; found out if not given.
        device: where to train; auto takes a GPU where there is one.
        devices: how many on this machine.
        nodes: how many machines; start the same command on each, by torchrun or SLURM.
        strategy: how devices share the work, by its name in Lightning Fabric, for example fsdp.
        precision: 32, or the type in which nets are computed.
        compile: compile the net.
        at_once: examples that a device takes at once at most; the gradients of the rest of a minibatch add up.
        workers: processes that read photos.
        minutes: between two checkpoints at most; every epoch has one as well.
        logger: beside the curve.csv that is always written.
        out: the trial's folder; one of its own in runs/ if not given (at paper scale vicinal reproduce finds it there).
        resume: go on from the checkpoint in the folder; where there is none, begin.
        fresh: begin anew whatever the folder holds.
        quiet: say the result and errors only: no notes, no progress, no warnings.
        verbose: say also what is found where, and how long each step takes.

    Examples:
        vicinal train photos --alpha 0.2 --out run
        vicinal train cifar10 --vicinity erm --epochs 30 --out plain
        vicinal train wine.csv --target quality --out net
    """
    from vicinal.data import Pictures, Points, named
    from vicinal.experiments import recipe, recipe_mixup
    from vicinal.models import check_net
    from vicinal.report import bar, duration
    from vicinal.studies import train as train_one
    from vicinal.studies import untaught
    from vicinal.training import Engine, RankLost, Stopped, Trial, load

    if is_table(data):
        return train_table(
            Path(data),
            out,
            vicinity=vicinity,
            alpha=alpha,
            net=net,
            epochs=epochs,
            seed=seed,
            device=device,
            fresh=fresh,
            target=target,
            encoding=encoding,
            header=header,
            told=voice(quiet=quiet, verbose=verbose),
        )
    for flag, value in (("--target", target), ("--encoding", encoding), ("--header", header)):
        if value is not None:
            raise InputError(must_be(flag, "left out, since it is for a table", f"it with {data}"))
    if weights is not None and pretrained:
        raise InputError(must_be("--weights and --pretrained", "given one at a time", "both"))
    if weights is not None and not weights.is_file():
        raise InputError(must_be("--weights", "a file that exists", f'"{weights}"'))
    if resume and fresh:
        raise InputError(must_be("--resume and --fresh", "given one at a time", "both"))
    net = net or (None if weights is None else _net_beside(weights))
    check_places(data_dir, None)
    start = "pretrained" if pretrained else str(weights or "")
    entry = named(data, data_dir, skip_broken=skip_broken, silence=silence, seconds=seconds, group_regex=group_regex)
    sounds = entry.sounds
    task = recipe(data, sounds=sounds, scale=scale, net=net, epochs=epochs, start=start, size=size, rows=rows)
    if not task.stacks:  # before a folder of many photos is read
        check_net(task.net, pretrained=pretrained)
    plain = recipe_mixup(
        data, sounds=sounds, scale=scale, net=net, epochs=task.epochs if sounds else epochs, alpha=alpha
    )
    trial = Trial(replace(task, mix=mix), _vicinity(vicinity, alpha, plain), seed)
    engine = Engine(
        device=device_named(device),
        devices=devices,
        nodes=nodes,
        strategy=strategy,
        precision=precision,
        compile=compile,
        at_once=at_once,
        workers=workers,
        minutes=minutes,
        logger=logger,
    ).as_launched()
    told = voice(quiet=quiet, verbose=verbose, first=engine.is_first)
    loaded = entry.load(data_dir)
    if not isinstance(loaded, Pictures):
        found, home = ("points", "gan") if isinstance(loaded, Points) else ("a table", "tabular")
        remedy = f"Name a set of images (vicinal list), or a folder with a folder a class; {data} is for {home}"
        raise InputError(must_be(data, "a set of images or sounds", found, remedy))
    folder = writable(out or Path("runs") / trial.folder_name(loaded.fingerprint))
    for line in (*getattr(loaded, "notes", ()), _plan_of(trial, loaded)):
        say(told.course, line)
    before = None if fresh else load(folder, trial)
    try:
        with asked_to_stop() as stop, bar(told.course, 1) as move:
            outcome, failure = train_one(
                trial,
                loaded,
                folder,
                engine=engine,
                resume=resume,
                fresh=fresh,
                stop=stop,
                progress=_told(told.course, move, prefix=f"{trial} · ", resumed=resume),
            )
    except (Stopped, KeyboardInterrupt) as stopped:
        kept = f"stopped; {folder} holds a checkpoint, and --resume goes on from there."
        cut = "stopped at once; --resume goes on from the last checkpoint, where there is one."
        print(f"vicinal: {kept if isinstance(stopped, Stopped) else cut}", file=sys.stderr)
        return STOPPED
    except RankLost as lost:
        print(f"vicinal: {lost}", file=sys.stderr)
        leave(FAILED)
    if failure:
        kept = f" The checkpoint before it is in {folder}." if any(folder.glob("checkpoint*.pt")) else ""
        print(f"vicinal: {failure}{kept}", file=sys.stderr)
        return FAILED
    if outcome is not None:
        error, training = outcome.figures["test_error"], outcome.environment["seconds"]
        found = "found finished, nothing was trained: " if before is not None else ""
        took = f"{_epochs(task.epochs)}, {duration(training)} of training"
        chosen = outcome.figures.get("valid_error")
        valid = "" if chosen is None else f"validation error {chosen:.2f} %, "
        say(told.result, f"{found}{valid}test error {error:.2f} % after {took}")
        if hint := untaught(outcome, len(loaded.classes)):
            say(told.course, hint)
        say(told.result, str(folder))
    return OK


def _vicinity(name: str, alpha: float | None, plain: str) -> str:
    """Return the canonical name of what is asked for; mixup without arguments is ``plain``, CutMix takes alpha.

    Raises:
        InputError: there is no such vicinity, or it has arguments of its own, or none, and alpha is given as well.
    """
    from vicinal.vicinity import canonical

    word = name.strip().lower()
    if word == "mixup":
        return plain
    if word == "cutmix":
        return canonical(f"cutmix({1.0 if alpha is None else alpha})")
    found = canonical(name)
    if alpha is not None:
        expected, remedy = "given with --vicinity mixup or cutmix", "Leave it out, or write it into the vicinity"
        raise InputError(must_be("--alpha", expected, f'it with "{name}"', remedy))
    return found


def _net_beside(weights: Path) -> str | None:
    """Return the net that left these weights, where they lie in a run's folder."""
    try:
        return json.loads((weights.parent / "settings.json").read_text(encoding="utf-8"))["task"]["net"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _plan_of(trial: "Trial", data: "Data") -> str:
    """Say what is trained: the recipe in a line."""
    from vicinal.data import Photos, Sounds
    from vicinal.models import sides
    from vicinal.training import Sgd

    task, optimiser, schedule = trial.task, trial.task.optimiser, trial.task.schedule
    kind = "SGD" if isinstance(optimiser, Sgd) else "Adam"
    words = [_epochs(task.epochs), f"minibatches of {task.batch}", kind, f"learning rate {optimiser.learning_rate:g}"]
    words += [f"warm-up over {_epochs(schedule.warmup)}"] if schedule.warmup else []
    epochs = f"epoch{'' if len(schedule.drops) == 1 else 's'} {', '.join(map(str, schedule.drops))}"
    words += [f"÷ {1 / schedule.factor:g} after {epochs}"] if schedule.drops else []
    if isinstance(optimiser, Sgd):
        words += [f"momentum {optimiser.momentum:g}", f"weight decay {optimiser.weight_decay:g}"]
    if task.size:
        how = (
            "random crops of" if isinstance(data, Photos) else "pooled to" if isinstance(data, Sounds) else "resized to"
        )
        height, width = sides(task.size)
        words += [f"{how} {height}×{width}{'' if isinstance(data, Sounds) else ' pixels'}"]
    words += [f"padded by {task.pad} and cropped at random"] if task.pad else []
    words += ["half of them flipped"] if task.flip else []
    return f"{trial}{f' from {task.start} weights' if task.start else ''}: {', '.join(words)}"


def _epochs(number: int) -> str:
    return f"{number} epoch{'' if number == 1 else 's'}"


def _told(
    shown: "Console", move: Callable[[float, str], None], *, prefix: str, resumed: bool
) -> Callable[[float, str], None]:
    """Return what shows progress, less the trial's name: in a terminal's bar, as a line now and then elsewhere.

    The first line of training that is ``resumed``, which says from where, is shown at once.
    """
    lines, now = Lines(shown), resumed

    def tell(share: float, text: str) -> None:
        nonlocal now
        text = text.removeprefix(prefix)
        move(share, text)
        lines.tell(text, now=now or share == 1)
        now = False

    return tell
