"""A trained net as it is used again: from its folder alone, without the data that it was trained on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from vicinal._errors import InputError, must_be
from vicinal.data import Preparation, SoundPreparation, preparation_of
from vicinal.models import Gan, build, gan_units, hidden_units, ordinary_mlp
from vicinal.training._folder import BEGUN, OUTCOME, WEIGHTS


@dataclass(frozen=True, eq=False)
class Trained:
    """A net that classifies pictures or sounds.

    Args:
        net: maps prepared examples (N, C, H, W) to logits (N, K), in evaluation mode.
        classes: the K classes' names.
        preparation: what makes the file of a picture or a sound such an input.
    """

    net: nn.Module
    classes: tuple[str, ...]
    preparation: Preparation | SoundPreparation


def trained(folder: Path) -> Trained:
    """Return the net that a trial left in its folder, with all that is needed to give it a file.

    Raises:
        InputError: the folder holds no finished trial, or one of a net that takes neither pictures nor sounds.
    """
    net = trained_net(folder)
    inputs = json.loads((folder / OUTCOME).read_text(encoding="utf-8"))["inputs"]
    if "preparation" not in inputs:
        raise InputError(must_be(str(folder), "the folder of a trial on pictures or sounds", "one on a table"))
    return Trained(net, tuple(inputs["classes"]), preparation_of(inputs["preparation"]))


def inputs_of(folder: Path) -> dict[str, Any]:
    """Return how the net that a trial left in its folder is to be fed, as plain data.

    Raises:
        InputError: the folder holds no finished trial.
    """
    try:
        return json.loads((folder / OUTCOME).read_text(encoding="utf-8"))["inputs"]
    except (OSError, ValueError, KeyError, TypeError):
        raise _unfinished(folder) from None


def trained_net(folder: Path) -> nn.Module:
    """Return the net that a trial left in its folder, on the CPU, in evaluation mode.

    Raises:
        InputError: the folder holds no finished trial.
    """
    try:
        name = json.loads((folder / BEGUN).read_text(encoding="utf-8"))["task"]["net"]
        inputs = json.loads((folder / OUTCOME).read_text(encoding="utf-8"))["inputs"]
        weights = load_file(folder / WEIGHTS)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        raise _unfinished(folder) from None
    hidden, units = hidden_units(name), gan_units(name)
    if units is not None:
        net: nn.Module = Gan(units, seed=0)
    elif hidden is None:
        channels, height, width = preparation_of(inputs["preparation"]).shape
        net = build(name, classes=len(inputs["classes"]), channels=channels, size=(height, width), seed=0)
    else:
        layers = [tensor for key, tensor in weights.items() if key.endswith("weight")]
        net = ordinary_mlp([layers[0].shape[1], *hidden, layers[-1].shape[0]])
    net.load_state_dict(weights)
    return net.eval()


def _unfinished(folder: Path) -> InputError:
    found = f"no {OUTCOME} with its weights" if folder.is_dir() else "nothing there"
    expected = "the folder of a trial that has finished"
    return InputError(must_be(str(folder), expected, found, "Name the --out folder of a vicinal train or compare"))
