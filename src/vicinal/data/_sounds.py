"""Sounds that lie in memory: 16 bits a sample, and for a trial their spectrograms, 16 bits a value."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor
from tqdm import tqdm

from vicinal._errors import InputError, must_be
from vicinal._steps import no_bar
from vicinal.data._feed import Batches, Part
from vicinal.data._held_feed import HeldFeed
from vicinal.data._parted import PARTS, add_groups, gathered, groups_of, parted
from vicinal.data._sound import FULL
from vicinal.data._sound_preparation import SoundPreparation
from vicinal.data._subset import chosen, some
from vicinal.vicinity import send

Mix = Literal["spectrogram", "waveform"]
"""Where sounds are mixed."""

_AT_ONCE = 256  # clips whose spectrograms are computed together
_MANY = 5_000  # clips whose spectrograms take so long that progress is shown


@dataclass(frozen=True, eq=False)
class Sounds:
    """Clips of one length, of K classes, to train on, to choose by (there may be none) and to test on.

    Args:
        name: what the data set is called.
        waves: for each part its clips at 16 kHz, int16 of shape (N, T); a short one is followed by zeros.
        targets: for each part the clips' classes, int64 of shape (N,), in [0, K).
        classes: the K classes' names.
        notes: sentences on what was done to the files: left out, cut, divided. They are for their user to see.
        drawn: that of them which says how the part to test on was drawn; empty where the files say which it is.
        groups: the group of each clip of each part, int64 of shape (N,): where parts are divided, none is in two.

    Raises:
        ValueError: shapes, types or classes do not fit together, or there is nothing to train on or to test on.
    """

    name: str
    waves: Mapping[Part, Tensor]
    targets: Mapping[Part, Tensor]
    classes: tuple[str, ...]
    notes: tuple[str, ...] = field(default=(), compare=False)
    drawn: str = field(default="", compare=False)
    groups: Mapping[Part, Tensor] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.waves.keys() != self.targets.keys() or not {"train", "test"} <= self.waves.keys():
            raise ValueError(must_be("the parts", "train, test and perhaps valid", sorted(self.waves)))
        for part, x in self.waves.items():
            y, form = self.targets[part], f"{x.dtype} of shape {tuple(x.shape)}"
            if x.dtype != torch.int16 or x.ndim != 2 or x.shape[1:] != self.waves["train"].shape[1:] or not len(x):
                raise ValueError(must_be(f"the clips of {part}", "int16 of shape (N, T), one or more", form))
            if y.dtype != torch.int64 or y.shape != x.shape[:1]:
                found = f"{y.dtype} of shape {tuple(y.shape)}"
                raise ValueError(must_be(f"the classes of {part}", f"int64 of shape ({len(x)},)", found))
            if not 0 <= int(y.min()) <= int(y.max()) < len(self.classes):
                raise ValueError(must_be(f"the classes of {part}", f"in [0, {len(self.classes)})", y.unique().tolist()))

    @property
    def samples(self) -> int:
        """Samples of a clip."""
        return self.waves["train"].shape[1]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of shapes, samples, labels and classes; the name is no part of it."""
        return self._digest

    @cached_property  # which type checkers do not take for the property that Data asks for
    def _digest(self) -> str:
        parts: list[Part] = [part for part in PARTS if part in self.waves]
        form = [[part, *self.waves[part].shape] for part in parts]
        digest = hashlib.sha256(json.dumps([form, self.classes]).encode())
        for part in parts:
            digest.update(self.waves[part].contiguous().numpy().astype("<i2", copy=False).data)
            digest.update(self.targets[part].contiguous().numpy().astype("<i8", copy=False).data)
        add_groups(digest, self.groups)
        return digest.hexdigest()

    def feed(
        self,
        *,
        seed: int,
        rows: int | None = None,
        pad: int = 0,
        flip: bool = False,
        size: int | tuple[int, int] | None = None,
        valid: float = 0.0,
        test: float = 0.0,
        device: str | torch.device = "cpu",
        workers: int = 0,  # noqa: ARG002 - one signature with Photos; nothing is read here
        mix: Mix = "spectrogram",
    ) -> "SoundFeed":
        """Prepare the clips for one trial: the spectrogram of each is computed once.

        Args:
            seed: fixes the rows trained on; at least 0.
            rows: how many clips to train on, drawn class by class; all if not given.
            pad: must be 0.
            flip: must be false; a mirrored spectrogram is no sound.
            size: height and width that spectrograms are pooled to; their own if not given.
            valid: share of what is not tested on that is held out to choose by, in [0, 1), where
                there is no such part.
            test: share of all clips that is tested on, drawn anew, in [0, 1); the part that is given where 0.
            device: where spectrograms are computed, kept and made into batches.
            workers: without effect.
            mix: what batches to train on are of: spectrograms, or waveforms of shape (n, 1, 1, T), which
                :meth:`SoundFeed.finish` turns into spectrograms once they have been mixed.

        Raises:
            InputError: there are fewer clips than are asked for, or a larger spectrogram is.
        """
        if pad or flip:
            raise ValueError(must_be("pad and flip", "0 and false for sounds", (pad, flip)))
        preparation = self._preparation(size)
        numbers = self.numbers(seed=seed, rows=rows, valid=valid, test=test)
        waves = [self.waves[part] for part in PARTS if part in self.waves]
        pictures: dict[Part, Tensor] = {
            part: _computed(preparation, gathered(waves, picked), torch.device(device))
            for part, picked in numbers.items()
            if mix == "spectrogram" or part != "train"
        }
        return SoundFeed(
            classes=self.classes,
            preparation=preparation,
            pictures=pictures,
            waves=None if mix == "spectrogram" else gathered(waves, numbers["train"]).to(device),
            targets={part: self.labels(picked) for part, picked in numbers.items()},
        )

    def numbers(
        self, *, seed: int, rows: int | None = None, valid: float = 0.0, test: float = 0.0
    ) -> dict[Part, Tensor]:
        """Return which clips a trial's parts hold, as :meth:`feed` divides them, numbered part after part."""
        return parted(self.targets, name=self.name, seed=seed, rows=rows, valid=valid, test=test, groups=self.groups)

    def labels(self, numbers: Tensor) -> Tensor:
        """Return the classes of some clips, whose numbers are as :meth:`numbers` has them, ascending."""
        return gathered([self.targets[part] for part in PARTS if part in self.targets], numbers)

    def only(self, numbers: Mapping[Part, Tensor]) -> "Sounds":
        """Return some of the clips, in parts of which ``train`` and ``test`` must be; their numbers are ascending."""
        waves = [self.waves[part] for part in PARTS if part in self.waves]
        return replace(
            self,
            waves={part: gathered(waves, each) for part, each in numbers.items()},
            targets={part: self.labels(each) for part, each in numbers.items()},
            groups=groups_of(self.groups, numbers),
        )

    def few(self, n: int) -> tuple[Tensor, Tensor]:
        """Return n prepared clips of the training part and their classes, the same ones each time."""
        numbers = chosen(self.name, self.targets["train"], min(n, len(self.targets["train"])), 0)
        return self._preparation(None).of_waves(self.waves["train"][numbers]), self.targets["train"][numbers]

    def shown(self, n: int, *, seed: int) -> tuple[Tensor, Tensor]:
        """Return spectrograms of n clips to train on, high frequencies on top, in [0, 1], and their classes."""
        numbers = some(len(self.targets["train"]), n, seed)
        x = self._preparation(None).of_waves(self.waves["train"][numbers]).flip(2)
        low, high = x.amin((1, 2, 3), keepdim=True), x.amax((1, 2, 3), keepdim=True)
        return (x - low) / (high - low).clamp_min(1e-6), self.targets["train"][numbers]

    def _preparation(self, size: int | tuple[int, int] | None) -> SoundPreparation:
        if size is None:
            return SoundPreparation(self.samples)
        try:
            return SoundPreparation(self.samples, (size, size) if isinstance(size, int) else size)
        except ValueError as failure:
            raise InputError(f"{self.name}: {failure}") from None


@dataclass(frozen=True, eq=False, kw_only=True)
class SoundFeed(HeldFeed[SoundPreparation]):
    """A :class:`Feed` of sounds.

    Args:
        pictures: for each part the spectrograms, float16 of shape (N, 1, H, W); of the training part only where they
            are what is mixed.
        waves: the clips to train on, int16 of shape (N, T), where they are what is mixed.
    """

    pictures: Mapping[Part, Tensor]
    waves: Tensor | None

    def batches(self, epoch: int, picked: Sequence[Tensor]) -> Batches:  # noqa: ARG002 - nothing is augmented
        """Yield batches of the training part: spectrograms, or waveforms (n, 1, 1, T) where those are mixed."""
        if self.waves is None:
            yield from self.plain("train", picked)
            return
        for numbers in picked:
            x = self.waves.index_select(0, send(numbers, self.waves.device))
            yield (x / FULL)[:, None, None], self.targets["train"][numbers]

    def plain(self, part: Part, picked: Sequence[Tensor]) -> Batches:
        """Yield batches of a part's spectrograms."""
        for numbers in picked:
            if part in self.pictures:
                pictures = self.pictures[part]
                x = pictures.index_select(0, send(numbers, pictures.device)).float()
            else:
                assert self.waves is not None
                waves = self.waves.index_select(0, send(numbers, self.waves.device))
                x = self.preparation.of_waves(waves).half().float()  # as those that are kept
            yield x, self.targets[part][numbers]

    def finish(self, x: Tensor) -> Tensor:
        """Return the spectrograms of waveforms that have been mixed; of spectrograms themselves."""
        return x if self.waves is None else self.preparation.of_waves(x[:, 0, 0])


def _computed(preparation: SoundPreparation, waves: Tensor, device: torch.device) -> Tensor:
    """Return the spectrograms of clips as float16 on a device, with a bar where it takes long."""
    out = torch.empty((len(waves), *preparation.shape), dtype=torch.float16, device=device)
    no = True if len(waves) < _MANY else no_bar()
    with tqdm(desc="spectrograms", total=len(waves), leave=False, disable=no) as bar:
        for start in range(0, len(waves), _AT_ONCE):
            clips = waves[start : start + _AT_ONCE]
            out[start : start + len(clips)] = preparation.of_waves(send(clips, device))
            bar.update(len(clips))
    return out
