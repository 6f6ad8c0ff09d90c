"""A thousand pictures as training batches: cropped, flipped and normalised, against torchvision's way with pictures."""

from collections import deque
from collections.abc import Iterable

import numpy as np
import torch
from _interleaved import main, ratios
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from vicinal.data import Images

N, BATCH = 1000, 100
SHAPES = {"3×32²": (3, 32), "1×28²": (1, 28)}


class PerPicture(Dataset):
    """Each picture is made one of Pillow's, cropped, flipped, made a tensor and normalised on its own."""

    def __init__(self, x: np.ndarray, y: list[int], augment: transforms.Compose) -> None:
        self.x, self.y, self.augment = x, y, augment

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, number: int):
        return self.augment(Image.fromarray(self.x[number])), self.y[number]


def used_up(batches: Iterable[object]) -> None:
    """Let each batch go before the next is made, as training does."""
    deque(batches, maxlen=0)


def measure() -> dict[str, dict[str, float]]:
    """Give every form's time for an epoch of N pictures and its ratio to ours."""
    table = {}
    for name, (channels, side) in SHAPES.items():
        x = torch.randint(0, 256, (N, channels, side, side), dtype=torch.uint8)
        y = torch.randint(10, (N,))
        feed = Images("noise", x, y, x[:1], y[:1], tuple("0123456789")).feed(seed=0, pad=4, flip=True)
        scale = transforms.Normalize(feed.preparation.mean, feed.preparation.std)
        augment = transforms.Compose(
            [transforms.RandomCrop(side, padding=4), transforms.RandomHorizontalFlip(), transforms.ToTensor(), scale]
        )
        theirs = PerPicture(x.permute(0, 2, 3, 1).squeeze(3).numpy(), y.tolist(), augment)
        loader = DataLoader(theirs, batch_size=BATCH, shuffle=True)
        picked = list(torch.randperm(N).split(BATCH))
        forms = {
            "whole batches": lambda feed=feed, picked=picked: used_up(feed.batches(0, picked)),
            "whole batches, not augmented": lambda feed=feed, picked=picked: used_up(feed.plain("train", picked)),
            "torchvision, picture by picture": lambda loader=loader: used_up(loader),
        }
        rows = ratios(forms, base="whole batches", rounds=30)
        table |= {f"{name} {form}": row for form, row in rows.items()}
    return table


if __name__ == "__main__":
    main(f"Training batches of {N} pictures (random crop, flip, normalisation), as a ratio to whole batches", measure)
