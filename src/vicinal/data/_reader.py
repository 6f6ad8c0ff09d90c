"""Reads pictures of a batch from their files, in this process or in several, and cuts a piece out of each."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from vicinal._errors import InputError
from vicinal.data._feed import Part
from vicinal.data._picture import read_picture
from vicinal.data._preparation import Preparation, as_tensor
from vicinal.vicinity import seed_of


class Key(NamedTuple):
    """Which picture is wanted, and how: the piece of an epoch, or the centre if that is None."""

    part: Part
    epoch: int | None
    number: int


class Reader(Dataset[Tensor | str]):
    """Gives a picture by its key, as uint8 of shape (C, H, W), or the sentence that says why it cannot be read.

    A sentence and no exception, since one that comes out of another process brings that process's trace with it.

    Args:
        root: the folder that the paths are relative to.
        paths: the pictures of each part.
        preparation: size and channels.
        flip: mirror each piece with probability ½.
        seed: the trial's seed.
    """

    def __init__(
        self, root: Path, paths: Mapping[str, Sequence[str]], preparation: Preparation, *, flip: bool, seed: int
    ) -> None:
        from torchvision.transforms import v2  # takes a second, which nobody else needs to wait for

        self.root, self.paths, self.preparation, self.seed = root, paths, preparation, seed
        steps: list[torch.nn.Module] = [v2.RandomResizedCrop(preparation.size)]
        self.augment = v2.Compose([*steps, v2.RandomHorizontalFlip()] if flip else steps)

    def __getitem__(self, key: Key) -> Tensor | str:
        try:
            picture = self.preparation.in_mode(read_picture(self.root / self.paths[key.part][key.number]))
        except InputError as failure:
            return str(failure)
        return self.preparation.pixels(picture) if key.epoch is None else self._piece(picture, key.epoch, key.number)

    def _piece(self, picture: Image.Image, epoch: int, number: int) -> Tensor:
        with seeded(seed_of("augment", self.seed, epoch, number)):
            return as_tensor(self.augment(picture))


def read(reader: Reader, keys: list[list[Key]], *, workers: int, pin: bool) -> Iterator[Tensor]:
    """Yield the pictures of each batch, uint8 of shape (n, C, H, W); further ones are read meanwhile.

    Args:
        reader: what reads one.
        keys: the pictures of each batch.
        workers: processes that read; 0 reads in this one.
        pin: keep the batches where a GPU can take them from without being waited for.

    Raises:
        InputError: a picture cannot be read.
    """
    generator = torch.Generator()  # a loader without one of its own would draw from torch's default
    loader: Any = DataLoader(
        reader,
        batch_sampler=keys,
        num_workers=workers,
        collate_fn=_together,
        pin_memory=pin,
        generator=generator,
    )
    for batch in loader:
        if isinstance(batch, str):
            raise InputError(batch)
        yield batch


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let torch's default generator begin with a seed, and put back what it was; torchvision draws from no other."""
    state = torch.get_rng_state()
    try:
        torch.default_generator.manual_seed(seed)
        yield
    finally:
        torch.set_rng_state(state)


def _together(read: list[Tensor | str]) -> Tensor | str:
    pictures = [picture for picture in read if not isinstance(picture, str)]
    return torch.stack(pictures) if len(pictures) == len(read) else next(x for x in read if isinstance(x, str))
