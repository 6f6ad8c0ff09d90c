"""The small net trained by this loop and in the usual style, in images a second, at 1×28² and 3×32².

The usual style: pictures one by one as Pillow's through torchvision's transforms and a DataLoader without workers,
mixed out of place with a permutation, two cross-entropies, the loss read at every step.
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from _interleaved import main, ratios
from PIL import Image
from torch.nn import functional as F  # noqa: N812 - torch's own usage
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from vicinal.data import Images
from vicinal.models import build
from vicinal.training import Engine, Sgd, Task, Trial
from vicinal.training._folder import identity
from vicinal.training._loop import Loop

N, BATCH, ROUNDS = 1000, 100, 15
SHAPES = {"1×28²": (1, 28), "3×32²": (3, 32)}
MIXUP = "Mixup(alpha=1.0, partner='halves', inplace=True)"


class Pictures(Dataset):
    """Each picture is made one of Pillow's, augmented, made a tensor and normalised on its own."""

    def __init__(self, data: Images, steps: list[object], scale: transforms.Normalize) -> None:
        self.x = data.x_train.permute(0, 2, 3, 1).squeeze(3).numpy()
        self.y = data.y_train.tolist()
        self.prepare = transforms.Compose([*steps, transforms.ToTensor(), scale])

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, number: int):
        return self.prepare(Image.fromarray(self.x[number])), self.y[number]


def usual(data: Images, *, augmented: bool) -> Callable[[], None]:
    """Return a function that trains for an epoch in the usual style."""
    channels, side = data.x_train.shape[1:3]
    preparation = data.feed(seed=0).preparation
    steps = [transforms.RandomCrop(side, padding=4), transforms.RandomHorizontalFlip()] if augmented else []
    pictures = Pictures(data, steps, transforms.Normalize(preparation.mean, preparation.std))
    loader = DataLoader(pictures, batch_size=BATCH, shuffle=True, num_workers=0)
    net = build("small", classes=10, channels=channels, size=side, seed=0)
    sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)

    def epoch() -> None:
        net.train()
        total, right = 0.0, 0.0
        for x, y in loader:
            lam = float(np.random.default_rng().beta(1.0, 1.0))
            order = torch.randperm(len(x))
            mixed = lam * x + (1 - lam) * x[order]
            logits = net(mixed)
            loss = lam * F.cross_entropy(logits, y) + (1 - lam) * F.cross_entropy(logits, y[order])
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            total += loss.item()
            guess = logits.argmax(1)
            right += lam * (guess == y).sum().item() + (1 - lam) * (guess == y[order]).sum().item()

    return epoch


def ours(data: Images, *, augmented: bool) -> Callable[[], None]:
    """Return a function that trains for an epoch with this loop."""
    settings = {"pad": 4, "flip": True} if augmented else {}
    task, engine = Task(data="noise", net="small", batch=BATCH, epochs=1, optimiser=Sgd()), Engine()
    feed = data.feed(seed=0, **settings)
    trial = Trial(task, MIXUP, 0)
    mine = identity(trial, data.fingerprint)
    loop = Loop(trial, mine, feed, engine, engine.fabric(), None, bool, lambda *_: None, print)

    def epoch() -> None:
        loop.step = 0
        loop._train()
        loop._read()

    return epoch


def measure() -> dict[str, dict[str, float]]:
    """Give every form's time for an epoch of N pictures and its ratio to ours."""
    table = {}
    for name, (channels, side) in SHAPES.items():
        x = torch.randint(0, 256, (N, channels, side, side), dtype=torch.uint8)
        y = torch.randint(10, (N,))
        data = Images("noise", x, y, x[:1], y[:1], tuple("0123456789"))
        for how, augmented in (("", False), (", crop and flip", True)):
            forms = {form.__name__: partial(form(data, augmented=augmented)) for form in (ours, usual)}
            rows = ratios(forms, base="ours", rounds=ROUNDS, clock=time.process_time)
            for form, row in rows.items():
                table[f"{name}{how}: {form}, {N / row['seconds']:,.0f} images/s"] = row
    return table


if __name__ == "__main__":
    main(
        f"An epoch of {N} pictures with mixup through the small net, as a ratio to this loop, in processor time",
        measure,
    )
