"""Images that lie in memory as one tensor of bytes, so that a whole batch is cropped, flipped and scaled at once."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own usage

from vicinal._errors import must_be
from vicinal.data._augment import moved, moves
from vicinal.data._feed import Batches, Part
from vicinal.data._held_feed import HeldFeed
from vicinal.data._parted import add_groups, gathered, groups_of, parted
from vicinal.data._preparation import Preparation, scale_of, square
from vicinal.data._subset import chosen, some
from vicinal.vicinity import send


@dataclass(frozen=True, eq=False)
class Images:
    """N square images to train on and M to test on, of K classes.

    Args:
        name: what the data set is called.
        x_train: images to train on, uint8 of shape (N, C, H, H), C being 1 or 3.
        y_train: their classes, int64 of shape (N,), in [0, K).
        x_test: images to test on, of shape (M, C, H, H).
        y_test: their classes.
        classes: the K classes' names.
        groups: the group of each image of each part, int64 of shape (N,): where parts are divided, none is in two.

    Raises:
        ValueError: shapes, types or classes do not fit together.
    """

    name: str
    x_train: Tensor
    y_train: Tensor
    x_test: Tensor
    y_test: Tensor
    classes: tuple[str, ...]
    groups: Mapping[Part, Tensor] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        for part in ("train", "test"):
            x, y = self._part(part)
            form = f"{x.dtype} of shape {tuple(x.shape)}"
            if x.dtype != torch.uint8 or x.ndim != 4 or x.shape[1] not in (1, 3) or x.shape[2] != x.shape[3]:
                raise ValueError(must_be(f"x_{part}", "uint8 of shape (N, 1 or 3, H, H)", form))
            if x.shape[1:] != self.x_train.shape[1:] or not len(x):
                raise ValueError(must_be(f"x_{part}", "one image or more, all of one shape", form))
            if y.dtype != torch.int64 or y.shape != x.shape[:1]:
                found = f"{y.dtype} of shape {tuple(y.shape)}"
                raise ValueError(must_be(f"y_{part}", f"int64 of shape ({len(x)},)", found))
            if not 0 <= int(y.min()) <= int(y.max()) < len(self.classes):
                raise ValueError(must_be(f"y_{part}", f"in [0, {len(self.classes)})", y.unique().tolist()))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of shapes, pixels, labels and classes; the name is no part of it."""
        return self._digest

    @cached_property  # which type checkers do not take for the property that Data asks for
    def _digest(self) -> str:
        tensors = (self.x_train, self.y_train, self.x_test, self.y_test)
        digest = hashlib.sha256(json.dumps([[list(t.shape) for t in tensors], self.classes]).encode())
        for tensor in tensors:
            array = tensor.contiguous().numpy()
            digest.update(array.data if array.dtype == "u1" else array.astype("<i8").data)
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
    ) -> "ImageFeed":
        """Divide and prepare the images for one trial.

        Args:
            seed: fixes the rows trained on and every augmentation; at least 0.
            rows: how many images to train on, drawn class by class; all if not given.
            pad: rows and columns of black around an image before it is cropped at random to its size.
            flip: mirror each image with probability ½.
            size: height and width that the images are resized to; their own if not given.
            valid: share of what is not tested on that is held out to choose by, in [0, 1).
            test: share of all images that is tested on, drawn anew, in [0, 1); the part that is given where 0.
            device: where the images lie and the batches are made.
            workers: without effect.

        Raises:
            InputError: there are fewer images than are asked for.
        """
        if pad < 0:
            raise ValueError(must_be("pad", "at least 0", pad))
        size, numbers = square(size), self.numbers(seed=seed, rows=rows, valid=valid, test=test)
        pixels: dict[Part, Tensor] = {
            part: resized(gathered((self.x_train, self.x_test), each), size) for part, each in numbers.items()
        }
        # mean and deviation are those of the rows trained on, as they are fed; what chooses and judges has no say
        mean, std = scale_of(pixels["train"])
        _, channels, side, _ = pixels["train"].shape
        return ImageFeed(
            classes=self.classes,
            preparation=Preparation(channels, side, tuple(mean), tuple(std), side),
            pixels={part: x.to(device) for part, x in pixels.items()},
            targets={part: self.labels(each) for part, each in numbers.items()},
            seed=seed,
            pad=pad,
            flip=flip,
        )

    def numbers(
        self, *, seed: int, rows: int | None = None, valid: float = 0.0, test: float = 0.0
    ) -> dict[Part, Tensor]:
        """Return which images a trial's parts hold, as :meth:`feed` divides them, numbered part after part."""
        targets: dict[Part, Tensor] = {"train": self.y_train, "test": self.y_test}
        return parted(targets, name=self.name, seed=seed, rows=rows, valid=valid, test=test, groups=self.groups)

    def labels(self, numbers: Tensor) -> Tensor:
        """Return the classes of some images, whose numbers are as :meth:`numbers` has them, ascending."""
        return gathered((self.y_train, self.y_test), numbers)

    def only(self, numbers: Mapping[Part, Tensor]) -> "Images":
        """Return some of the images, in the parts ``train`` and ``test``; their numbers are ascending."""
        x, y = (self.x_train, self.x_test), (self.y_train, self.y_test)
        train, test = numbers["train"], numbers["test"]
        return replace(
            self,
            x_train=gathered(x, train),
            y_train=gathered(y, train),
            x_test=gathered(x, test),
            y_test=gathered(y, test),
            groups=groups_of(self.groups, {"train": train, "test": test}),
        )

    def few(self, n: int) -> tuple[Tensor, Tensor]:
        """Return n prepared images of the training part and their classes, the same ones each time."""
        feed = self.feed(seed=0)
        return next(feed.plain("train", [chosen(self.name, self.y_train, min(n, len(self.y_train)), 0)]))

    def shown(self, n: int, *, seed: int) -> tuple[Tensor, Tensor]:
        """Return n images of the training part in their own size and shades, in [0, 1], and their classes."""
        numbers = some(len(self.y_train), n, seed)
        return self.x_train[numbers] / 255, self.y_train[numbers]

    def _part(self, part: str) -> tuple[Tensor, Tensor]:
        return (self.x_train, self.y_train) if part == "train" else (self.x_test, self.y_test)


@dataclass(frozen=True, eq=False, kw_only=True)
class ImageFeed(HeldFeed[Preparation]):
    """A :class:`Feed` of images in memory."""

    pixels: dict[Part, Tensor]
    seed: int
    pad: int
    flip: bool

    def batches(self, epoch: int, picked: Sequence[Tensor]) -> Batches:
        """Yield cropped, flipped and normalised batches of the training part."""
        drawn = moves(self.size("train"), pad=self.pad, flip=self.flip, seed=self.seed, epoch=epoch)
        for numbers in picked:
            x = moved(self.pixels["train"], numbers, drawn.of(numbers))
            yield self.preparation.normalise(x), self.targets["train"][numbers]

    def plain(self, part: Part, picked: Sequence[Tensor]) -> Batches:
        """Yield normalised batches of a part."""
        for numbers in picked:
            x = self.pixels[part].index_select(0, send(numbers, self.pixels[part].device))
            yield self.preparation.normalise(x), self.targets[part][numbers]


def resized(pixels: Tensor, size: int | None) -> Tensor:
    """Return images at another size, interpolated bilinearly as Pillow does."""
    if size is None or size == pixels.shape[-1]:
        return pixels
    parts = [F.interpolate(part, (size, size), mode="bilinear", antialias=True) for part in pixels.split(1000)]
    return torch.cat(parts)
