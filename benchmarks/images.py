"""A batch of uint8 images made normalised floats and mixed, against a copy of the floats and other libraries."""

import torch
from _alone import main
from _interleaved import Form, related
from _others import CLASSES, missing, of_each_size, others
from _row import Rows
from torchvision.transforms import v2

from vicinal.data import Images
from vicinal.vicinity import Mixup

TITLE = "uint8 images to mixed, normalised floats, as a ratio to one copy of the floats"
BASE = "copy of the floats into a ready buffer"
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def forms(shape: tuple[int, ...]) -> dict[str, Form]:
    """Return what is timed for a shape, by name."""
    x, y = torch.randint(256, shape, dtype=torch.uint8), torch.randint(CLASSES, shape[:1])
    ready, floats = torch.empty(shape), torch.rand(shape)
    make = Images("noise", x[:2], y[:2], x[:2], y[:2], tuple("0123456789")).feed(seed=0).preparation.normalise
    halves = Mixup(1.0, partner="halves", inplace=True)
    theirs = v2.Compose([v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)])
    return {
        BASE: lambda: ready.copy_(floats),
        "vicinal, in place": lambda: halves(make(x), y),
        **{f"torchvision, then {other}": lambda call=call: call(theirs(x), y) for other, call in others().items()},
    }


def measure() -> Rows:
    """Give every form's time and its ratio to a copy of the floats."""
    return of_each_size(forms, lambda seconds: related(seconds, base=BASE, memory=BASE))


if __name__ == "__main__":
    main(TITLE, measure, note=missing())
