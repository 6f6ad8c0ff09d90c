"""The picture that a report opens with: what was mixed. It is kept, so that a report can be made again without data."""

import json
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from vicinal._files import write_with
from vicinal.data import named
from vicinal.experiments import EXPERIMENTS, Mixes, Setup
from vicinal.studies._examples import mixed_examples

ALPHA = 1.0
_NAME = "opening.npz"
_ARRAYS = ("mixed", "first", "second", "lam")


def opening(setups: Mapping[str, Setup], data_dir: Path | None) -> Mixes | None:
    """Return mixed examples of the first data set with pictures that is asked for, or None where there is none."""
    for name, setup in setups.items():
        for trial in EXPERIMENTS[name].trials(setup)[:1]:
            if not (trial.task.stacks or trial.task.is_gan):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # what there is to say of the data has been said
                    data = named(trial.task.data, data_dir, check=False).load(data_dir)
                return mixed_examples(data, alpha=ALPHA)
    return None


def write_opening(out: Path, picture: Mixes | None) -> None:
    """Keep the picture in the folder of a study; without one, what was kept is removed."""
    if picture is None:
        (out / _NAME).unlink(missing_ok=True)
        return
    arrays = {name: getattr(picture, name) for name in _ARRAYS}
    words = json.dumps({"names": picture.names, "alpha": picture.alpha, "caption": picture.caption})

    def save(path: Path) -> None:
        with path.open("wb") as file:  # by its name alone NumPy would give it another ending
            np.savez_compressed(file, words=np.array(words), **arrays)

    write_with(out / _NAME, save)


def read_opening(out: Path) -> Mixes | None:
    """Return the picture that was kept, or None where there is none that can be read."""
    try:
        with (out / _NAME).open("rb") as file, np.load(file, allow_pickle=False) as kept:
            words = json.loads(str(kept["words"]))
            names = tuple((first, second) for first, second in words["names"])
            arrays = {name: kept[name] for name in _ARRAYS}
        return Mixes(**arrays, names=names, alpha=words["alpha"], caption=words["caption"])
    except Exception:  # a damaged archive makes its readers raise whatever they come across
        return None
