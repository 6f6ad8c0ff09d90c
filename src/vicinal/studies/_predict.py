"""What a trained net says of pictures or sounds: class and probability for each file, or why it could not be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from vicinal._errors import InputError, must_be
from vicinal._paths import is_folder
from vicinal.data import SoundPreparation
from vicinal.training import Trained, trained

AT_ONCE = 64


@dataclass(frozen=True)
class Prediction:
    """What is said of one file.

    Args:
        file: its path, as it was given.
        class_name: the most probable class; "" where the file could not be read.
        probability: of that class, in [0, 1].
        note: which part of the file it is said of, where that is not all; "" elsewhere.
        error: why it could not be read; "" where it could.
    """

    file: str
    class_name: str = ""
    probability: float = 0.0
    error: str = ""
    note: str = ""

    def document(self) -> dict[str, object]:
        """Return the prediction as plain data, for JSON."""
        if self.error:
            return {"file": self.file, "error": self.error}
        found: dict[str, object] = {"file": self.file, "class": self.class_name, "probability": self.probability}
        return found | {"note": self.note} if self.note else found


def predict(run: Path, files: Sequence[Path], *, device: str = "cpu") -> Iterator[Prediction]:
    """Yield a prediction for each file, in their order; a file that cannot be read stops none of the others.

    Args:
        run: the folder of a trial that has finished.
        files: pictures of any kind, or sounds, as the net was trained on.
        device: where to compute.

    Raises:
        InputError: the folder holds no finished trial on pictures or sounds.
    """
    found = trained(run)
    found.net.to(device)
    for start in range(0, len(files), AT_ONCE):
        yield from _of_some(found, files[start : start + AT_ONCE], device)


@torch.no_grad()
def _of_some(found: Trained, files: Sequence[Path], device: str) -> list[Prediction]:
    inputs, errors, notes = {}, {}, {}
    for file in files:
        try:
            if is_folder(file):
                raise InputError(
                    must_be(str(file), "a file", "a folder", f"Name the files in it, as {file / '*'} does")
                )
            inputs[file] = found.preparation.of_file(file)
            notes[file] = found.preparation.heard(file) if isinstance(found.preparation, SoundPreparation) else ""
        except InputError as error:
            errors[file] = str(error)
    probability = found.net(torch.stack(list(inputs.values())).to(device)).softmax(1) if inputs else torch.empty(0, 1)
    best = (
        dict(zip(inputs, zip(*(each.tolist() for each in probability.max(1)), strict=True), strict=True))
        if inputs
        else {}
    )
    return [
        Prediction(str(file), error=errors[file])
        if file in errors
        else Prediction(str(file), found.classes[best[file][1]], best[file][0], note=notes[file])
        for file in files
    ]
