"""Photos in class folders, read as they are needed, for sets that no memory holds."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from vicinal._errors import InputError, must_be
from vicinal.data._contents import Contents
from vicinal.data._feed import Batches, Part
from vicinal.data._held_feed import HeldFeed
from vicinal.data._parted import add_groups, parted
from vicinal.data._picture import read_picture, shown
from vicinal.data._preparation import Preparation, square
from vicinal.data._reader import Key, Reader, read
from vicinal.data._subset import chosen, some
from vicinal.vicinity import send

# Those of ImageNet, by which torchvision's pretrained nets expect any photo; of shades of grey, their means.
_MEAN = {3: (0.485, 0.456, 0.406), 1: (0.449,)}
_STD = {3: (0.229, 0.224, 0.225), 1: (0.226,)}
_SIZE, _RESIZE = 224, 256
_SHOWN = 96  # pixels of a photo that is looked at beside others

Listed = tuple[tuple[str, int], ...]
"""For each photo its path, relative to the root and with ``/`` between the folders, and its class."""


@dataclass(frozen=True)
class Photos:
    """Photos of K classes in files.

    Args:
        name: what the data set is called.
        root: the folder that the paths are relative to.
        train: the photos to train on.
        test: the photos to test on.
        classes: the K classes' names.
        channels: 3 for colours, 1 for shades of grey.
        notes: sentences on what was done to the folder's content: left out, divided. They are for its user to see.
        contents: what is known of the files' contents; without it the fingerprint knows their sizes only.
        drawn: that of the notes which says how the part to test on was drawn; empty where the folder says which it is.
        groups: the group of each photo of each part, int64 of shape (N,): where parts are divided, none is in two.
    """

    name: str
    root: Path
    train: Listed
    test: Listed
    classes: tuple[str, ...]
    channels: int = 3
    notes: tuple[str, ...] = field(default=(), compare=False)
    contents: Contents | None = field(default=None, compare=False, repr=False)
    drawn: str = field(default="", compare=False)
    groups: Mapping[Part, Tensor] | None = field(default=None, compare=False, repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the classes and of each photo's part, path, class and content.

        Of a million photos, which nobody would wait for, it is their sizes in bytes in place of their contents.
        """
        digest = hashlib.sha256(json.dumps([self.classes, self.channels]).encode())
        for part, listed in (("train", self.train), ("test", self.test)):
            for path, label in listed:
                mark = self.contents.sha256(self.root, path) if self.contents is not None else self._size(path)
                digest.update(b"\0".join([part.encode(), os.fsencode(path), f"{label}\0{mark}\n".encode()]))
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
        workers: int = 0,
    ) -> "PhotoFeed":
        """Divide and prepare the photos for one trial.

        To train on, a random piece of a photo is resized (torchvision's ``RandomResizedCrop``); to test on, the
        centre of the photo whose shorter side was resized to 8/7 of the size.

        Args:
            seed: fixes the rows trained on and every augmentation; at least 0.
            rows: how many photos to train on, drawn class by class; all if not given.
            pad: must be 0, since the pieces are cut otherwise.
            flip: mirror each photo with probability ½.
            size: height and width of what the net takes; 224 if not given.
            valid: share of what is not tested on that is held out to choose by, in [0, 1).
            test: share of all photos that is tested on, drawn anew, in [0, 1); the part that is given where 0.
            device: where the batches are wanted.
            workers: processes that read files; 0 reads in this one.

        Raises:
            InputError: there are fewer photos than are asked for.
        """
        if pad:
            raise ValueError(must_be("pad", "0 for photos that are cropped and resized", pad))
        size = square(size) or _SIZE
        labels: dict[Part, Tensor] = {"train": _labels(self.train), "test": _labels(self.test)}
        numbers = parted(labels, name=self.name, seed=seed, rows=rows, valid=valid, test=test, groups=self.groups)
        preparation, every = self._preparation(size), self.train + self.test
        listed: dict[Part, Listed] = {
            part: tuple(every[number] for number in each.tolist()) for part, each in numbers.items()
        }
        paths = {part: [path for path, _ in each] for part, each in listed.items()}
        targets: dict[Part, Tensor] = {part: _labels(each) for part, each in listed.items()}
        return PhotoFeed(
            classes=self.classes,
            preparation=preparation,
            targets=targets,
            reader=Reader(self.root, paths, preparation, flip=flip, seed=seed),
            device=torch.device(device),
            workers=workers,
        )

    def _size(self, path: str) -> int:
        try:
            return os.stat(self.root / path).st_size  # noqa: PTH116 - a third of the time, of a million files
        except OSError as failure:
            raise InputError(f"{shown(self.root / path)} cannot be read: {failure.strerror}.") from None

    def few(self, n: int) -> tuple[Tensor, Tensor]:
        """Return n prepared photos of the training part and their classes, the same ones each time."""
        numbers = chosen(self.name, _labels(self.train), min(n, len(self.train)), 0)
        return next(self.feed(seed=0).plain("train", [numbers]))

    def shown(self, n: int, *, seed: int) -> tuple[Tensor, Tensor]:
        """Return the centres of n photos of the training part, 96×96 in [0, 1], and their classes."""
        listed = [self.train[number] for number in some(len(self.train), n, seed).tolist()]
        preparation = self._preparation(_SHOWN)
        pixels = [preparation.pixels(read_picture(self.root / path)) for path, _ in listed]
        return torch.stack(pixels) / 255, _labels(tuple(listed))

    def _preparation(self, size: int) -> Preparation:
        resize = max(size, round(size * _RESIZE / _SIZE))
        return Preparation(self.channels, size, _MEAN[self.channels], _STD[self.channels], resize)


@dataclass(frozen=True, eq=False, kw_only=True)
class PhotoFeed(HeldFeed[Preparation]):
    """A :class:`Feed` of photos in files."""

    reader: Reader
    device: torch.device
    workers: int

    def batches(self, epoch: int, picked: Sequence[Tensor]) -> Batches:
        """Yield batches of pieces of the training part's photos.

        Raises:
            InputError: a photo cannot be read.
        """
        return self._read("train", epoch, picked)

    def plain(self, part: Part, picked: Sequence[Tensor]) -> Batches:
        """Yield batches of the centres of a part's photos.

        Raises:
            InputError: a photo cannot be read.
        """
        return self._read(part, None, picked)

    def _read(self, part: Part, epoch: int | None, picked: Sequence[Tensor]) -> Batches:
        keys = [[Key(part, epoch, number) for number in numbers.tolist()] for numbers in picked]
        pixels = read(self.reader, keys, workers=self.workers, pin=self.device.type == "cuda")
        for numbers, batch in zip(picked, pixels, strict=True):
            # bytes are sent, and made floating-point numbers on the device: a quarter as much to send
            yield self.preparation.normalise(send(batch, self.device)), self.targets[part][numbers]


def _labels(listed: Listed) -> Tensor:
    return torch.tensor([label for _, label in listed], dtype=torch.int64)
