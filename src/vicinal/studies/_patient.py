"""The net that is to be diagnosed: one that a trial left, or one whose weights somebody has in a file."""

import re
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from vicinal._errors import InputError, must_be
from vicinal.data import Preparation
from vicinal.experiments import label
from vicinal.models import NETS, net_of_weights
from vicinal.training import BEGUN, begun, trained

WEIGHTS = "weights.safetensors"
"""A trial's weights; beside them lies all that is known of it."""


@dataclass(frozen=True, eq=False)
class Patient:
    """A net with what is known of it.

    Args:
        net: in evaluation mode, on the CPU.
        title: what it is, in a few words.
        source: the folder or file that it is from.
        net_name: what the net is called.
        classes: how many it tells apart.
        channels: of the pictures that it takes.
        names: of its classes; empty where nobody knows them.
        knows: how it is known that these are its classes, as the end of "the classes that ...".
        preparation: of the pictures that it takes; None where nobody knows it.
        fingerprint: of the data that it was trained on; "" where nobody knows them.
        data: what those are called.
        noise: share of the labels that it was trained on which were replaced by random ones, in [0, 1].
        seed: of the trial.
        rows: how many of the training examples it was trained on; None if on all.
        shares: of the examples that were held out to choose by and, of all, that were drawn to test on.
        method: by which it was trained, with mixup's parameter, for its colour.
        scale: mean and deviation that photos are usually normalised by for it; None where nobody says so.
    """

    net: nn.Module
    title: str
    source: Path
    net_name: str
    classes: int
    channels: int
    names: tuple[str, ...] = ()
    knows: str = ""
    preparation: Preparation | None = None
    fingerprint: str = ""
    data: str = ""
    noise: float = 0.0
    seed: int = 0
    rows: int | None = None
    shares: tuple[float, float] = (0.0, 0.0)
    method: tuple[str, float | None] = ("the net", None)
    scale: tuple[tuple[float, ...], tuple[float, ...]] | None = None


def checked(source: Path, *, net: str | None, size: int | None, scaled: bool, named: bool) -> Path:
    """Return a trial's folder or a file of weights; a trial's weights stand for its folder.

    Args:
        source: either of them.
        net: what the net of a file is called.
        size: height and width of the pictures that it takes.
        scaled: whether mean and deviation of its pictures are given.
        named: whether the names of its classes are given.

    Raises:
        InputError: it is neither, or something is said of a trial that its folder says, or not said of a file.
    """
    if source.name == WEIGHTS and (source.parent / BEGUN).is_file() and net is None:
        source = source.parent
    if source.is_dir():
        said = {"--net": net is not None, "--size": size is not None, "--mean and --std": scaled, "--classes": named}
        for flag, given in said.items():
            if given:
                raise InputError(must_be(flag, "given for a file of weights only", f"a run, {source}, which says it"))
    elif not source.exists():
        raise InputError(must_be(str(source), "the folder of a vicinal train or a file of weights", "nothing there"))
    elif net is None:
        nets = f"the net that the weights are of ({', '.join(NETS)}, timm:NAME)"
        raise InputError(must_be("--net", nets, "nothing"))
    return source


def of_run(folder: Path) -> Patient:
    """Return the net that a trial left in its folder.

    Raises:
        InputError: the folder holds no finished trial on pictures.
    """
    found, told = trained(folder), begun(folder)
    assert told is not None  # trained() has read it
    if not isinstance(found.preparation, Preparation):
        raise InputError(must_be(str(folder), "the folder of a trial on pictures", "one on something else"))
    task, vicinity = told["task"], told["vicinity"]
    method = vicinity if "vicinity_file" in told else label(vicinity)
    noise = task.get("label_noise") or 0.0
    trained_on = f"{task['data']}, {100 * noise:g} % of the labels random," if noise else task["data"]
    alpha = re.fullmatch(r"Mixup\(alpha=([0-9.e+-]+).*\)", vicinity)
    return Patient(
        net=found.net,
        title=f"{task['net']}, trained on {trained_on} with {method}, seed {told['seed']}",
        method=(method, float(alpha[1]) if alpha and float(alpha[1]) > 0 else None),
        source=folder,
        net_name=task["net"],
        classes=len(found.classes),
        channels=found.preparation.channels,
        names=found.classes,
        knows=f"{folder} was trained on",
        preparation=found.preparation,
        fingerprint=told["data_fingerprint"],
        data=task["data"],
        noise=noise,
        seed=told["seed"],
        rows=task.get("rows"),
        shares=(task.get("valid") or 0.0, task.get("test") or 0.0),
    )


def of_weights(file: Path, *, net: str, size: int) -> Patient:
    """Return a net with the weights of a file.

    Args:
        file: safetensors, or what ``torch.save`` wrote.
        net: what it is called.
        size: height and width of the pictures that it takes.

    Raises:
        InputError: no net is called so, or the weights cannot be read or do not fit.
    """
    model, classes, channels = net_of_weights(net, file, size=size)
    usual = getattr(model, "pretrained_cfg", None) or {}  # where timm says what its nets are trained on
    scale = (tuple(usual["mean"]), tuple(usual["std"])) if "mean" in usual and "std" in usual else None
    return Patient(model.eval(), f"{net} with the weights of {file.name}", file, net, classes, channels, scale=scale)
