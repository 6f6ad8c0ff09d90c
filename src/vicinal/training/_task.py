"""A task: data, net, optimiser and schedule at one scale, with no vicinity in it."""

import hashlib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from vicinal.models import gan_units, hidden_units
from vicinal.training._optimiser import Adam, Sgd
from vicinal.training._schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is trained, before anything is said of mixing.

    Args:
        data: name of a data set in ``vicinal.data.SETS``, or the path of a folder of class folders.
        net: name of a net in ``vicinal.models.NETS``, or "mlp-" or "gan-" with the units of the hidden layers.
        batch: examples a minibatch; the last one of an epoch may be smaller.
        epochs: passes over the training part; none where the net is what it starts from, and for a GAN.
        steps: of a GAN's generator.
        optimiser: with the learning rate that the schedule starts from.
        schedule: of the learning rate; it stays where none is given.
        rows: training examples, a part drawn anew for each seed; all if not given.
        test_rows: examples that are tested on, a part drawn anew for each seed; all if not given. Tables take all.
        size: height and width that photos are cropped to, other images are resized to (their own if none is given) and
            spectrograms are pooled to; where the two differ, a pair.
        pad: pixels that images are padded by on each side before a random crop of their size.
        flip: whether half of the training images are turned left to right.
        start: what the net's weights start from: "" a draw of the seed, "pretrained" published ones, or a file.
        dropout: probability of dropping a unit between the two convolutions of every block, or behind every hidden
            layer, in [0, 1).
        label_smoothing: share of the uniform distribution that is mixed into every label, in [0, 1].
        label_noise: share of the training labels that are replaced by random ones, in [0, 1]; test labels stay clean.
        symmetric_noise: random labels are drawn from the other classes only, else from all of them.
        valid: share of the training part that is held out to choose by, drawn anew for each seed, in [0, 1); nothing of
            data that have such a part of their own. Tables always have one.
        test: share of all examples that judges, drawn anew for each seed, in [0, 1), for data that do not say which do;
            where it is 0, the part that they have judges. Tables always have one.
        mix: where sounds are mixed: "spectrogram", or "waveform", before their spectrogram is taken.
        raw: features of tables as they stand in the file, neither standardised nor one-hot.
        read_at: numbers of finished epochs after which the net's answers on the parts that choose and judge are kept.
        version: raised when the definition changes in a way that the other fields do not show.
    """

    data: str
    net: str
    batch: int
    epochs: int = 0
    steps: int = 0
    optimiser: Adam | Sgd = field(default_factory=Adam)
    schedule: Schedule = field(default_factory=Schedule)
    rows: int | None = None
    test_rows: int | None = None
    size: int | tuple[int, int] | None = None
    pad: int = 0
    flip: bool = False
    start: str = ""
    dropout: float = 0.0
    label_smoothing: float = 0.0
    label_noise: float = 0.0
    symmetric_noise: bool = False
    valid: float = 0.0
    test: float = 0.0
    mix: Literal["spectrogram", "waveform"] = "spectrogram"
    raw: bool = False
    read_at: tuple[int, ...] = ()
    version: int = 1

    @property
    def stacks(self) -> bool:
        """Whether trials of this task are trained together, as replicas of one stack."""
        return hidden_units(self.net) is not None

    @property
    def is_gan(self) -> bool:
        """Whether a generator and a discriminator are trained against each other."""
        return gan_units(self.net) is not None

    @property
    def data_name(self) -> str:
        """What the data set is called: of a folder its last part, for what counts is what it holds."""
        return Path(self.data).name or self.data

    def __str__(self) -> str:
        """Return the task's name for messages: what is trained, and what of it is not usual."""
        usual, decay = type(self.optimiser).weight_decay, self.optimiser.weight_decay
        words = [self.data_name] if self.stacks else [self.data_name, self.net]
        words += [f"from {'/'.join(Path(self.start).parts[-2:])}"] if self.start else []
        words += ["mixed waveforms"] if self.mix == "waveform" else []
        words += [f"{100 * self.label_noise:g} % of the labels random"] if self.label_noise else []
        words += [f"dropout {self.dropout:g}"] if self.dropout else []
        words += [f"label smoothing {self.label_smoothing:g}"] if self.label_smoothing else []
        words += [f"weight decay {decay:g}"] if decay != usual else []
        return " · ".join(words)

    def settings(self) -> dict[str, Any]:
        """Return the settings as plain data, for JSON; what has its default value is left out."""
        plain = {name: value for name, value in _changed(self).items() if name not in ("optimiser", "schedule")}
        start = {"start": digest(Path(self.start))} if Path(self.start).is_file() else {}
        schedule = {f"schedule_{name}": value for name, value in _changed(self.schedule).items()}
        return {**plain, "data": self.data_name, **start, **self.optimiser.settings(), **schedule}


def digest(file: Path) -> str:
    """Return what a file is known by: the SHA-256 of what it holds, wherever it lies."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _changed(settings: Any) -> dict[str, Any]:
    return {f.name: value for f in fields(settings) if (value := getattr(settings, f.name)) != f.default}
