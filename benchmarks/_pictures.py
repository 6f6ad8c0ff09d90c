"""Pictures of noise, and torchvision's way with them: one by one, through a DataLoader without workers."""

import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from vicinal.data import Images

N, BATCH = 1000, 100
SHAPES = {"3×32²": (3, 32), "1×28²": (1, 28)}
"""Channels and side."""


def noise(channels: int, side: int) -> Images:
    """Return N training pictures of ten classes."""
    x = torch.randint(0, 256, (N, channels, side, side), dtype=torch.uint8)
    y = torch.randint(10, (N,))
    return Images("noise", x, y, x[:1], y[:1], tuple("0123456789"))


class Pictures(Dataset):
    """Each picture is made one of Pillow's, augmented, made a tensor and normalised on its own."""

    def __init__(self, data: Images, *, augmented: bool) -> None:
        self.x = data.x_train.permute(0, 2, 3, 1).squeeze(3).numpy()
        self.y = data.y_train.tolist()
        side, preparation = data.x_train.shape[-1], data.feed(seed=0).preparation
        steps = [transforms.RandomCrop(side, padding=4), transforms.RandomHorizontalFlip()] if augmented else []
        scale = transforms.Normalize(preparation.mean, preparation.std)
        self.prepare = transforms.Compose([*steps, transforms.ToTensor(), scale])

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, number: int):
        return self.prepare(Image.fromarray(self.x[number])), self.y[number]


def one_by_one(data: Images, *, augmented: bool) -> DataLoader:
    """Return the loader of batches; it yields images (BATCH, C, H, W) as floats and classes (BATCH,)."""
    return DataLoader(Pictures(data, augmented=augmented), batch_size=BATCH, shuffle=True, num_workers=0)
